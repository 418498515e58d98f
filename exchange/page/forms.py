"""How values look on the page: ids, times, numbers, shares of a whole."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

HEAD, TAIL = 8, 4  # characters of an id that are shown at first, 0x among them
LATEST = 253_402_300_799  # the last second of the year 9999


def is_long(text: str) -> bool:
    """Whether an id is shown by its ends."""
    return len(text) > HEAD + TAIL + 6


def is_zero(text: str) -> bool:
    """Whether a digest or an address is all zeros, which stands for none."""
    return not text.removeprefix("0x").strip("0")


def ends(text: str) -> tuple[str, str, str]:
    """An id in three: what is shown, what is hidden but copied, what is shown."""
    return text[:HEAD], text[HEAD:-TAIL], text[-TAIL:]


def as_hex(number: Any) -> str:
    """A number of up to 256 bits as 32 bytes, 0x and hexadecimal."""
    return f"0x{int(number):064x}"


def moment(seconds: Any) -> str | None:
    """A time as people read it, in UTC; None if it is after the year 9999."""
    at = int(seconds)
    if at > LATEST:
        return None
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"


def machine_moment(seconds: Any) -> str:
    """A time as the attribute datetime has it; empty after the year 9999."""
    at = int(seconds)
    return "" if at > LATEST else f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"


def clock(seconds: float) -> str:
    """The time of the day, in UTC."""
    return f"{datetime.fromtimestamp(seconds, UTC):%H:%M:%S} UTC"


def number(value: Any) -> str:
    """A number with its thousands apart."""
    return f"{int(value):,}"


def duration(seconds: float) -> str:
    """A short time, in milliseconds below a second."""
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def share(part: Any, whole: Any) -> str:
    """A part of a whole in percent, between 0 and 100; 0 of nothing."""
    total = int(whole)
    if total <= 0:
        return "0"
    return f"{min(100.0, max(0.0, 100 * int(part) / total)):.2f}"
