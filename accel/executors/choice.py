"""Which executor computes: a card or the processor.

ZKPIPE_BACKEND=cuda takes the card, whatever it is to compute, and says what is missing if there is
none. Without the setting, a card that is found takes what is large enough to pay for the way to it.
"""

from __future__ import annotations

import os

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve
from zkpipe.accel.executors.executor import Executor
from zkpipe.accel.executors.processor import Processor
from zkpipe.accel.machines.backend import CARD, machine
from zkpipe.ground.errors import MissingError
from zkpipe.ground.process.once import once

# Opening a card takes a third of a second, as copying a key of so many rows to it does. An
# estimate, as long as no card has been at hand.
CARD_ROWS = 1 << 18


def executor(curve: Curve = BN254, rows: int = 0) -> Executor:
    """The executor for proofs of so many rows.

    Raises what accel.machines.backend.machine raises, and MissingError if a card is asked for and
    none can be used.
    """
    name = os.environ.get("ZKPIPE_BACKEND", "")
    if name == CARD:
        return _asked_card(curve)
    found = _found_card(curve) if rows >= CARD_ROWS and not name else None
    return found or processor(curve)


def processor(curve: Curve = BN254) -> Processor:
    """The processor's executor, whatever is in use. Raises what `machine` raises."""
    return Processor(machine(), curve)


@once
def _asked_card(curve: Curve) -> Executor:
    from zkpipe.accel.cuda.driver import open_card
    from zkpipe.accel.executors.card import CardExecutor

    return CardExecutor(open_card(), curve)


@once
def _found_card(curve: Curve) -> Executor | None:
    """The card, if there is one that can be used."""
    from zkpipe.accel.cuda.driver import is_likely

    try:
        return _asked_card(curve) if is_likely() else None
    except MissingError:  # `zkpipe doctor` says why
        return None


def forget_cards() -> None:
    """Look for cards again when one is next wanted."""
    _asked_card.cache_clear()
    _found_card.cache_clear()
