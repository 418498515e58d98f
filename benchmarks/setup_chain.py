"""Time and peak memory of setups and of solving a squaring chain, each in a process of its own.

    python benchmarks/setup_chain.py [EXPONENT ...]     sizes 2^EXPONENT, by default 16, 18 and 20

The chain is x = x * x + x, as many steps as fill the domain. `zkpipe setup` is the command as users
run it, from its start to the finished .zkey, reading an .r1cs; `setup` and `setup_to_file` are the
calls alone, kernels loaded, though their memory is that of the whole process, the interpreter's 170
MB and the system included. The table shows the median of three rounds in turn. Kernels are
compiled before.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROUNDS = 3

PRELUDE = """
import sys, time
from zkpipe.circuits import ConstraintSystem, Field, Private, Public, circuit
from zkpipe.prover import DEVELOPMENT, setup, setup_to_file

def chain(steps):
    @circuit
    def squaring_chain(start: Private[Field]) -> Public[Field]:
        x = start
        for _ in range(steps):
            x = x * x + x
        return x
    return squaring_chain.compile()

def timed(work):
    start = time.perf_counter()
    work()
    print(time.perf_counter() - start)

setup(chain(2), DEVELOPMENT)
r1cs, zkey, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
"""
WORK = {
    "setup": "s = ConstraintSystem.load(r1cs)\ntimed(lambda: setup(s, DEVELOPMENT))",
    "setup_to_file": "s = ConstraintSystem.load(r1cs)\n"
    "timed(lambda: setup_to_file(s, DEVELOPMENT, zkey))",
    "solve": "s = chain(steps)\ns.solve(start=3)\ntimed(lambda: s.solve(start=3))",
}


def watched(command: list[str]) -> tuple[str, float, float]:
    """What a command prints, its wall time in seconds and its peak memory in MB."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603
        assert child.stdout is not None  # noqa: S101 # PIPE gives one
        text = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{command} failed")
    return text, time.perf_counter() - start, usage.ru_maxrss / 1000


def call(name: str, arguments: list[str]) -> tuple[float, float]:
    """Seconds and MB of one of WORK."""
    text, _, memory = watched([sys.executable, "-c", PRELUDE + WORK[name], *arguments])
    return float(text), memory


def whole_command(arguments: list[str]) -> tuple[float, float]:
    """Seconds and MB of `zkpipe setup`."""
    zkpipe = str(Path(sys.executable).parent / "zkpipe")
    _, seconds, memory = watched([zkpipe, "setup", *arguments[:2], "--dev"])
    return seconds, memory


def main() -> None:
    """Print a table for each size."""
    exponents = [int(word) for word in sys.argv[1:]] or [16, 18, 20]
    for exponent in exponents:
        steps = (1 << exponent) - 2
        with tempfile.TemporaryDirectory() as folder:
            arguments = [f"{folder}/chain.r1cs", f"{folder}/chain.zkey", str(steps)]
            make = PRELUDE + "chain(steps).save(r1cs)"
            watched([sys.executable, "-c", make, *arguments])
            ways: dict[str, Callable[[], tuple[float, float]]] = {
                "zkpipe setup": partial(whole_command, arguments),
                **{name: partial(call, name, arguments) for name in WORK},
            }
            found: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
            for _ in range(ROUNDS):
                for name, way in ways.items():
                    found[name].append(way())
            key = Path(arguments[1]).stat().st_size / 1e6
        sys.stdout.write(f"2^{exponent} constraints, key of {key:.0f} MB, {ROUNDS} rounds\n")
        for name, figures in found.items():
            seconds = statistics.median(second for second, _ in figures)
            memory = max(megabytes for _, megabytes in figures)
            sys.stdout.write(f"  {name:14} {seconds:6.2f} s {memory:6.0f} MB\n")


if __name__ == "__main__":
    main()
