"""A batch on a card, which the kernels' PTX run on the processor stands in for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tests.cli.workshop import invoke
from tests.jobs.batch import shop
from tests.oracles.ptx.card import ProcessorCard, in_use
from zkpipe.ground.errors import CardError
from zkpipe.jobs.batch.engines.groups import GroupSize

ROWS = dict(enumerate(shop.values(9)))  # the engine's first two groups: one row, then eight


@pytest.fixture
def card(place, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProcessorCard]:
    monkeypatch.setattr(GroupSize, "took", lambda self, rows, seconds: setattr(self, "rows", 8))
    shop.table(list(ROWS.values()))
    shop.job()
    with in_use(ProcessorCard()) as found:
        yield found


def test_a_group_of_rows_goes_to_the_card_in_one_launch(card: ProcessorCard) -> None:
    answer = invoke("batch", "run", "job.toml")
    assert answer.exit_code == 0, answer.output
    assert card.launches.count("multiply_rows") == 2
    shop.require_valid(ROWS)


def test_a_proof_that_the_card_computed_wrongly_is_made_again_and_told(
    card: ProcessorCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first proof of every launch is read wrongly: those of rows 0 and 1."""
    read = ProcessorCard.read

    def wrong(self, memory, offset, array) -> None:
        read(self, memory, offset, array)
        array.reshape(-1)[0] ^= np.uint64(1)

    monkeypatch.setattr(ProcessorCard, "read", wrong)
    answer = invoke("batch", "run", "job.toml")
    assert answer.exit_code == 0, answer.output
    assert "A proof that the card computed did not verify" in answer.stderr
    shop.require_valid(ROWS)


def test_a_card_that_fails_leaves_the_rows_to_the_processor_and_that_is_told(
    card: ProcessorCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(self, *given) -> None:
        raise CardError("The card failed.", "Look at it.")

    monkeypatch.setattr(ProcessorCard, "launch", fails)
    answer = invoke("batch", "run", "job.toml")
    assert answer.exit_code == 0, answer.output
    assert "The processor computes instead" in answer.stderr
    shop.require_valid(ROWS)
