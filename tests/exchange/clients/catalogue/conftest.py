"""An exchange in which register, update and stats of small segments are approved, with an owner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.exchange.clients.catalogue.owner import Owner
from tests.exchange.clients.parties import Parties


@pytest.fixture(scope="session")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Owner]:
    with closing(Parties(tmp_path_factory.mktemp("catalogue"))) as parties:
        yield Owner(parties)
