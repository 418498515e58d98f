"""An exchange with real proofs and a full history, and its page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.contracts.setting.chains import Anvil
from tests.exchange.evidence.witnessed import keys
from tests.exchange.nodes import need_anvil
from tests.exchange.page.storied import Storied
from zkpipe.exchange.index.index import Index
from zkpipe.exchange.page import Deployment, Page
from zkpipe.verifier_contracts import Chain, Node


@pytest.fixture(scope="session")
def world(shipped: Any, real_verifiers: Any) -> Iterator[Storied]:
    """With its story told; no test changes it."""
    need_anvil()
    with Node.start() as node, closing(Anvil(node)) as anvil:
        yield Storied.told(anvil, shipped, real_verifiers, Chain.connect(node.url))


def page_of(
    world: Storied, path: Path, *, with_keys: Any = None, client: Chain | None = None, **other: Any
) -> Page:
    """The page of a world, with an index in a file and all keys, unless others are given."""
    chain = client or world.client
    return Page(
        lambda: Index.of(path, chain, world.manifest),
        Deployment.of(world.manifest, chain),
        tuple(keys()) if with_keys is None else with_keys,
        **other,
    )


@pytest.fixture(scope="session")
def read(world: Storied, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index that has read all of the world's story."""
    path = tmp_path_factory.mktemp("read") / "index.sqlite"
    with Index.of(path, world.client, world.manifest) as index:
        index.follow()
    return path


@pytest.fixture
def place(read: Path, tmp_path: Path) -> Path:
    """A copy of that index."""
    return Path(shutil.copy(read, tmp_path / "index.sqlite"))


@pytest.fixture(scope="session")
def page(world: Storied, read: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The application of the world's page, with all keys; no test changes it."""
    path = shutil.copy(read, tmp_path_factory.mktemp("page") / "index.sqlite")
    with page_of(world, Path(path)) as found:
        yield found.app
