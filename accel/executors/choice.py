"""Which executor computes: the card if ZKPIPE_BACKEND is cuda, else the processor."""

from __future__ import annotations

import os
from functools import cache

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve
from zkpipe.accel.executors.executor import Executor
from zkpipe.accel.executors.processor import Processor
from zkpipe.accel.machines.backend import CARD, machine


def executor(curve: Curve = BN254) -> Executor:
    """The executor in use.

    Raises what accel.machines.backend.machine raises, and MissingError if a card is asked for and
    none can be used.
    """
    if os.environ.get("ZKPIPE_BACKEND") == CARD:
        return _card(curve)
    return processor(curve)


def processor(curve: Curve = BN254) -> Processor:
    """The processor's executor, whatever is in use. Raises what `machine` raises."""
    return Processor(machine(), curve)


@cache
def _card(curve: Curve) -> Executor:
    from zkpipe.accel.cuda.driver import open_card
    from zkpipe.accel.cuda.executor import CardExecutor

    return CardExecutor(open_card(), curve)
