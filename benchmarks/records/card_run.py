"""What `benchmarks/gpu.sh` found of a card: whether it is right, and how fast it is.

It is written figure by figure, so a run that ended early is read too: it has `failed`, or results
that are wrong, and fewer timings. The first schema had no date, no commit and no processor.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

from zkpipe.benchmarks.records.hardware import Machine
from zkpipe.benchmarks.records.ranges import FIX, MOST_PATIENCE, TICK, Exponent
from zkpipe.benchmarks.records.records import Within, check, from_json, printable
from zkpipe.benchmarks.records.schemas import (
    CARD_SCHEMA,
    CARDS,
    FIRST_CARD,
    of_no_schema,
    schema_of,
)
from zkpipe.ground.errors import RangeError
from zkpipe.ground.files.strict_json import Json, read_json
from zkpipe.ground.kinds import require_path, shown_text

PRODUCTS, PROOF, BATCH = "products in Fp", "proof", 64
PROOFS = f"{BATCH} proofs"
KINDS = (PRODUCTS, "NTT", "MSM in G1", "MSM in G2", PROOF, PROOFS)
UNKNOWN = "processor"  # the back end of a file that does not name it

Time = Annotated[float, Within(0, MOST_PATIENCE)]


@dataclass(frozen=True, slots=True)
class CardTiming:
    """Medians of some rounds.

    what       one of KINDS
    exponent   of its size: values, points, threads or rows
    card       seconds
    processor  seconds, of the same machine; None where it was not measured
    rate       products a second, of PRODUCTS
    """

    what: str
    exponent: Exponent
    card: Time
    processor: Time | None
    rate: Annotated[float, Within(0, 1 << 60)] | None

    def __post_init__(self) -> None:
        if self.what not in KINDS:
            raise RangeError(f"No run times {shown_text(self.what)} on a card.", FIX)
        if min(self.card, self.card if self.processor is None else self.processor) < TICK:
            raise RangeError("A measurement has a time below a nanosecond.", FIX)


@dataclass(frozen=True, slots=True)
class CardRun:
    """All that was found.

    date             ISO 8601 in UTC; None in a file of the first schema
    machine          with its card
    text_seconds     to write the kernels' texts; None if it ended before
    compile_seconds  of the driver, for all kernels
    wrong            checks that failed
    failed           what the card or its driver said; None if it did not fail
    left_out         what there was no time for

    Raises FormatError for a field that is not of its type, RangeError for a value out of its range.
    """

    schema: str
    date: str | None
    commit: str | None
    machine: Machine
    text_seconds: Time | None
    compile_seconds: Time | None
    wrong: tuple[str, ...]
    failed: str | None
    timings: tuple[CardTiming, ...]
    left_out: tuple[str, ...]

    def __post_init__(self) -> None:
        check(self, "CardRun")
        if self.machine.card is None:
            raise RangeError("The figures of a card name no card.", FIX)
        try:
            datetime.fromisoformat(self.date or "2026-01-01")
        except ValueError as error:
            raise RangeError("The date of a run is not written as in ISO 8601.", FIX) from error
        names = [(timing.what, timing.exponent) for timing in self.timings]
        if len(set(names)) < len(names):
            raise RangeError("Two timings of a card are of the same thing.", FIX)

    @staticmethod
    def load(path: str | Path) -> CardRun:
        """Read JSON. Raises FileError, or FormatError for what `benchmarks/gpu.sh` wrote not."""
        path = require_path("CardRun.load", "path", path)
        return card_run_of(path, read_json(path, floats=True))


def card_run_of(path: Path, value: Json) -> CardRun:
    """The figures in a file that was read. Raises FormatError, as CardRun.load."""
    schema = schema_of(value)
    if isinstance(value, dict) and schema == FIRST_CARD:
        value = _as_now(value)
    elif schema != CARD_SCHEMA:
        raise of_no_schema(path, value, CARDS)
    return from_json(CardRun, value, path.name)


def _as_now(value: dict[str, Json]) -> dict[str, Json]:
    """A file of the first schema in the form of today. What is odd in it the reader tells."""
    told = dict(value)
    name, capability, driver, memory, processors = (
        told.pop(part, None) for part in ("card", "capability", "driver", "memory", "processors")
    )
    card: dict[str, Json] = {
        "name": name,
        "capability": _version(capability),
        "driver": f"for CUDA {_version(driver)}",
        "memory_bytes": memory.get("size") if isinstance(memory, dict) else memory,
        "clock_hz": None,
    }
    machine: dict[str, Json] = {
        "processor": "a processor that the file does not name",
        "cores": processors,
        "memory_bytes": 0,
        "system": "",
        "backends": [UNKNOWN],
        "versions": {},
        "card": card,
    }
    failed = told.get("failed")
    told["failed"] = printable(failed) if isinstance(failed, str) else failed
    return {"date": None, "commit": None, **told, "machine": machine, "schema": CARD_SCHEMA}


def _version(parts: Json) -> str:
    """`9.0` of [9, 0]."""
    return ".".join(map(str, parts)) if isinstance(parts, list) else str(parts)
