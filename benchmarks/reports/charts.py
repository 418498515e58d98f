"""Line charts of a report: drawn by matplotlib as SVG, with a legend beside it in HTML.

No text of a results file goes through matplotlib: in the SVG stand the numbers of the axes alone,
as text. It is drawn narrow, so that a phone shows it in a readable size, and in the page's colours
(reports.colours), which matplotlib does not know: it draws in stand-ins that become CSS variables.
"""

from __future__ import annotations

import io
import math
import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from zkpipe.benchmarks.reports.colours import Look
from zkpipe.benchmarks.reports.table import HOUR, MINUTE, Figure, short_duration
from zkpipe.ground.errors import MissingError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 4.6, 3.3  # inches of 72 points, with letters of 9: 10 pixels high on a phone
ENOUGH, MOST_TICKS = 4, 8
_METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
_TEXT, _RULE, _BACK = "#0a0b0c", "#0a0b0d", "#0a0b0e"  # stand-ins
_SETTINGS: dict[Any, Any] = {  # of matplotlib, whose names for them are no plain texts
    "svg.fonttype": "none",
    "font.size": 9,
    "axes.edgecolor": _RULE,
    "axes.labelcolor": _TEXT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": _RULE,
    "text.color": _TEXT,
    "xtick.color": _TEXT,
    "ytick.color": _TEXT,
}
_CSS = {_TEXT: "currentColor", _RULE: "var(--rule)", _BACK: "var(--back)"}
_PEER = re.compile(r"#0c0d([0-9a-f]{2})")
_COARSE, _FINE = (1.0, 2.0, 5.0), (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
_FINEST = tuple(k / 4 for k in range(4, 40))
_TENS = tuple(10.0**k for k in range(-9, 1))
_LONG = (10.0, MINUTE, 10 * MINUTE, HOUR, 10 * HOUR, 100 * HOUR, 1e3 * HOUR, 1e4 * HOUR, 1e5 * HOUR)
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a chart.

    points  x, y, and the lowest and the highest y that were measured; a single one of x None is a
            level across the chart
    """

    label: str
    look: Look
    points: Sequence[tuple[float | None, float, float, float]]


def times_chart(title: str, note: str, lines: Sequence[Line], run: int) -> Figure:
    """Times over sizes of circuits, which are powers of two. Both scales are logarithmic.

    run  its number on the page, as for rates_chart
    """

    def scale(axes: Axes) -> None:
        xs = _xs(lines)
        _size_axis(axes, xs, "rows of the circuit", _power)
        low = min(y for line in lines for _, _, y, _ in line.points)
        high = max(y for line in lines for *_, y in line.points)
        axes.set_yscale("log")
        axes.set_ylim(low / 1.3, high * 1.3)
        _marks(axes, time_ticks(low / 1.3, high * 1.3), short_duration)

    return Figure(title, note, f"{_svg(title, run, lines, scale)}\n{legend(lines)}")


def rates_chart(
    title: str, note: str, what: str, lines: Sequence[Line], run: int, *, log: bool
) -> Figure:
    """Proofs a second over numbers, from zero.

    what  the numbers are
    log   whether their scale is logarithmic
    """

    def scale(axes: Axes) -> None:
        if log:
            _size_axis(axes, _xs(lines), what, lambda x: f"{x:,.0f}")
        else:
            axes.set_xticks(_thinned(_xs(lines)), [f"{x:,.0f}" for x in _thinned(_xs(lines))])
            axes.set_xlabel(what)
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_formatter(lambda y, _: f"{y:,.6g}")

    return Figure(title, note, f"{_svg(title, run, lines, scale)}\n{legend(lines)}")


def time_ticks(low: float, high: float) -> list[float]:
    """Round times between two, few enough to be read: 0.5 s, 1 s, 2 s, 5 s, 10 s, 20 s, 1 min."""
    for steps in ((1.0,), _COARSE, _FINE, _FINEST):
        found = [time for time in _times(steps) if low <= time <= high]
        if len(found) >= ENOUGH:
            return found[:: -(-len(found) // MOST_TICKS)]
    return found


def _times(steps: Sequence[float]) -> list[float]:
    """Multiples of 1 s, 0.1 s and so on, and of 10 s, 1 min, 10 min, 1 h and so on."""
    units = [*_TENS, *_LONG]
    found = {
        unit * step
        for unit, following in zip(units, [*units[1:], math.inf], strict=True)
        for step in steps
        if unit * step < following * 0.99
    }
    return sorted(found)


def _power(x: float) -> str:
    """A power of two: 2¹⁴."""
    return "2" + str(round(x).bit_length() - 1).translate(_RAISED)


def _xs(lines: Iterable[Line]) -> list[float]:
    return sorted({x for line in lines for x, *_ in line.points if x is not None})


def _thinned(xs: list[float]) -> list[float]:
    step = -(-len(xs) // MOST_TICKS)
    return xs[::-1][::step][::-1]


def _size_axis(axes: Axes, xs: list[float], what: str, shown: Callable[[float], str]) -> None:
    axes.set_xscale("log", base=2)
    axes.set_xlim(xs[0] / 1.25, xs[-1] * 1.25)
    axes.minorticks_off()
    axes.set_xticks(_thinned(xs), [shown(x) for x in _thinned(xs)])
    axes.set_xlabel(what)


def _marks(axes: Axes, ticks: list[float], shown: Callable[[float], str]) -> None:
    axes.set_yticks(ticks, [shown(y) for y in ticks])
    axes.minorticks_off()


def _svg(title: str, run: int, lines: Sequence[Line], scale: Callable[[Axes], None]) -> str:
    """The chart as an element; its identifiers come from run and title, so that two can meet.

    Raises MissingError if matplotlib is not installed, or finds no folder to write to.
    """
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure as Drawing
    except ImportError as error:
        raise MissingError(
            "The charts of a report are drawn by matplotlib, which is not installed.",
            "pip install matplotlib",
        ) from error
    except OSError as error:
        raise MissingError(
            "The charts of a report are drawn by matplotlib, which finds no folder to write to.",
            "Set MPLCONFIGDIR or TMPDIR to a folder that you can write to.",
        ) from error
    out = io.StringIO()
    with (
        rc_context({**_SETTINGS, "svg.hashsalt": f"{run} {title}"}),
        warnings.catch_warnings(),
    ):
        warnings.filterwarnings("ignore", message="Glyph")  # the reader's font is another
        drawing = Drawing(figsize=(WIDTH, HEIGHT), layout="constrained", facecolor="none")
        axes = drawing.subplots()
        axes.set_facecolor("none")
        for line in lines:
            _draw(axes, line)
        scale(axes)
        axes.grid(visible=True)
        axes.set_axisbelow(True)
        drawing.savefig(out, format="svg", metadata={"Date": None})
    text = out.getvalue()
    text = _METADATA.sub("", text[text.index("<svg") :])
    text = _PEER.sub(lambda found: f"var(--peer-{int(found[1], 16)})", text)
    for stand_in, colour in (
        (_TEXT, "currentColor"),
        (_RULE, "var(--rule)"),
        (_BACK, "var(--back)"),
    ):
        text = text.replace(stand_in, colour)
    return f'<svg role="img" aria-label="{escape(title)}"{text[4:]}'


def _draw(axes: Axes, line: Line) -> None:
    look = line.look
    colour = f"#0c0d{look.colour:02x}"
    levels = [y for x, y, _, _ in line.points if x is None]
    for level in levels:
        axes.axhline(level, color=colour, linestyle=look.line, linewidth=1.5)
    points = [(x, y, y - low, high - y) for x, y, low, high in line.points if x is not None]
    if points:
        xs, ys, below, above = zip(*points, strict=True)
        axes.errorbar(
            xs,
            ys,
            yerr=[below, above],
            color=colour,
            linestyle=look.line,
            linewidth=1.5,
            marker=look.mark,
            markersize=6,
            markerfacecolor=colour if look.is_filled else _BACK,
            capsize=2,
        )


# --- the legend, in HTML: its texts wrap, and are in the reader's letters

_SHAPES = {
    "o": '<circle cx="18" cy="7" r="4.5"/>',
    "s": '<path d="M14 3h8v8h-8z"/>',
    "^": '<path d="M18 2l5 9h-10z"/>',
    "D": '<path d="M18 2l5 5-5 5-5-5z"/>',
    "v": '<path d="M13 3h10l-5 9z"/>',
    "P": '<path d="M16.5 2h3v3.5h3.5v3h-3.5v3.5h-3v-3.5h-3.5v-3h3.5z"/>',
    "X": '<path d="M15 2l3 3 3-3 2 2-3 3 3 3-2 2-3-3-3 3-2-2 3-3-3-3z"/>',
    "p": '<path d="M18 2l5 3.8-2 6.2h-6l-2-6.2z"/>',
    "": "",
}
_DASHES = {"-": "none", "--": "6 3", ":": "2 2.5", "-.": "7 2 2 2"}


def legend(lines: Iterable[Line]) -> str:
    """A list of the lines, each with a piece of it."""
    return f'<ul class="legend">{"".join(map(_entry, lines))}</ul>'


def _entry(line: Line) -> str:
    look = line.look
    colour = f"var(--peer-{look.colour})"
    is_level = all(x is None for x, *_ in line.points)
    piece = (
        f'<svg width="36" height="14" aria-hidden="true" style="stroke:{colour};stroke-width:1.5;'
        f'fill:{colour if look.is_filled else "var(--back)"}">'
        f'<path d="M0 7h36" stroke-dasharray="{_DASHES[look.line]}"/>'
        f"{'' if is_level else _SHAPES[look.mark]}</svg>"
    )
    return f"<li>{piece} {escape(line.label)}</li>"
