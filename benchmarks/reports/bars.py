"""Bars of a report, in HTML: they take the width that there is, and their texts wrap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from zkpipe.benchmarks.reports.table import Figure, short_duration

LEAST = 0.4  # per cent of the longest: what can be seen


@dataclass(frozen=True, slots=True)
class Bar:
    """A time with its name.

    colour  a place in reports.colours
    """

    label: str
    seconds: float
    colour: int


def time_bars(title: str, note: str, bars: Sequence[Bar]) -> Figure:
    """Times beside each other, from zero, each with its figure."""
    longest = max(bar.seconds for bar in bars)
    rows = "\n".join(_row(bar, max(LEAST, 100 * bar.seconds / longest)) for bar in bars)
    return Figure(title, note, f'<div class="bars">\n{rows}\n</div>')


def _row(bar: Bar, width: float) -> str:
    return (
        f'<span class="what">{escape(bar.label)}</span>'
        f'<span class="track"><span style="width:{width:.1f}%;background:var(--peer-{bar.colour})">'
        f"</span></span>"
        f'<span class="time">{escape(short_duration(bar.seconds))}</span>'
    )
