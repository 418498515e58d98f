"""The plots of a report, as SVG to stand in a page: drawn by matplotlib, text left as text."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from zkpipe.benchmarks.records.ranges import CARD
from zkpipe.benchmarks.records.results import Results
from zkpipe.benchmarks.records.series import median, spread
from zkpipe.benchmarks.reports.batch_tables import BatchGroup, batch_groups
from zkpipe.benchmarks.reports.table import NONE
from zkpipe.benchmarks.reports.tables import groups, growth_rows, labels, stage_groups
from zkpipe.benchmarks.workloads.stages import WHOLE
from zkpipe.ground.errors import MissingError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 8.0, 4.5  # inches
_LEVEL = (":", "--")  # lines of loops, on one thread and on all
LONGEST_LABEL = 60  # characters; those of a run have fewer
_METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)


def all_plots(results: Results) -> Iterator[tuple[str, str]]:
    """Title and SVG of each plot that has something to show.

    Raises MissingError if matplotlib is not installed, or finds no folder to write to.
    """
    try:
        from matplotlib.figure import Figure  # noqa: F401 # whether it is there
    except ImportError as error:
        raise MissingError(
            "The plots of a report are drawn by matplotlib, which is not installed.",
            "pip install matplotlib",
        ) from error
    except OSError as error:
        raise MissingError(
            "The plots of a report are drawn by matplotlib, which finds no folder to write to.",
            "Set MPLCONFIGDIR or TMPDIR to a folder that you can write to.",
        ) from error
    for circuit, way in groups(results):
        title = f"Time of a proof against size: {circuit}, {way}"
        yield title, _svg(title, partial(_times, results, circuit, way))
    for batches in batch_groups(results):
        title = f"Proofs a second against the rows of a batch: {batches.name}"
        yield title, _svg(title, partial(_batches, batches))
        if batches.has_several_threads:
            title = f"Proofs a second against the processors: {batches.name}"
            yield title, _svg(title, partial(_workers, batches))
    for group, sizes in stage_groups(results).items():
        if all(stage.stage == WHOLE for stages in sizes.values() for stage in stages):
            continue
        circuit, backend, threads = group
        on = backend if backend == CARD else f"{backend}, threads: {threads}"
        title = f"Where the time goes: {circuit}, {on}"
        yield title, _svg(title, partial(_stages, results, group))
    if growth_rows(results):
        title = "Growth exponent of each prover"
        yield title, _svg(title, partial(_growth, results))


def _svg(title: str, draw: Callable[[Axes], None]) -> str:
    """A figure as an element of HTML; its identifiers come from the title, so that two can meet."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    out = io.StringIO()
    with (
        rc_context({"svg.fonttype": "none", "svg.hashsalt": title, "font.size": 10}),
        warnings.catch_warnings(),
    ):
        warnings.filterwarnings("ignore", message="Glyph")  # the reader's font is another
        warnings.filterwarnings("ignore", message="constrained_layout")  # labels overlap then
        figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
        axes = figure.subplots()
        draw(axes)
        figure.savefig(out, format="svg", metadata={"Date": None})
    text = out.getvalue()
    return _METADATA.sub("", text[text.index("<svg") :])


def _plain(text: str) -> str:
    """A label that matplotlib shows as it is: no formula between dollars, none left out.

    Left out would be an empty one, and one that begins with an underscore.
    """
    shown = " ".join(text.split()) or NONE
    if len(shown) > LONGEST_LABEL:
        shown = f"{shown[: LONGEST_LABEL - 3]}..."
    shown = shown.replace("$", r"\$")
    return f" {shown}" if shown.startswith("_") else shown


def _times(results: Results, circuit: str, way: str, axes: Axes) -> None:
    """Log time over log size, a line for each prover, bars from the fastest to the slowest."""
    for label, proofs in labels(results, circuit, way).items():
        sizes = sorted(proofs)
        middle = [median(proofs[k].seconds) for k in sizes]
        ends = [spread(proofs[k].seconds) for k in sizes]
        below = [m - low for m, (low, _) in zip(middle, ends, strict=True)]
        above = [high - m for m, (_, high) in zip(middle, ends, strict=True)]
        axes.errorbar(
            [2**k for k in sizes],
            middle,
            yerr=[below, above],
            marker="o",
            capsize=3,
            label=_plain(label),
        )
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xlabel("rows")
    axes.set_ylabel("seconds, median")
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.legend(fontsize=9)


def _batches(group: BatchGroup, axes: Axes) -> None:
    """Throughput over the log of the batch's size, a line for each engine; loops are level."""
    for label, sizes in group.batches.items():
        rows = sorted(sizes)
        axes.plot(rows, [sizes[n].rate for n in rows], marker="o", label=_plain(label))
    for number, (label, loop) in enumerate(group.loops.items()):
        axes.axhline(loop.rate, color="k", linestyle=_LEVEL[number % 2], label=_plain(label))
    axes.set_xscale("log", base=2)
    axes.set_xlabel("rows of the table")
    _show_rates(axes)


def _workers(group: BatchGroup, axes: Axes) -> None:
    """Throughput of the largest batches over the processors that they keep busy."""
    for engine, rates in group.rates_by_threads().items():
        threads = sorted(rates)
        axes.plot(threads, [rates[n] for n in threads], marker="o", label=_plain(engine))
    axes.set_xlabel("processors: threads of all workers together")
    axes.set_xticks(sorted({n for rates in group.rates_by_threads().values() for n in rates}))
    _show_rates(axes)


def _show_rates(axes: Axes) -> None:
    axes.set_ylim(bottom=0)
    axes.set_ylabel("proofs a second, median")
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.legend(fontsize=9)


def _stages(results: Results, group: tuple[str, str, int], axes: Axes) -> None:
    """Shares of the stages' sum for each size, and the whole proof beside it as a mark."""
    sizes = stage_groups(results)[group]
    exponents = sorted(k for k in sizes if any(s.stage != WHOLE for s in sizes[k]))
    seconds = {k: {s.stage: median(s.seconds) for s in sizes[k]} for k in exponents}
    whole = {k: seconds[k].pop(WHOLE, None) for k in exponents}
    total = {k: sum(seconds[k].values()) for k in exponents}
    left = dict.fromkeys(exponents, 0.0)
    for stage in dict.fromkeys(name for k in exponents for name in seconds[k]):
        shares = [100 * seconds[k].get(stage, 0.0) / total[k] for k in exponents]
        places = [f"2^{k}" for k in exponents]
        axes.barh(places, shares, left=list(left.values()), label=_plain(stage))
        left = {k: left[k] + share for k, share in zip(exponents, shares, strict=True)}
    marks = [(100 * w / total[k], f"2^{k}") for k, w in whole.items() if w is not None]
    if marks:
        axes.plot(*zip(*marks, strict=True), "kD", label="whole proof, sharing work")
    axes.set_xlabel("per cent of the stages' sum")
    axes.set_ylabel("rows")
    axes.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _growth(results: Results, axes: Axes) -> None:
    """A bar for each prover."""
    rows = growth_rows(results)
    names = [_plain(f"{label} ({circuit}, {way})") for circuit, way, label, _ in rows]
    bars = axes.barh(names, [exponent for *_, exponent in rows])
    axes.bar_label(bars, fmt="%.2f", padding=3)
    axes.margins(x=0.12)  # room for the labels
    axes.invert_yaxis()
    axes.set_xlabel("e of time = constant * size^e")
