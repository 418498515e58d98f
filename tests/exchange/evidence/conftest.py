"""An exchange with a history, on a node and on the embedded chain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.contracts.setting.chains import Anvil
from tests.exchange.evidence.witnessed import SOURCE, Witnessed, keys
from tests.exchange.nodes import need_anvil
from zkpipe.exchange.evidence import Exported, export
from zkpipe.exchange.index.index import Index
from zkpipe.verifier_contracts import Chain, Node
from zkpipe.verifier_contracts.rpc.refusals import Refusal


@pytest.fixture(scope="session")
def world(shipped: Any, real_verifiers: Any) -> Iterator[Witnessed]:
    """With its story told; no test changes it."""
    need_anvil()
    with Node.start() as node, closing(Anvil(node)) as anvil:
        found = Witnessed(anvil, shipped, real_verifiers, Chain.connect(node.url))
        found.furnish()
        found.story()
        found.crowd(found.deploy("IdentityRegistry", found.catalogue.address).address)
        anvil.ask("anvil_mine", hex(20))
        yield found


@dataclass(frozen=True)
class Bundle:
    """A bundle, and what was said when it was written."""

    path: Path
    made: Exported

    @property
    def anchor(self) -> str:
        return self.made.listing.anchor


@pytest.fixture(scope="session")
def bundle(world: Witnessed, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    path = tmp_path_factory.mktemp("evidence") / "bundle"
    return Bundle(path, export(path, world.client, world.manifest, keys(), [SOURCE]))


class WithoutReceipts(Chain):
    """A node that has no receipts."""

    def ask(self, method: str, *parameters: object) -> Any:
        if "Receipt" in method:
            raise Refusal(-32601, "the method does not exist")
        return super().ask(method, *parameters)


@pytest.fixture(scope="session")
def events_bundle(world: Witnessed, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    path = tmp_path_factory.mktemp("evidence") / "events"
    chain = WithoutReceipts.connect(world.chain.url)
    return Bundle(path, export(path, chain, world.manifest, keys(), [SOURCE]))


@pytest.fixture
def index(world: Witnessed, tmp_path: Path) -> Iterator[Index]:
    with Index.of(tmp_path / "index.sqlite", world.client, world.manifest) as found:
        found.follow()
        yield found
