"""Time and peak memory of compiling large circuits, and of proving them sound, each in a process.

    python benchmarks/compile_speed.py [--json] [--scale 1.0]

    chain      x = x * x + x, a million times, every step traced
    poseidon   4,167 hashes of two as a component: a million constraints
    ranges     24,000 inputs of 32 bits, each checked against a constant
    lookups    4,000 lookups by a secret index in a table of 256 constants

Tracing is compiling without the analysis of soundness, which follows and must find every circuit
SAFE. The table shows the median of three rounds in turn; --scale makes all of them smaller. Memory
is that of the whole process after each part, the interpreter's and numpy's included.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys

from zkpipe.benchmarks.setup_chain import watched

ROUNDS = 3

PRELUDE = """
import resource, sys, time
from zkpipe.circuits import Array, Field, Private, Public, UInt, check, circuit, lookup
from zkpipe.circuits.gadgets import poseidon
from zkpipe.circuits.soundness import Verdict, analyse

n = int(sys.argv[1])

@circuit
def small(x: Private[UInt[8]]) -> Public[Field]:
    return x * x
"""
CIRCUITS = {
    "chain": """
@circuit
def measured(x: Private[Field]) -> Public[Field]:
    for _ in range(n):
        x = x * x + x
    return x
""",
    "poseidon": """
@circuit
def measured(x: Private[Field], y: Private[Field]) -> Public[Field]:
    for _ in range(n):
        x = poseidon([x, y])
    return x
""",
    "ranges": """
@circuit
def measured(xs: Private[Array[UInt[32], n]]) -> Public[UInt[64]]:
    for x in xs:
        check(x >= 1900)
    return sum(xs)
""",
    "lookups": """
table = [k**3 for k in range(256)]

@circuit
def measured(xs: Private[Array[UInt[8], n]]) -> Public[UInt[64]]:
    return sum(lookup(table, x) for x in xs)
""",
}
SIZES = {"chain": 1_000_000, "poseidon": 4_167, "ranges": 24_000, "lookups": 4_000}
TIMED = """
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000

analyse(small.trace())  # its kernels are read from disk
start = time.perf_counter()
system = measured.trace()
traced, memory = time.perf_counter() - start, peak()
start = time.perf_counter()
verdict = analyse(system).verdict
assert verdict is Verdict.SAFE, verdict
print(system.constraint_count, traced, memory, time.perf_counter() - start, peak())
"""


def measure(name: str, size: int) -> tuple[float, ...]:
    """Constraints; seconds and peak megabytes of tracing one of CIRCUITS; of the analysis."""
    text, _, _ = watched([sys.executable, "-c", PRELUDE + CIRCUITS[name] + TIMED, str(size)])
    return tuple(map(float, text.split()))


def measure_all(scale: float, rounds: int) -> dict[str, dict[str, float]]:
    """The medians of all of CIRCUITS, by name."""
    sizes = {name: max(1, round(size * scale)) for name, size in SIZES.items()}
    found: dict[str, list[tuple[float, ...]]] = {name: [] for name in sizes}
    for _ in range(rounds):
        for name, size in sizes.items():
            found[name].append(measure(name, size))
    return {
        name: {
            "size": sizes[name],
            "constraints": results[0][0],
            "trace_seconds": statistics.median(result[1] for result in results),
            "trace_megabytes": max(result[2] for result in results),
            "analysis_seconds": statistics.median(result[3] for result in results),
            "analysis_megabytes": max(result[4] for result in results),
        }
        for name, results in found.items()
    }


def main() -> None:
    """Print a table, or JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--scale", type=float, default=1.0, help="of all sizes")
    options = parser.parse_args()
    results = measure_all(options.scale, ROUNDS)
    if options.json:
        sys.stdout.write(json.dumps(results, indent=2) + "\n")
        return
    for name, figures in results.items():
        sys.stdout.write(
            f"{name:9} {figures['size']:9,} {figures['constraints']:9,.0f} constraints   traced "
            f"{figures['trace_seconds']:6.2f} s {figures['trace_megabytes']:5.0f} MB   analysed "
            f"{figures['analysis_seconds']:6.2f} s {figures['analysis_megabytes']:5.0f} MB\n"
        )


if __name__ == "__main__":
    main()
