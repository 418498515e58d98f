"""What a report is made of, and how it shows times, numbers and sizes as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zkpipe.benchmarks.records.series import median, spread

NONE = "-"
MINUTE, HOUR = 60.0, 3600.0  # seconds


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table.

    note  a sentence on how to read it; empty if none is needed
    """

    title: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A titled picture for a page; in Markdown its figures stand in the tables.

    note  as of a table
    body  elements of HTML, in which no text of a results file is markup
    """

    title: str
    note: str
    body: str


def duration(seconds: float) -> str:
    """A time with three digits, in s, ms or us."""
    for unit, scale in (("s", 1.0), ("ms", 1e3)):
        if seconds * scale >= 1:
            return f"{digits(seconds * scale)} {unit}"
    return f"{digits(seconds * 1e6)} us"


def short_duration(seconds: float) -> str:
    """A time for an axis or a sentence, to three digits at most: 2 min, 0.6 s, 43 ms, 7.5 us."""
    for unit, size, least in (
        ("h", HOUR, HOUR),
        ("min", MINUTE, MINUTE),
        ("s", 1.0, 0.1),
        ("ms", 1e-3, 1e-3),
    ):
        if seconds >= least * 0.9995:  # 59.99 s are a minute to three digits
            return f"{_plain_number(seconds / size)} {unit}"
    return f"{_plain_number(seconds * 1e6)} us"


def _plain_number(value: float) -> str:
    """To three digits, without an exponent and without zeros at the end of a fraction."""
    text = f"{float(f'{value:.3g}'):,.6f}"
    return text.rstrip("0").rstrip(".")


def digits(value: float) -> str:
    """Three digits, without an exponent, thousandths at most: 0.012, 1.23, 12.3, 123, 1234."""
    return f"{value:.{0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 3}f}"


def with_spread(seconds: Sequence[float]) -> str:
    """The median, with the fastest and the slowest behind it if there are several times."""
    low, high = spread(seconds)
    middle = duration(median(seconds))
    return middle if len(seconds) == 1 else f"{middle} ({duration(low)} to {duration(high)})"


def megabytes(size: int) -> str:
    """A size in MB of a million bytes; a small one in KB of a thousand."""
    return f"{digits(size / 1e6)} MB" if size >= 1e5 else f"{digits(size / 1e3)} KB"


def amount(value: float) -> str:
    """An amount of money: to hundredths from 1 on, else to three digits, without an exponent."""
    if value >= 1:
        return f"{value:,.2f}"
    text = f"{value:.3g}"
    return text if "e" not in text else f"{value:.{2 - int(text.partition('e')[2])}f}"
