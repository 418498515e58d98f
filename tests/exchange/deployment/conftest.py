"""Chains, and a council whose members can sign."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from eth_account import Account

from zkpipe.exchange.deployment import Council, Manifest, deploy
from zkpipe.verifier_contracts import Chain, Node, find_anvil
from zkpipe.verifier_contracts.errors import NodeMissingError

AUDITOR_KEY = 123456789


@pytest.fixture(scope="session")
def members() -> list[Account]:
    """Three accounts that can sign."""
    return [Account.from_key(bytes([7]) * 31 + bytes([i])) for i in (1, 2, 3)]


@pytest.fixture(scope="session")
def council(members: list[Account]) -> Council:
    """Two of the three decide."""
    return Council(tuple(member.address for member in members), 2, AUDITOR_KEY)


@pytest.fixture
def node() -> Iterator[Chain]:
    """A chain of its own on a real node."""
    try:
        find_anvil()
    except NodeMissingError as error:
        pytest.skip(f"{error.problem} {error.fix}")
    with Node.start() as running:
        yield Chain.connect(running.url)


@pytest.fixture(params=["embedded", "node"])
def chain(request: pytest.FixtureRequest) -> Chain:
    """Both kinds of chain, one after the other."""
    if request.param == "embedded":
        return Chain.embedded()
    return request.getfixturevalue("node")


@pytest.fixture(scope="session")
def deployed(council: Council) -> SimpleNamespace:
    """An exchange on the embedded chain that no test changes."""
    chain = Chain.embedded()
    manifest: Manifest = deploy(chain, council)
    return SimpleNamespace(chain=chain, manifest=manifest)


def told(chain: Chain, method: str, *parameters: object) -> object:
    """What anvil answers to a method of its own."""
    return chain.web3.provider.make_request(method, list(parameters))["result"]
