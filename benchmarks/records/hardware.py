"""The machine that was measured, as a record: its processor, its card, versions."""

from __future__ import annotations

from dataclasses import dataclass

from zkpipe.benchmarks.records.ranges import FIX, Count, Size, Threads
from zkpipe.ground.errors import RangeError


@dataclass(frozen=True, slots=True)
class Card:
    """The NVIDIA card of a machine.

    name        as its maker calls it
    capability  its compute capability: 9.0
    driver      its version, where the system tells it, and the newest CUDA that it knows
    clock_hz    the highest, at which the card need not have run; None if the driver does not say
    """

    name: str
    capability: str
    driver: str
    memory_bytes: Size
    clock_hz: Count | None


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it was measured.

    processor  the name that the processor gives itself
    cores      processors that the process may use
    backends   of zkpipe that the processor has, the best first
    versions   of zkpipe, what it stands on, and the peers
    card       that was measured too, if there was one
    """

    processor: str
    cores: Threads
    memory_bytes: Size
    system: str
    backends: tuple[str, ...]
    versions: dict[str, str]
    card: Card | None = None

    def __post_init__(self) -> None:
        if not self.backends:
            raise RangeError("A machine has no back end.", FIX)
