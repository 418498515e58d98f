"""An exchange with real proofs and a full history, and its page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.contracts.setting.chains import Anvil
from tests.exchange.contracts.setting.deployed import STUBS
from tests.exchange.evidence.witnessed import keys, verifiers
from tests.exchange.nodes import need_anvil, need_solc
from tests.exchange.page.storied import Storied
from zkpipe.exchange.index.index import Index
from zkpipe.exchange.page import Deployment, Page
from zkpipe.verifier_contracts import Chain, CompiledContract, Node, Settings, compile_sources
from zkpipe.verifier_contracts.shipped.exchange import exchange_contracts

Paged = Callable[..., Page]


@pytest.fixture(scope="session")
def shipped() -> dict[str, CompiledContract]:
    need_solc()
    stubs = {path.name: path.read_text() for path in sorted(STUBS.glob("*.sol"))}
    return {**exchange_contracts(), **compile_sources(stubs, Settings(1000))}


@pytest.fixture(scope="session")
def real_verifiers() -> dict[int, CompiledContract]:
    need_solc()
    return verifiers()


@pytest.fixture(scope="session")
def world(shipped: Any, real_verifiers: Any) -> Iterator[Storied]:
    """With its story told; no test changes it."""
    need_anvil()
    with Node.start() as node, closing(Anvil(node)) as anvil:
        yield Storied.told(anvil, shipped, real_verifiers, Chain.connect(node.url))


def page_of(world: Storied, path: Path, *, with_keys: Any = None, **other: Any) -> Page:
    """The page of a world, with an index in a file and all keys, unless others are given."""
    return Page(
        lambda: Index.of(path, world.client, world.manifest),
        Deployment.of(world.manifest, world.client),
        keys() if with_keys is None else with_keys,
        **other,
    )


@pytest.fixture(scope="session")
def page(world: Storied, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The application of the world's page, with all keys; no test changes it."""
    path = tmp_path_factory.mktemp("page") / "index.sqlite"
    with page_of(world, path) as found:
        yield found.app
