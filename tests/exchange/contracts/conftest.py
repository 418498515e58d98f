"""The contracts of the exchange on a real node; each test begins where the fixture ended."""

from __future__ import annotations

from contextlib import closing
from copy import copy

import pytest

from tests.exchange.contracts.chains import Anvil
from tests.exchange.contracts.world import World, compiled
from zkpipe.verifier_contracts import Node, find_anvil, find_solc
from zkpipe.verifier_contracts.compilers.solc import NODE_MODULES
from zkpipe.verifier_contracts.errors import CompilerMissingError, NodeMissingError


@pytest.fixture(scope="session")
def code():
    """All contracts, compiled."""
    if not (NODE_MODULES / "@openzeppelin" / "contracts").is_dir():
        pytest.skip("OpenZeppelin's contracts are not installed: `npm ci`")
    try:
        find_solc()
    except CompilerMissingError as error:
        pytest.skip(f"{error.problem} {error.fix}")
    return compiled()


@pytest.fixture(scope="session")
def anvil():
    try:
        find_anvil()
    except NodeMissingError as error:
        pytest.skip(f"{error.problem} {error.fix}")
    with Node.start() as running, closing(Anvil(running)) as chain:
        yield chain


@pytest.fixture(scope="session")
def furnished(code, anvil):
    world = World(anvil, code)
    world.furnish()
    return world


@pytest.fixture
def world(furnished):
    """The contracts with circuits, a board, points, and a lineage of one segment."""
    mark = furnished.chain.snapshot()
    yield copy(furnished)  # a test may name another lineage
    furnished.chain.restore(mark)
