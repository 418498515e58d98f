"""A user's own circuit in a report: its steps, its size, what its proof costs on a chain."""

from __future__ import annotations

from collections.abc import Iterator

from zkpipe.benchmarks.records.own_circuit import BOTH, SETUP, STEPS, VERIFY, OwnCircuit
from zkpipe.benchmarks.records.ranges import COMMAND, LIBRARY, Seconds
from zkpipe.benchmarks.records.results import ProofTime, Results, shown_machine
from zkpipe.benchmarks.records.series import median
from zkpipe.benchmarks.reports.bars import Bar, time_bars
from zkpipe.benchmarks.reports.colours import OURS, Looks
from zkpipe.benchmarks.reports.table import NONE, Figure, Table, megabytes, with_spread

PROVE = "prove"
ORDER = (*STEPS[: STEPS.index(BOTH)], PROVE, BOTH, VERIFY)
HOW = {
    COMMAND: "each a command of its own, from its start to its end",
    LIBRARY: "in a process that stays: modules, circuit and key are loaded, kernels compiled",
}
TITLES = {COMMAND: "as commands", LIBRARY: "in a process that stays"}
_STEPS = (
    "A command is a process from its start to its end. A process that stays has done the step once "
    "before. Solve and prove is zkpipe fullprove. "
)
_SETUP = "The development key was made once."


def own_proof(results: Results, own: OwnCircuit, way: str) -> ProofTime | None:
    """The proofs of the circuit on the back end of its steps."""
    ours = (OURS, own.backend, own.threads, own.name, way)
    for p in results.proofs:
        if (p.prover, p.backend, p.threads, p.circuit, p.way) == ours:
            return p
    return None


def own_steps(results: Results, own: OwnCircuit, way: str) -> dict[str, tuple[Seconds, int | None]]:
    """Times and peak memory of all steps in one way, in order, proving among them."""
    found = {s.step: (s.seconds, s.peak_bytes) for s in own.steps if s.way == way}
    proof = own_proof(results, own, way)
    if proof is not None:
        found[PROVE] = (proof.seconds, proof.peak_bytes)
    return {step: found[step] for step in ORDER if step in found}


def own_tables(results: Results, own: OwnCircuit) -> Iterator[Table]:
    """The steps, and gas."""
    ways = {way: own_steps(results, own, way) for way in (COMMAND, LIBRARY)}
    steps = [step for step in ORDER if any(step in found for found in ways.values())]

    def cell(way: str, step: str) -> str:
        return with_spread(ways[way][step][0]) if step in ways[way] else NONE

    def peak(step: str) -> str:
        size = ways[COMMAND][step][1] if step in ways[COMMAND] else None
        return NONE if size is None else megabytes(size)

    yield Table(
        f"Steps of {own.name}, {shown_machine(own.backend, own.threads)}",
        _STEPS + (_SETUP if SETUP in steps else ""),
        ("step", "as a command", "in a process that stays", "peak memory of the command"),
        tuple((step, cell(COMMAND, step), cell(LIBRARY, step), peak(step)) for step in steps),
    )
    if own.gas is not None:
        yield Table(
            f"On a chain: {own.name}",
            "Whole transactions on a chain in this process, with the contract of zkpipe export "
            "verifier.",
            ("verification of a proof", "deployment", "code of the contract", "compiler"),
            (
                (
                    f"{own.gas.verification:,} gas",
                    f"{own.gas.deployment:,} gas",
                    f"{own.gas.code_bytes:,} bytes",
                    f"solc {own.gas.compiler}",
                ),
            ),
        )


def own_figures(results: Results, own: OwnCircuit, looks: Looks) -> Iterator[Figure]:
    """The steps in each way, as bars."""
    colour = looks.colour(OURS, own.backend)
    for way in (COMMAND, LIBRARY):
        steps = own_steps(results, own, way)
        if steps:
            bars = [Bar(step, median(seconds), colour) for step, (seconds, _) in steps.items()]
            yield time_bars(f"Time by step: {own.name}, {TITLES[way]}", f"{HOW[way]}.", bars)
