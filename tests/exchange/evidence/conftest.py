"""An exchange with a history, on a node and on the embedded chain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.contracts.setting.chains import Anvil
from tests.exchange.contracts.setting.deployed import STUBS
from tests.exchange.evidence.witnessed import Witnessed, verifiers
from tests.exchange.nodes import need_anvil, need_solc
from zkpipe.exchange.index.index import Index
from zkpipe.verifier_contracts import Chain, CompiledContract, Node, Settings, compile_sources
from zkpipe.verifier_contracts.shipped.exchange import exchange_contracts


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
def world(shipped: Any, real_verifiers: Any) -> Iterator[Witnessed]:
    """With its story told; no test changes it."""
    need_anvil()
    with Node.start() as node, closing(Anvil(node)) as anvil:
        found = Witnessed(anvil, shipped, real_verifiers, Chain.connect(node.url))
        found.furnish()
        found.story()
        yield found


@pytest.fixture
def index(world: Witnessed, tmp_path: Path) -> Iterator[Index]:
    with Index.of(tmp_path / "index.sqlite", world.client, world.manifest) as found:
        found.follow()
        yield found
