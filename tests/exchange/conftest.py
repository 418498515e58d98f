"""A market that tests of several folders share: on a node, which is fast, or embedded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest

from tests.exchange.clients.market import Market
from tests.exchange.contracts.setting.deployed import STUBS
from tests.exchange.evidence.witnessed import verifiers
from tests.exchange.nodes import Anvil, need_anvil, need_solc
from zkpipe.verifier_contracts import Chain, CompiledContract, Node, Settings, compile_sources
from zkpipe.verifier_contracts.errors import NodeMissingError
from zkpipe.verifier_contracts.shipped.exchange import exchange_contracts


@pytest.fixture(scope="session")
def chain() -> Iterator[Chain]:
    """Of a node, which verifies a proof in no time; the embedded one, which takes 5 s, without."""
    with ExitStack() as stack:
        found = None
        with suppress(NodeMissingError):
            found = Chain.connect(stack.enter_context(Node.start()).url)
        yield found or Chain.embedded()


@pytest.fixture(scope="session")
def made_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the keys of markets lie, which are made once for all of them."""
    return tmp_path_factory.mktemp("made")


@pytest.fixture(scope="session")
def market(
    chain: Chain, made_in: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Market]:
    """All is final at once. Tests use grants and jobs of their own."""
    with closing(Market(tmp_path_factory.mktemp("market"), chain, made_in=made_in)) as made:
        yield made


@pytest.fixture
def anvil() -> Iterator[Anvil]:
    """A node of its own, which mines at once: after 500 blocks it reorganises wrongly."""
    need_anvil()
    with Node.start() as node:
        yield Anvil(node)


@pytest.fixture(scope="session")
def open_market(market: Market, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    """Another exchange on the same chain, whose lineage has no floor: queries can be granted."""
    folder = tmp_path_factory.mktemp("open")
    with closing(Market(folder, market.chain, floor=0, made_in=market.made_in)) as made:
        yield made


@pytest.fixture(scope="session")
def shipped() -> dict[str, CompiledContract]:
    """The exchange's contracts as they are deployed, and the stubs of tests."""
    need_solc()
    stubs = {path.name: path.read_text() for path in sorted(STUBS.glob("*.sol"))}
    return {**exchange_contracts(), **compile_sources(stubs, Settings(1000))}


@pytest.fixture(scope="session")
def real_verifiers() -> dict[int, CompiledContract]:
    """Of circuits whose keys' secrets are known, for tests of real proofs of made-up words."""
    need_solc()
    return verifiers()
