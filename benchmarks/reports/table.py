"""A table of a report as text, and how its cells show times, numbers and sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zkpipe.benchmarks.records.series import median, spread

NONE = "-"


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table.

    note  a sentence on how to read it; empty if none is needed
    """

    title: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def duration(seconds: float) -> str:
    """A time with three digits, in s, ms or us."""
    for unit, scale in (("s", 1.0), ("ms", 1e3)):
        if seconds * scale >= 1:
            return f"{digits(seconds * scale)} {unit}"
    return f"{digits(seconds * 1e6)} us"


def digits(value: float) -> str:
    """Three digits, without an exponent, thousandths at most: 0.012, 1.23, 12.3, 123, 1234."""
    return f"{value:.{0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 3}f}"


def with_spread(seconds: Sequence[float]) -> str:
    """The median, with the fastest and the slowest behind it."""
    low, high = spread(seconds)
    return f"{duration(median(seconds))} ({duration(low)} to {duration(high)})"


def megabytes(size: int) -> str:
    """A size in MB of a million bytes."""
    return f"{digits(size / 1e6)} MB"
