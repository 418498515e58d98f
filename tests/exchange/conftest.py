"""A market that tests of several folders share: on a node, which is fast, or embedded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress

import pytest

from tests.exchange.clients.market import Market
from tests.exchange.nodes import Anvil, need_anvil
from zkpipe.verifier_contracts import Chain, Node
from zkpipe.verifier_contracts.errors import NodeMissingError


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    """All is final at once. Tests use grants and jobs of their own."""
    with ExitStack() as stack:
        chain = None
        with suppress(NodeMissingError):
            chain = Chain.connect(stack.enter_context(Node.start()).url)
        folder = tmp_path_factory.mktemp("market")
        yield stack.enter_context(closing(Market(folder, chain)))


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
