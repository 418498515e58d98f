"""An exchange with parties, for each test or for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.exchange.clients.parties import Parties
from zkpipe.verifier_contracts import Chain


@pytest.fixture(scope="module")
def parties(chain: Chain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parties]:
    with closing(Parties(tmp_path_factory.mktemp("parties"), chain)) as made:
        yield made
