"""What is waited for besides a proof: the command's start, compiling, verification.

start      `zkpipe --help`, whole
small      `zkpipe prove` on a circuit of 2^10 rows, whole: what a proof costs at least
first      the first proof on a fresh machine: key made, proof made and verified by three commands
           with an empty folder of kernels, so that all they need is compiled
one, many  verification, in a process that has key and proofs (workers.verification_worker)
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from zkpipe.benchmarks.errors import CrossCheckError, MeasurementError
from zkpipe.benchmarks.processes import LIMIT, module_worker, whole_command
from zkpipe.benchmarks.provers.provers import zkpipe_command, zkpipe_environment
from zkpipe.benchmarks.records.machine import cores
from zkpipe.benchmarks.records.records import printable
from zkpipe.benchmarks.records.results import Skipped, WaitTime
from zkpipe.benchmarks.records.series import in_turn
from zkpipe.benchmarks.workloads import statements
from zkpipe.benchmarks.workloads.workloads import make_workload

START, SMALL, FIRST = "start of the command", "prove 2^10, whole command", "first proof, compiling"
ONE = "verification of a proof"
ZKPIPE, GROTH16PY = "zkpipe", "groth16py"
VERIFIER = "zkpipe.benchmarks.workers.verification_worker"
SMALL_EXPONENT = 10
SQUARE = f"{statements.__name__}:square"  # by its module: a checkout's path leads to another name


def many(count: int) -> str:
    """The name of the wait for many verifications."""
    return f"verification of {count:,} proofs"


def command_waits(rounds: int, backends: Sequence[str]) -> Iterator[WaitTime]:
    """The command's start, and a small proof on each back end; nothing is left to compile."""
    zkpipe, threads = zkpipe_command(), cores()
    with TemporaryDirectory(prefix="zkpipe-bench-") as name:
        folder = Path(name)
        made = make_workload("chain", SMALL_EXPONENT, folder)
        prove: list[str | Path] = [
            zkpipe,
            "prove",
            made.key,
            made.witness,
            folder / "p.json",
            folder / "u.json",
        ]

        def run(words: list[str | Path], environment: dict[str, str]) -> Callable[[], float]:
            return lambda: whole_command(words, environment).seconds

        runs = {"": run([zkpipe, "--help"], {})}
        for backend in backends:
            runs[backend] = run(prove, zkpipe_environment(backend, threads))
        in_turn(1, runs)
        for backend, seconds in in_turn(rounds, runs).items():
            yield WaitTime(SMALL if backend else START, "zkpipe", backend, threads, seconds)


def first_proof(backend: str) -> WaitTime:
    """The first proof on a fresh machine, once: it takes the better part of a minute."""
    with TemporaryDirectory(prefix="zkpipe-bench-") as name:
        folder = Path(name)
        made = make_workload("chain", SMALL_EXPONENT, folder)
        zkpipe, key = zkpipe_command(), folder / "fresh.zkey"
        proof, public = folder / "p.json", folder / "u.json"
        environment = {
            **zkpipe_environment(backend, cores()),
            "XDG_CACHE_HOME": str(folder / "cache"),
        }
        commands: list[list[str | Path]] = [
            [zkpipe, "setup", SQUARE, key, "--dev"],
            [zkpipe, "prove", made.key, made.witness, proof, public],
            [zkpipe, "verify", made.vkey, public, proof],
        ]
        seconds = sum(whole_command(words, environment).seconds for words in commands)
    return WaitTime(FIRST, "zkpipe", backend, cores(), (seconds,))


def verification_waits(rounds: int, backend: str, count: int) -> Iterator[WaitTime | Skipped]:
    """Verification of one proof and of many, and of one by groth16py where it is installed.

    The two take turns. groth16py is left out if it fails.

    Raises CrossCheckError if one of them refuses a correct proof, MeasurementError if zkpipe fails.
    """
    found: dict[str, list[float]] = {}
    failed: str | None = None
    with ExitStack() as stack:
        environment = zkpipe_environment(backend, cores())
        ours = stack.enter_context(module_worker(VERIFIER, environment, ZKPIPE, count))
        is_here = importlib.util.find_spec(GROTH16PY) is not None
        if is_here:
            theirs = stack.enter_context(module_worker(VERIFIER, environment, GROTH16PY, 1))
        for _ in range(1 + rounds):
            for name, seconds in ours.ask({}).items():
                found.setdefault(name, []).append(_of_a_yes(ZKPIPE, seconds))
            if is_here and failed is None:
                try:
                    seconds = theirs.ask({}, LIMIT)["one"]
                except MeasurementError as error:
                    failed = printable(error.told)
                else:
                    found.setdefault(GROTH16PY, []).append(_of_a_yes(GROTH16PY, seconds))
    yield WaitTime(ONE, ZKPIPE, backend, cores(), tuple(found["one"][1:]))
    yield WaitTime(many(count), ZKPIPE, backend, cores(), tuple(found["many"][1:]))
    if failed is not None:
        yield Skipped(f"{ONE}, {GROTH16PY}", failed)
    elif is_here:
        yield WaitTime(ONE, GROTH16PY, "", 1, tuple(found[GROTH16PY][1:]))


def _of_a_yes(tool: str, seconds: float | None) -> float:
    if seconds is None:
        raise CrossCheckError(
            f"{tool} refuses a correct proof.", "This is a fault of zkpipe. Please report it."
        )
    return seconds
