"""A whole run: everything that the plan names, measured one part after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from zkpipe.benchmarks.errors import MeasurementError
from zkpipe.benchmarks.plan import (
    BATCHES,
    KERNELS,
    LARGEST_IN_BATCHES,
    PARTS,
    PROOFS,
    WAITS,
    Plan,
)
from zkpipe.benchmarks.processes import module_worker
from zkpipe.benchmarks.provers.batches import LOOP, ROUNDS, Asked, prove_batches
from zkpipe.benchmarks.provers.judges import Judge, find_judge
from zkpipe.benchmarks.provers.peers import Peers, find_peers
from zkpipe.benchmarks.provers.proofs import Patience, prove_workload
from zkpipe.benchmarks.provers.provers import (
    Prover,
    zkpipe_environment,
    zkpipe_library,
    zkpipe_whole,
)
from zkpipe.benchmarks.provers.stage_times import stage_times
from zkpipe.benchmarks.provers.waits import FIRST, command_waits, first_proof, verification_waits
from zkpipe.benchmarks.records.batches import BatchTime, LoopTime
from zkpipe.benchmarks.records.machine import commit, cores, describe, describe_card
from zkpipe.benchmarks.records.ranges import CARD
from zkpipe.benchmarks.records.records import printable
from zkpipe.benchmarks.records.results import (
    CircuitSize,
    KernelTime,
    ProofTime,
    Results,
    Settings,
    Skipped,
    StageTime,
    WaitTime,
)
from zkpipe.benchmarks.records.schemas import SCHEMA
from zkpipe.benchmarks.workloads.batch_files import CHAIN, BatchFiles
from zkpipe.benchmarks.workloads.workloads import make_workload
from zkpipe.ground.errors import MissingError
from zkpipe.ground.kinds import require, wrong_kind

Watch = Callable[[str], AbstractContextManager[None]]


@dataclass(slots=True)
class _Found:
    """What was measured so far."""

    circuits: list[CircuitSize] = field(default_factory=list)
    kernels: list[KernelTime] = field(default_factory=list)
    stages: list[StageTime] = field(default_factory=list)
    proofs: list[ProofTime] = field(default_factory=list)
    waits: list[WaitTime] = field(default_factory=list)
    batches: list[BatchTime] = field(default_factory=list)
    loops: list[LoopTime] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def measure(plan: Plan, watch: Watch = lambda _: nullcontext()) -> Results:
    """Measure all that the plan names.

    watch  is entered with the name of each part while it is measured, to show progress

    Raises PeerError for a peer that cannot be, CrossCheckError if a proof does not hold,
    MeasurementError if a process of ours fails, MissingError without a folder for temporary files,
    CardError if a card does not even say what it is. What else a card cannot do is left out.
    """
    require("measure", "plan", plan, Plan, "Give Plan.brief({}), or Plan.whole(...).")
    if not callable(watch):
        raise wrong_kind("measure", "watch", watch, "a function", "Leave it out.")
    need_temporary_files()
    date = datetime.now(UTC).isoformat(timespec="seconds")
    card = describe_card() if plan.card else None
    peers = find_peers(plan.peers)
    found, judge = _Found(), find_judge()
    if KERNELS in plan.parts:
        for backend in plan.backends:
            with watch(f"kernels, {backend}"):
                found.kernels.extend(_kernels(plan, backend))
    if PROOFS in plan.parts:
        found.skipped.extend(peers.missing)
        _prove(plan, peers, judge, found, watch)
    if WAITS in plan.parts:
        _wait(plan, found, watch)
    if BATCHES in plan.parts:
        _batch(plan, judge, found, watch)
    found.skipped += [Skipped(part, "not asked for") for part in PARTS if part not in plan.parts]
    return Results(
        schema=SCHEMA,
        date=date,
        commit=commit(),
        machine=describe(dict(peers.versions), card),
        settings=Settings(plan.exponents, plan.rounds, plan.patience, plan.quick),
        circuits=tuple(found.circuits),
        kernels=tuple(found.kernels),
        stages=tuple(found.stages),
        proofs=tuple(found.proofs),
        waits=tuple(found.waits),
        batches=tuple(found.batches),
        loops=tuple(found.loops),
        skipped=tuple(found.skipped),
    )


def need_temporary_files() -> None:
    """Raises MissingError without a folder for temporary files."""
    try:
        gettempdir()
    except OSError as error:
        raise MissingError(
            "A run needs a folder for temporary files, and none can be written to.",
            "Set TMPDIR to a folder that you can write to.",
        ) from error


def _kernels(plan: Plan, backend: str) -> Iterator[KernelTime]:
    environment = zkpipe_environment(backend, 1)
    words = (plan.rounds, *plan.kernels)
    with module_worker("zkpipe.benchmarks.workers.kernels_worker", environment, *words) as worker:
        for facts in worker.ask({})["kernels"]:
            yield KernelTime(backend=backend, **{**facts, "seconds": tuple(facts["seconds"])})


def _provers(plan: Plan, peers: Peers) -> list[Prover]:
    """Libraries before commands; zkpipe on each back end, with one thread and with all."""
    libraries: list[Prover] = [zkpipe_library(*way) for way in _ways(plan)]
    whole = [*plan.backends, *([CARD] if plan.card else [])]
    commands = [zkpipe_whole(backend, cores()) for backend in whole]
    return [*libraries, *commands, *peers.provers]


def _ways(plan: Plan) -> list[tuple[str, int]]:
    """Back ends and threads; beside a card, the processor's part takes all of them."""
    ways = [(backend, threads) for backend in plan.backends for threads in plan.threads]
    return [*ways, *([(CARD, cores())] if plan.card else [])]


def _prove(plan: Plan, peers: Peers, judge: Judge, found: _Found, watch: Watch) -> None:
    """Whole proofs and stages, size by size."""
    patience = Patience(plan.patience)
    provers = _provers(plan, peers)
    for circuit in plan.circuits:
        for exponent in plan.exponents:
            name = f"{circuit} of 2^{exponent} rows"
            with TemporaryDirectory(prefix="zkpipe-bench-") as folder:
                with watch(f"{name}: circuit and key"):
                    workload = make_workload(circuit, exponent, Path(folder))
                found.circuits.append(workload.size)
                with watch(f"{name}: proofs"):
                    proofs, skipped = prove_workload(
                        workload, provers, judge, plan.rounds, patience, Path(folder)
                    )
                found.proofs.extend(proofs)
                found.skipped.extend(skipped)
                for backend, threads in _ways(plan):
                    with watch(f"{name}: stages, {backend}"):
                        try:
                            found.stages.extend(
                                stage_times(workload, backend, threads, plan.rounds)
                            )
                        except MeasurementError as error:
                            if backend != CARD:
                                raise
                            what = f"stages, {CARD}, {circuit} 2^{exponent}"
                            found.skipped.append(Skipped(what, printable(error.told)))


def _wait(plan: Plan, found: _Found, watch: Watch) -> None:
    with watch("the command's start"):
        found.waits.extend(command_waits(plan.rounds, plan.backends))
    for backend in plan.backends:
        with watch(f"verification, {backend}"):
            for wait in verification_waits(plan.rounds, backend, plan.proofs):
                if isinstance(wait, Skipped):
                    found.skipped.extend([] if wait in found.skipped else [wait])
                elif wait.tool == "zkpipe" or backend == plan.backends[0]:
                    found.waits.append(wait)
        if plan.fresh:
            with watch(f"compiling all kernels, {backend}"):
                found.waits.append(first_proof(backend))
    if not plan.fresh:
        found.skipped.append(Skipped(FIRST, "not asked for: all kernels would compile again"))


def _batch(plan: Plan, judge: Judge, found: _Found, watch: Watch) -> None:
    """Batches of the chain, size by size, on the best back end of the processor."""
    if not plan.batch_exponents:
        why = f"they are measured for circuits of up to 2^{LARGEST_IN_BATCHES} rows"
        found.skipped.append(Skipped(BATCHES, why))
    if CHAIN not in plan.circuits:
        found.skipped.append(Skipped(BATCHES, f"they are of {CHAIN}, which was not asked for"))
        return
    if not (plan.backends and plan.batches):
        return
    rounds = min(plan.rounds, ROUNDS)
    asked = Asked(plan.backends[0], plan.threads, plan.workers, plan.batches, rounds, plan.patience)
    for exponent in plan.batch_exponents:
        with (
            watch(f"batches of {CHAIN}, 2^{exponent} rows"),
            TemporaryDirectory(prefix="zkpipe-bench-") as folder,
        ):
            files = BatchFiles.make(exponent, max(LOOP, *plan.batches), Path(folder))
            made = prove_batches(files, asked, judge)
        size = files.workload.size
        if all((c.circuit, c.exponent) != (size.circuit, size.exponent) for c in found.circuits):
            found.circuits.append(size)
        found.batches.extend(made.batches)
        found.loops.extend(made.loops)
        found.skipped.extend(made.skipped)
