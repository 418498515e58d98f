"""bench run: our circuits, or one of the user's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from zkpipe.cli.authors.circuit_name import CIRCUIT, CircuitName
from zkpipe.cli.authors.solving import SHOW_VALUES, TIME_LIMIT
from zkpipe.cli.command import command
from zkpipe.cli.console.answer import Answer, table
from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.words import FILE, SECONDS
from zkpipe.cli.files.file_kind import Kind, expect
from zkpipe.cli.files.outputs import outputs
from zkpipe.cli.jobs.own_circuit import measure_own_circuit, own_sources

if TYPE_CHECKING:
    from zkpipe.benchmarks import Plan, Results


@command(
    "run",
    example="zkpipe bench run square.py input.json --out own.json --quick\n"
    "zkpipe bench run --out results.json --quick",
    status="Exit status 1: the values do not satisfy the circuit, or a proof was refused by "
    "another tool than the one that made it.",
)
@click.argument("circuit", metavar="[CIRCUIT|C.wasm]", type=CIRCUIT, required=False)
@click.argument("values", metavar="[INPUT.json]", type=FILE, required=False)
@click.option("--out", metavar="RESULTS.json", type=FILE, required=True, help="Where to write.")
@click.option(
    "--from",
    "first",
    default=12,
    show_default=True,
    help="Smallest size, 2^N rows, of our circuits.",
)
@click.option(
    "--to", "last", default=20, show_default=True, help="Largest size, 2^N rows, of our circuits."
)
@click.option("--step", default=2, show_default=True, help="From one exponent to the next.")
@click.option("--rounds", default=5, show_default=True, help="In each, everything runs once.")
@click.option(
    "--patience",
    default=120.0,
    type=SECONDS,
    show_default=True,
    help="Seconds for a proof, or a batch: a peer or a size that takes longer is left out.",
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
@click.option(
    "--key", metavar="KEY.zkey", type=FILE, help="Key of CIRCUIT; else a development key is made."
)
@click.option(
    "--wasm", metavar="C.wasm", type=FILE, help="Solves a C.r1cs, if it is not where circom put it."
)
@SHOW_VALUES
@TIME_LIMIT
@click.option(
    "--quick",
    is_flag=True,
    help="One round, and without CIRCUIT one tiny size: that everything works.",
)
def bench_run(
    circuit: CircuitName | None,
    values: Path | None,
    out: Path,
    first: int,
    last: int,
    step: int,
    rounds: int,
    patience: float,
    peers: tuple[str, ...],
    circuits: tuple[str, ...],
    parts: tuple[str, ...],
    key: Path | None,
    wasm: Path | None,
    show_values: bool,
    time_limit: float,
    quick: bool,
) -> Answer:
    """Measure your circuit, or kernels, whole proofs and batches, beside other provers.

    With CIRCUIT and INPUT.json it measures every step of your circuit: compile, solve, prove,
    verify, memory and gas. CIRCUIT is FILE.py[:NAME], PACKAGE.MODULE[:NAME], or C.r1cs or C.wasm of
    circom.

    Without them it measures circuits of its own. On two processors that takes twenty minutes up to
    2^16 and more than an hour up to 2^20. Measure on a machine that does nothing else. groth16py
    and snarkjs are found where they are installed, and an NVIDIA card where one can be used.
    """
    programs = _programs(peers)
    if circuit is not None:
        if values is None:
            raise click.UsageError(
                "Give INPUT.json too, the values of the circuit's inputs: CIRCUIT INPUT.json.",
                click.get_current_context(),
            )
        _refuse(_NOT_OF_OWN, "A run of your own circuit has one size, and takes no {}.")
        if quick:
            _refuse(frozenset({"rounds"}), "--quick measures one round and takes no {}.")
        expect((values, Kind.INPUT))
        sources = own_sources(circuit, wasm, key)
        inputs = [values, *sources.inputs, *programs.values()]
        with outputs((out, Kind.RESULTS), inputs=inputs) as [place]:
            from zkpipe.benchmarks import Plan

            rounds = 1 if quick else rounds
            plan = replace(Plan.brief(programs), rounds=rounds, patience=patience, quick=quick)
            results = measure_own_circuit(
                sources, values, plan, show_values=show_values, seconds=time_limit
            )
            results.save(place)
        return _own_summary(out, results)
    _refuse(_OF_OWN, "{} belongs to a run of your own circuit: CIRCUIT INPUT.json.")
    if quick:
        _refuse(_NOT_QUICK, "--quick measures one tiny size and takes no {}.")
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


def _refuse(names: frozenset[str], problem: str) -> None:
    """Raises UsageError for options of these names, which would be dropped."""
    context = click.get_current_context()
    given = [
        option.opts[0]
        for option in context.command.params
        if option.name in names
        and context.get_parameter_source(option.name) is not ParameterSource.DEFAULT
    ]
    if given:
        raise click.UsageError(problem.format(", ".join(given)), context)


_NOT_QUICK = frozenset({"first", "last", "step", "rounds", "patience", "circuits"})
_NOT_OF_OWN = frozenset({"first", "last", "step", "circuits", "parts"})
_OF_OWN = frozenset({"key", "wasm", "show_values", "time_limit"})


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


def _own_summary(out: Path, results: Results) -> Answer:
    from zkpipe.benchmarks.reports.summary import figures

    told = figures(results)
    skipped = [f"{part.what}: {part.why}" for part in results.skipped]
    rows = [("left out", line) for line in skipped]
    return Answer(
        {
            "results": str(out),
            "circuit": results.circuits[0].circuit,
            "proofs": len(results.proofs),
            "figures": told,
            "skipped": skipped,
        },
        table([("results", out), *(("measured", line) for line in told), *rows]),
    )
