"""bench run, bench report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from zkpipe.cli.command import command
from zkpipe.cli.console.answer import Answer, table
from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.words import FILE, SECONDS
from zkpipe.cli.files.file_kind import Kind, expect
from zkpipe.cli.files.outputs import outputs

if TYPE_CHECKING:
    from zkpipe.benchmarks import Plan, Results


@click.group("bench")
def bench() -> None:
    """Measure zkpipe beside other provers, and report on it."""


@command(
    "run",
    example="zkpipe bench run --out results.json --quick",
    status="Exit status 1: a proof was refused by another tool than the one that made it.",
)
@click.option("--out", metavar="RESULTS.json", type=FILE, required=True, help="Where to write.")
@click.option("--from", "first", default=12, show_default=True, help="Smallest size, 2^N rows.")
@click.option("--to", "last", default=20, show_default=True, help="Largest size, 2^N rows.")
@click.option("--step", default=2, show_default=True, help="From one exponent to the next.")
@click.option("--rounds", default=5, show_default=True, help="In each, everything runs once.")
@click.option(
    "--patience",
    default=120.0,
    type=SECONDS,
    show_default=True,
    help="Seconds for a proof, or a batch; what is expected to take longer is left out.",
)
@click.option(
    "--peer",
    "peers",
    metavar="NAME=PATH",
    multiple=True,
    help="A prover called as PATH KEY.zkey W.wtns PROOF.json PUBLIC.json, as rapidsnark is.",
)
@click.option(
    "--circuit",
    "circuits",
    type=click.Choice(["chain", "bits"]),
    multiple=True,
    help="Only this one; may be given more than once.  [default: both]",
)
@click.option(
    "--part",
    "parts",
    type=click.Choice(["kernels", "proofs", "waits", "batches"]),
    multiple=True,
    help="Only this one; may be given more than once.  [default: all]",
)
@click.option("--quick", is_flag=True, help="One tiny size, one round: that everything works.")
def bench_run(
    out: Path,
    first: int,
    last: int,
    step: int,
    rounds: int,
    patience: float,
    peers: tuple[str, ...],
    circuits: tuple[str, ...],
    parts: tuple[str, ...],
    quick: bool,
) -> Answer:
    """Measure kernels, whole proofs and batches, beside the provers that this machine has.

    On two processors it takes twenty minutes up to 2^16 and more than an hour up to 2^20; measure
    on a machine that does nothing else. groth16py and snarkjs are found where they are installed,
    and an NVIDIA card where one can be used.
    """
    programs = _programs(peers)
    if quick:
        _refuse_with_quick()
    with outputs((out, Kind.RESULTS), inputs=list(programs.values())) as [place]:
        from zkpipe.benchmarks import Plan, measure

        if quick:
            plan = Plan.brief(programs)
        else:
            plan = Plan.whole(first, last, step, rounds, patience, programs)
            plan = replace(plan, circuits=circuits or plan.circuits)
        plan = replace(plan, parts=parts or plan.parts)
        results = measure(plan, progress)
        results.save(place)
    return _summary(out, plan, results)


def _programs(peers: tuple[str, ...]) -> dict[str, Path]:
    programs: dict[str, Path] = {}
    for name, path in map(_peer, peers):
        if name in programs:
            raise click.UsageError(f"--peer names {name} twice.", click.get_current_context())
        programs[name] = path
    return programs


def _refuse_with_quick() -> None:
    """A quick run has its own size and rounds: what is asked for beside it would be dropped."""
    context = click.get_current_context()
    given = [
        option.opts[0]
        for option in context.command.params
        if option.name in _NOT_QUICK
        and context.get_parameter_source(option.name) is not ParameterSource.DEFAULT
    ]
    if given:
        raise click.UsageError(
            f"--quick measures one tiny size and takes no {', '.join(given)}.", context
        )


_NOT_QUICK = frozenset({"first", "last", "step", "rounds", "patience", "circuits"})


def _peer(text: str) -> tuple[str, Path]:
    name, found, path = text.partition("=")
    if not found or not name or not path:
        raise click.UsageError(
            f"--peer takes NAME=PATH, not {text!r}.", click.get_current_context()
        )
    return name, Path(path)


def _summary(out: Path, plan: Plan, results: Results) -> Answer:
    provers = sorted({proof.label for proof in results.proofs})
    batches = sorted({batch.label for batch in results.batches})
    skipped = [f"{part.what}: {part.why}" for part in results.skipped]
    return Answer(
        {
            "results": str(out),
            "exponents": plan.exponents,
            "rounds": plan.rounds,
            "provers": provers,
            "proofs": len(results.proofs),
            "batches": len(results.batches),
            "skipped": skipped,
        },
        table(
            [
                ("results", out),
                ("sizes", ", ".join(f"2^{k}" for k in plan.exponents)),
                *(("prover", name) for name in provers),
                *(("batches", name) for name in batches),
                *(("left out", line) for line in skipped),
            ]
        ),
    )


@command("report", example="zkpipe bench report results.json report.html report.md")
@click.argument("results", metavar="RESULTS.json", type=FILE)
@click.argument("page", metavar="REPORT.html", type=FILE)
@click.argument("text", metavar="REPORT.md", type=FILE)
@click.option(
    "--core-hour-price",
    metavar="PRICE",
    type=click.FloatRange(min=0, min_open=True),
    default=0.05,
    show_default=True,
    help="What an hour of a processor core costs, in any currency.",
)
def bench_report(results: Path, page: Path, text: Path, core_hour_price: float) -> Answer:
    """Write a report on a run: a page that loads nothing, and the tables as Markdown.

    What proofs of a batch cost is told at a price of a processor core, 0.05 dollars an hour if you
    give none.
    """
    from zkpipe.ground.files.writing import write_file

    expect((results, Kind.RESULTS))
    written = (page, Kind.PAGE), (text, Kind.TABLES)
    with outputs(*written, inputs=[results]) as [page_place, text_place]:
        from zkpipe.benchmarks import Results, html_report, markdown_report

        found = Results.load(results)
        with progress("drawing"):
            write_file(page_place, html_report(found, core_hour_price).encode())
        write_file(text_place, markdown_report(found, core_hour_price).encode())
    return Answer(
        {"page": str(page), "text": str(text), "date": found.date, "proofs": len(found.proofs)},
        table([("page", page), ("tables", text), ("measured", found.date)]),
    )


bench.add_command(bench_run)
bench.add_command(bench_report)
