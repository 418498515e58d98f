"""A user's own circuit measured: every step from its source to a verified proof, and gas.

Each step is measured as the command that people run and, where a program would do it again and
again, in a process that stays. Proofs are measured as those of our own circuits are: beside the
peers, in turn, each checked by another tool. All is done on the best back end of the processor with
all threads; proofs on the card too, if there is one.

Circuits of users are loaded by a layer above, so whoever calls says which module does the steps in
a process that stays, and gives a witness.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from zkpipe.benchmarks.errors import MeasurementError
from zkpipe.benchmarks.measuring import Watch, need_temporary_files
from zkpipe.benchmarks.plan import Plan
from zkpipe.benchmarks.processes import Worker, module_worker, whole_command
from zkpipe.benchmarks.provers.chain_gas import gas_of
from zkpipe.benchmarks.provers.judges import find_judge
from zkpipe.benchmarks.provers.peers import find_peers
from zkpipe.benchmarks.provers.proofs import Patience, prove_workload
from zkpipe.benchmarks.provers.provers import (
    Place,
    zkpipe_command,
    zkpipe_environment,
    zkpipe_library,
    zkpipe_whole,
)
from zkpipe.benchmarks.provers.stage_times import stage_times
from zkpipe.benchmarks.records.machine import commit, describe, describe_card
from zkpipe.benchmarks.records.own_circuit import (
    BOTH,
    COMPILE,
    SETUP,
    SOLVE,
    VERIFY,
    Gas,
    OwnCircuit,
    StepTime,
)
from zkpipe.benchmarks.records.ranges import CARD, COMMAND, LIBRARY
from zkpipe.benchmarks.records.records import printable
from zkpipe.benchmarks.records.results import (
    CircuitSize,
    Results,
    Settings,
    Skipped,
    StageTime,
)
from zkpipe.benchmarks.records.schemas import SCHEMA
from zkpipe.benchmarks.records.series import in_turn_within
from zkpipe.benchmarks.workloads.workloads import Workload
from zkpipe.circuits import Witness
from zkpipe.circuits.errors import InputError
from zkpipe.prover import ProvingKey, save_public
from zkpipe.prover.errors import WitnessError
from zkpipe.prover.groth16.matching import refuse_another_circuit

Run = Callable[[], float]

_GIVEN = (
    "Give the key of this circuit as --key KEY.zkey, or leave --key out: a development key is made "
    "then. If the circuit was changed after its setup, run the setup again."
)
_MADE_HERE = "Give the .r1cs and the .wasm that circom wrote together: CIRCUIT and --wasm C.wasm."


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """A user's circuit, in the words that commands and a worker take.

    name       of the circuit
    shown      its source for people, without folders
    source     that `setup` takes; None if the key is given and nothing else says the constraints
    solver     that `witness` and `fullprove` take
    compiled   whether the source is a compiled circuit
    inputs     INPUT.json
    limit      seconds that a .wasm may take
    key        that is given; None if `setup` is to make one
    worker     the module that answers {"step": ...} with {"answer": {"seconds": ...}}
    described  its first word; INPUT.json is the second
    """

    name: str
    shown: str
    source: str | None
    solver: str
    compiled: bool
    inputs: Path
    limit: float
    key: Path | None
    worker: str
    described: str


@dataclass(slots=True)
class _Commands:
    """`zkpipe` run to its end; of each step the most memory that any of its processes held."""

    environment: Mapping[str, str]
    peaks: dict[str, int] = field(default_factory=dict)

    def run(self, step: str, *words: str | Path) -> float:
        """The seconds from start to end. Raises MeasurementError."""
        usage = whole_command([zkpipe_command(), *words], self.environment)
        self.peaks[step] = max(self.peaks.get(step, 0), usage.peak_bytes)
        return usage.seconds

    def time(self, step: str, seconds: tuple[float, ...]) -> StepTime:
        """What is told of a step."""
        return StepTime(step, COMMAND, seconds, self.peaks[step])


def measure_own(
    own: OwnFiles, witness: Witness, plan: Plan, watch: Watch = lambda _: nullcontext()
) -> Results:
    """Measure a circuit that has a witness.

    plan   of which rounds, patience, peers and card count, the first back end, the most threads
    watch  is entered with the name of each part while it is measured, to show progress

    Raises PeerError for a peer that cannot be, CrossCheckError if a proof does not hold,
    MeasurementError if a process of ours fails, InputError if the key is of another circuit,
    MissingError without a folder for temporary files, and what loading a key raises.
    """
    need_temporary_files()
    date = datetime.now(UTC).isoformat(timespec="seconds")
    card = describe_card() if plan.card else None
    peers, judge = find_peers(plan.peers), find_judge()
    machines = [(backend, max(plan.threads)) for backend in plan.backends[:1]]
    ours = machines[0]
    machines += [(CARD, ours[1])] if card else []
    commands = _Commands(zkpipe_environment(*ours))
    steps: list[StepTime] = []
    with TemporaryDirectory(prefix="zkpipe-bench-") as name:
        folder = Path(name)
        if own.key is None and own.source is not None:
            with watch(f"{own.name}: key"):
                words = ("setup", own.source, folder / "own.zkey", "--dev")
                steps.append(commands.time(SETUP, (commands.run(SETUP, *words),)))
        work, public = _workload(own, own.key or folder / "own.zkey", witness, folder)
        provers = [made(*on) for made in (zkpipe_library, zkpipe_whole) for on in machines]
        with watch(f"{own.name}: proofs"):
            proofs, skipped = prove_workload(
                work,
                [*provers, *peers.provers],
                judge,
                plan.rounds,
                Patience(plan.patience),
                folder,
            )
        stages: list[StageTime] = []
        for on in machines:
            with watch(f"{own.name}: stages, {on[0]}"):
                stages += _stages(work, *on, plan.rounds, skipped)
        with watch(f"{own.name}: steps"):
            steps += _steps(own, work, folder, plan, commands)
        with watch(f"{own.name}: gas"):
            gas = gas_of(work, Place(folder / "proof.json", folder / "public.json"))
    left_out = [*peers.missing, *skipped, *_left_out(own)]
    left_out += [gas] if isinstance(gas, Skipped) else []
    return Results(
        schema=SCHEMA,
        date=date,
        commit=commit(),
        machine=describe(dict(peers.versions), card),
        settings=Settings((work.size.exponent,), plan.rounds, plan.patience, plan.quick),
        circuits=(work.size,),
        kernels=(),
        stages=tuple(stages),
        proofs=tuple(proofs),
        waits=(),
        batches=(),
        loops=(),
        skipped=tuple(left_out),
        own=OwnCircuit(
            work.size.circuit,
            printable(own.shown),
            public,
            *ours,
            tuple(steps),
            gas if isinstance(gas, Gas) else None,
        ),
    )


def _workload(
    own: OwnFiles, key_file: Path, witness: Witness, folder: Path
) -> tuple[Workload, int]:
    """The circuit's files, and how many public values it has; the rows are counted in its key."""
    key = ProvingKey.load(key_file)
    try:
        refuse_another_circuit(key, witness.circuit)
        values = witness.public_for(key)
    except (WitnessError, InputError) as error:
        raise InputError(error.problem, _MADE_HERE if own.key is None else _GIVEN) from None
    made = {kind: folder / f"own.{kind}" for kind in ("wtns", "vkey.json", "json")}
    key.verifying_key.save(made["vkey.json"])
    witness.save(made["wtns"])
    save_public(made["json"], values)
    chunks = key.stream().coefficients
    last = max(int(records["constraint"].max()) for records in chunks)  # of a public wire
    size = CircuitSize(
        printable(own.name),
        key.domain_size.bit_length() - 1,
        max(1, last - key.public_count),
        key.wire_count,
        key_file.stat().st_size,
        made["wtns"].stat().st_size,
    )
    return Workload(size, key_file, made["wtns"], made["vkey.json"], made["json"]), len(values)


def _stages(
    work: Workload, backend: str, threads: int, rounds: int, skipped: list[Skipped]
) -> list[StageTime]:
    try:
        return list(stage_times(work, backend, threads, rounds))
    except MeasurementError as error:
        if backend != CARD:
            raise
        skipped.append(Skipped(f"stages, {CARD}", printable(error.told)))
        return []


def _steps(
    own: OwnFiles, work: Workload, folder: Path, plan: Plan, commands: _Commands
) -> Iterator[StepTime]:
    """The steps in both ways, in turn; one that takes long is done less often."""
    with module_worker(own.worker, commands.environment, own.described, own.inputs) as worker:
        runs = {
            **{(step, LIBRARY): run for step, run in _in_a_worker(own, work, folder, worker)},
            **{(step, COMMAND): run for step, run in _by_commands(own, work, folder, commands)},
        }
        first = {name: runs[name]() for name in runs if name[1] == LIBRARY}  # not counted
        slow = {name for name, seconds in first.items() if seconds > plan.patience}
        again = {name: run for name, run in runs.items() if name not in slow}
        times = in_turn_within(plan.rounds, plan.patience, again)
    for step, way in runs:
        seconds = times.get((step, way)) or (first[step, way],)
        if way == LIBRARY:
            yield StepTime(step, way, seconds, None)
        else:
            yield commands.time(step, seconds)


def _in_a_worker(
    own: OwnFiles, work: Workload, folder: Path, worker: Worker
) -> Iterator[tuple[str, Run]]:
    files = (work.vkey, folder / "public.json", folder / "proof.json")
    asked: dict[str, dict[str, object]] = {SOLVE: {}, VERIFY: {"files": list(map(str, files))}}
    for step in (*(() if own.compiled else (COMPILE,)), SOLVE, VERIFY):
        request = {"step": step, **asked.get(step, {})}
        yield step, lambda request=request: _asked(worker, request)  # type: ignore[misc] # the loop's


def _asked(worker: Worker, request: Mapping[str, object]) -> float:
    answer = worker.ask(request)
    if failed := answer.get("failed"):
        raise MeasurementError(
            f"The step {request['step']!r} failed. {failed['problem']}", failed["fix"]
        )
    return float(answer["answer"]["seconds"])


def _by_commands(
    own: OwnFiles, work: Workload, folder: Path, commands: _Commands
) -> Iterator[tuple[str, Run]]:
    proof, public = folder / "own-proof.json", folder / "own-public.json"
    limit = ("--time-limit", f"{own.limit:g}")
    asked: list[tuple[str, tuple[str | Path, ...]]] = [
        (SOLVE, ("witness", own.solver, own.inputs, folder / "again.wtns", *limit)),
        (BOTH, ("fullprove", own.inputs, own.solver, work.key, proof, public, *limit)),
        (VERIFY, ("verify", work.vkey, folder / "public.json", folder / "proof.json")),
    ]
    if own.source is not None and not own.compiled:
        asked.insert(0, (COMPILE, ("compile", own.source, "--out", folder / "compiled")))
    for step, words in asked:
        yield step, lambda step=step, words=words: commands.run(step, *words)  # type: ignore[misc] # the loop's


def _left_out(own: OwnFiles) -> Iterator[Skipped]:
    if own.compiled:
        yield Skipped(COMPILE, "the circuit was given compiled")
    if own.key is not None:
        yield Skipped(SETUP, "the key was given")
