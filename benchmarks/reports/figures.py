"""Which pictures a run has, and what is drawn in each."""

from __future__ import annotations

from collections.abc import Iterator

from zkpipe.benchmarks.records.ranges import CARD
from zkpipe.benchmarks.records.results import ProofTime, Results, shown_machine
from zkpipe.benchmarks.records.series import median, spread
from zkpipe.benchmarks.reports.bars import Bar, time_bars
from zkpipe.benchmarks.reports.batch_tables import BatchGroup, batch_groups
from zkpipe.benchmarks.reports.charts import Line, rates_chart, times_chart
from zkpipe.benchmarks.reports.colours import LINES, MARKS, OURS, Look, Looks
from zkpipe.benchmarks.reports.own_tables import own_figures
from zkpipe.benchmarks.reports.table import Figure
from zkpipe.benchmarks.reports.tables import WAYS, groups, labels, stage_groups
from zkpipe.benchmarks.workloads.stages import WHOLE

_TIMES = "Medians, with bars from the fastest to the slowest. Both scales are logarithmic."
_STAGES = "Each stage by itself; a whole proof shares work between them, so it may take less."


def all_figures(results: Results, looks: Looks, run: int) -> Iterator[Figure]:
    """The pictures of a run that have something to show.

    run  the run's number on the page

    Raises MissingError if matplotlib is needed, for lines, and is not installed, or finds no folder
    to write to.
    """
    if results.own is not None:
        yield from own_figures(results, results.own, looks)
    for circuit, way in groups(results):
        yield _times(results, circuit, way, looks, run)
    for group in batch_groups(results):
        yield _batches(group, looks, run)
        if group.has_several_threads:
            yield _processors(group, looks, run)
    for (circuit, backend, threads), sizes in stage_groups(results).items():
        largest = max(k for k in sizes)
        stages = [s for s in sizes[largest] if s.stage != WHOLE]
        if stages:
            colour = looks.colour(OURS, backend)
            on = backend if backend == CARD else shown_machine(backend, threads)
            yield time_bars(
                f"Where the time goes: {circuit}, 2^{largest} rows, {on}",
                _STAGES,
                [
                    Bar(s.stage, median(s.seconds), colour)
                    for s in sorted(sizes[largest], key=lambda s: s.stage == WHOLE)
                ],
            )


def _times(results: Results, circuit: str, way: str, looks: Looks, run: int) -> Figure:
    """Lines over sizes; bars where there is one size only."""
    found = labels(results, circuit, way)
    sizes = {k for proofs in found.values() for k in proofs}
    title = f"Time of a proof: {circuit}, {way}"
    if len(sizes) == 1:
        (only,) = sizes
        bars = [
            Bar(label, median(p[only].seconds), looks.colour(p[only].prover, p[only].backend))
            for label, p in found.items()
        ]
        return time_bars(title, f"{WAYS.get(way, way)}. Medians, at 2^{only} rows.", bars)
    lines = []
    for label, proofs in found.items():
        first = next(iter(proofs.values()))
        points = [_point(proofs[k]) for k in sorted(proofs)]
        lines.append(Line(label, _look(first, found, looks), points))
    return times_chart(title, f"{WAYS.get(way, way)}. {_TIMES}", lines, run)


def _point(proof: ProofTime) -> tuple[float, float, float, float]:
    return (2.0**proof.exponent, median(proof.seconds), *spread(proof.seconds))


def _look(proof: ProofTime, found: dict[str, dict[int, ProofTime]], looks: Looks) -> Look:
    made = [next(iter(proofs.values())) for proofs in found.values()]
    name = (proof.prover, proof.backend)
    numbers = {p.threads or 0 for p in made if (p.prover, p.backend) == name}
    return looks.look(*name, proof.threads or 0, sorted(numbers))


# --- batches: all by one back end of zkpipe, so in one colour; marks and lines tell them apart


def _batches(group: BatchGroup, looks: Looks, run: int) -> Figure:
    colour = looks.colour(OURS, group.backend)
    lines = [
        Line(label, _mark(colour, place), [_rate(n, sizes[n].rate) for n in sorted(sizes)])
        for place, (label, sizes) in enumerate(group.batches.items())
    ]
    lines += [
        Line(label, Look(colour, "", line=LINES[1 + place % 3]), [_rate(None, loop.rate)])
        for place, (label, loop) in enumerate(group.loops.items())
    ]
    title = f"Proofs a second by the rows of a batch: {group.name}"
    return rates_chart(title, "Medians.", "rows of the table", lines, run, log=True)


def _processors(group: BatchGroup, looks: Looks, run: int) -> Figure:
    colour = looks.colour(OURS, group.backend)
    lines = [
        Line(engine, _mark(colour, place), [_rate(n, rates[n]) for n in sorted(rates)])
        for place, (engine, rates) in enumerate(group.rates_by_threads().items())
    ]
    title = f"Proofs a second by the processors: {group.name}"
    what = "processors: threads of all workers together"
    return rates_chart(title, "Medians of the largest batches.", what, lines, run, log=False)


def _rate(x: float | None, rate: float) -> tuple[float | None, float, float, float]:
    return x, rate, rate, rate


def _mark(colour: int, place: int) -> Look:
    """No two of the first sixteen are alike."""
    return Look(colour, MARKS[place % len(MARKS)], place < len(MARKS), LINES[place % len(LINES)])
