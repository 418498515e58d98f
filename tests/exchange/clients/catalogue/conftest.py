"""An exchange in which register, update and stats of small segments are approved, with an owner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.exchange.clients.catalogue.owner import Owner
from tests.exchange.clients.parties import Parties
from zkpipe.verifier_contracts import Chain


@pytest.fixture(scope="session")
def owner(chain: Chain, made_in: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Owner]:
    with closing(Parties(tmp_path_factory.mktemp("catalogue"), chain)) as parties:
        yield Owner(parties, made_in)
