"""The tables of a card, and its bars."""

from __future__ import annotations

from collections.abc import Iterator

from zkpipe.benchmarks.records.card_run import CardRun, CardTiming
from zkpipe.benchmarks.records.ranges import CARD
from zkpipe.benchmarks.reports.bars import Bar, time_bars
from zkpipe.benchmarks.reports.card.told import CIRCUIT, HOW, card_name, largest, processor, proving
from zkpipe.benchmarks.reports.colours import OURS, Looks
from zkpipe.benchmarks.reports.costs import Price, cost_row, table_of_costs
from zkpipe.benchmarks.reports.table import NONE, Figure, Table, digits, duration
from zkpipe.benchmarks.reports.tables import machine_table

_BESIDE = (
    "Medians. The processor is that of the same machine, with all threads. Above 1, the card is "
    "faster. NTT: a transform; MSM: a sum of points, each times a scalar. Data and key are on the "
    "card before."
)
_WHOLE = (
    "A proof is charged the whole machine, card and processors. Of each kind the largest size "
    "counts."
)


def card_tables(run: CardRun, price: Price) -> Iterator[Table]:
    """Every table that has a row."""
    rows = [
        cost_row(
            price,
            (f"{CIRCUIT}, 2^{made.exponent} rows", made.label, HOW[made.what]),
            made.seconds,
            price.cores,
        )
        for made in proving(run)
    ]
    for table in (
        Table("Wrong results", "", ("check",), tuple((name,) for name in run.wrong)),
        _beside(run),
        table_of_costs(price, _WHOLE, rows),
        Table(
            "Not measured", "There was no time left.", ("what",), tuple((n,) for n in run.left_out)
        ),
        machine_table(run.date, run.commit, run.machine, _kernels(run)),
    ):
        if table.rows:
            yield table


def _beside(run: CardRun) -> Table:
    return Table(
        f"{card_name(run)} beside its processor",
        _BESIDE,
        ("what", "size", "card", "processor", "processor / card"),
        tuple(_row(timing) for timing in run.timings),
    )


def _row(timing: CardTiming) -> tuple[str, ...]:
    what, other, ratio = timing.what, NONE, NONE
    if timing.processor is not None:
        other, ratio = duration(timing.processor), digits(timing.processor / timing.card)
    if timing.rate is not None:
        what = f"{what}, {digits(timing.rate / 1e9)} thousand million a second"
    return what, f"2^{timing.exponent}", duration(timing.card), other, ratio


def _kernels(run: CardRun) -> list[tuple[str, str]]:
    times = (
        ("kernels, texts written in", run.text_seconds),
        ("kernels, compiled by the driver in", run.compile_seconds),
    )
    return [(name, duration(seconds)) for name, seconds in times if seconds is not None]


def card_figures(run: CardRun, looks: Looks) -> Iterator[Figure]:
    """Of each kind of work the largest size, on the card and on the processor."""
    for timing in largest(run).values():
        if timing.processor is None:
            continue
        beside = ((CARD, timing.card, "card"), (processor(run), timing.processor, "processor"))
        yield time_bars(
            f"{card_name(run)}: {timing.what}, 2^{timing.exponent}",
            "Medians, with data and key on the card before.",
            [Bar(name, seconds, looks.colour(OURS, backend)) for backend, seconds, name in beside],
        )
