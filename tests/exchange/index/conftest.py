"""A furnished exchange on a node of its own, which is reorganised, and indexes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.exchange.contracts.setting.chains import Anvil
from tests.exchange.contracts.setting.deployed import ATTRIBUTES, NAMES, STUBS
from tests.exchange.contracts.setting.world import World
from tests.exchange.nodes import need_anvil, need_solc
from zkpipe.exchange.index.events import EventSource
from zkpipe.exchange.index.index import Index
from zkpipe.verifier_contracts import Chain, CompiledContract, Node, Settings, compile_sources
from zkpipe.verifier_contracts.shipped.exchange import exchange_contracts

Indexed = Callable[..., Index]


@pytest.fixture(scope="session")
def shipped() -> dict[str, CompiledContract]:
    need_solc()
    stubs = {path.name: path.read_text() for path in sorted(STUBS.glob("*.sol"))}
    return {**exchange_contracts(), **compile_sources(stubs, Settings(1000))}


@pytest.fixture
def world(shipped: dict[str, CompiledContract]) -> Iterator[World]:
    """On a node of its own: after 500 blocks anvil reorganises wrongly."""
    need_anvil()
    with Node.start() as node, closing(Anvil(node)) as anvil:
        found = World(anvil, shipped)
        found.furnish()
        found.url = node.url
        yield found


def sources(world: World) -> list[EventSource]:
    pairs = zip(NAMES, ATTRIBUTES, strict=True)
    return [EventSource(n, getattr(world, a).address, world.code[n].abi) for n, a in pairs]


@pytest.fixture
def indexed(world: World, tmp_path: Path) -> Iterator[Indexed]:
    """An index of the world, in a file of a name; a new file each time without one."""
    made: list[Index] = []

    def make(name: str | None = None, depth: int = 12, url: str | None = None) -> Index:
        chain = Chain.connect(url or world.url)
        path = tmp_path / (name or f"index{len(made)}.sqlite")
        made.append(Index(path, chain, sources(world), 0, depth))
        return made[-1]

    yield make
    for one in made:
        one.close()
