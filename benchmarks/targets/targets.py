"""The targets of the design, and how a run stands to them.

Each compares like with like: the same way of proving, the same number of threads, the dense chain
at 2^16 rows and more. Where several sizes were measured the worst counts. Batches of circuits of
2^12 rows are held against the loop that they take the place of. A target whose figures the run
lacks (a peer that is not here, sizes that were not asked for) is told as not measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from zkpipe.benchmarks.provers.waits import FIRST, ONE, SMALL, many
from zkpipe.benchmarks.records.ranges import CARD, COMMAND, LIBRARY, shown_threads
from zkpipe.benchmarks.records.results import KernelTime, ProofTime, Results
from zkpipe.benchmarks.records.series import median

LEAST = 16  # exponent of the sizes that count
CIRCUIT = "chain"
BATCH_EXPONENT, BATCH_ROWS, BATCH_THREADS = 12, 1000, 2  # rows at least; processors
LANES, SCALAR = "avx512", "scalar"
GIGABYTE = 1e9

MET, FURTHER, MISSED, UNKNOWN = "met", "met, moonshot too", "missed", "not measured"


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure of the run, in the target's unit, and where it is from."""

    value: float
    where: str


@dataclass(frozen=True, slots=True)
class Target:
    """What is aimed at.

    must, moonshot  in `unit`
    more            whether more is better
    measure         the figure of a run, None if the run lacks it
    """

    work: str
    unit: str
    must: float
    moonshot: float | None
    more: bool
    measure: Callable[[Results], Measured | None]

    def verdict(self, found: Measured | None) -> str:
        """How a figure stands to the target."""
        if found is None:
            return UNKNOWN
        if not self._reaches(found.value, self.must):
            return MISSED
        further = self.moonshot is not None and self._reaches(found.value, self.moonshot)
        return FURTHER if further else MET

    def _reaches(self, value: float, goal: float) -> bool:
        return value >= goal if self.more else value <= goal


def _proofs(results: Results, **wanted: object) -> dict[int, ProofTime]:
    """Proofs of the chain at the sizes that count, by exponent."""
    return {
        p.exponent: p
        for p in results.proofs
        if p.circuit == CIRCUIT
        and p.exponent >= LEAST
        and all(getattr(p, name) == value for name, value in wanted.items())
    }


def _worst(ratios: dict[int, float], where: str) -> Measured | None:
    if not ratios:
        return None
    exponent = min(ratios, key=lambda k: ratios[k])
    return Measured(ratios[exponent], f"{where}, worst at 2^{exponent}")


def _times_faster(peer: str, way: str, backend: str) -> Callable[[Results], Measured | None]:
    def measure(results: Results) -> Measured | None:
        theirs = _proofs(results, prover=peer, way=way)
        ratios = {}
        each = ""
        for exponent, other in theirs.items():
            # a peer that chooses its threads itself may use all processors, so ours does
            threads = other.threads or results.machine.cores
            each = f"{shown_threads(threads)} each" if other.threads else "all processors each"
            ours = _proofs(results, prover="zkpipe", way=way, backend=backend, threads=threads)
            if exponent in ours:
                ratios[exponent] = median(other.seconds) / median(ours[exponent].seconds)
        return _worst(ratios, f"{way}, {each}")

    return measure


def _two_threads(results: Results) -> Measured | None:
    one, two = (
        _proofs(results, prover="zkpipe", way=LIBRARY, backend=_best(results), threads=t)
        for t in (1, 2)
    )
    ratios = {k: median(one[k].seconds) / median(two[k].seconds) for k in one if k in two}
    return _worst(ratios, "whole proofs, library")


def _best(results: Results) -> str:
    return results.machine.backends[0]


def _memory(results: Results) -> Measured | None:
    proofs = _proofs(results, prover="zkpipe", way=LIBRARY, backend=_best(results))
    key = {c.exponent: c.key_bytes for c in results.circuits if c.circuit == CIRCUIT}
    if 20 not in proofs or 20 not in key:
        return None
    peak = max(p.peak_bytes for p in _all_at(results, 20))
    return Measured((peak - key[20]) / GIGABYTE, f"peak of {peak / GIGABYTE:.2f} GB at 2^20")


def _all_at(results: Results, exponent: int) -> Iterable[ProofTime]:
    """Those of the processor: the process of a card holds what CUDA takes."""
    return (
        p
        for p in results.proofs
        if (p.circuit, p.prover, p.way, p.exponent) == (CIRCUIT, "zkpipe", LIBRARY, exponent)
        and p.backend != CARD
    )


def _kernel(name: str, exponent: int) -> Callable[[Results], KernelTime | None]:
    def find(results: Results) -> KernelTime | None:
        for kernel in results.kernels:
            here = (kernel.kernel, kernel.size, kernel.backend)
            if here == (name, 1 << exponent, _best(results)):
                return kernel
        return None

    return find


def _addition(kernel: str, exponent: int) -> Callable[[Results], Measured | None]:
    find = _kernel(kernel, exponent)

    def measure(results: Results) -> Measured | None:
        kernel = find(results)
        return None if kernel is None else Measured(kernel.nanoseconds, kernel.backend)

    return measure


def _transform(results: Results) -> Measured | None:
    kernel = _kernel("butterfly of a transform in place", 20)(results)
    if kernel is None:
        return None
    return Measured(median(kernel.seconds) * 1e3, f"{kernel.backend}, one thread")


def _wait(name: str, scale: float) -> Callable[[Results], Measured | None]:
    def measure(results: Results) -> Measured | None:
        for wait in results.waits:
            if (wait.wait, wait.tool, wait.backend) == (name, "zkpipe", _best(results)):
                return Measured(median(wait.seconds) * scale, f"{wait.backend}")
        return None

    return measure


def _batch(threads: int) -> Callable[[Results], Measured | None]:
    """The largest batch over a loop of so many threads; the batch keeps two processors busy."""

    def measure(results: Results) -> Measured | None:
        here = (CIRCUIT, BATCH_EXPONENT, _best(results))
        loops = [
            loop
            for loop in results.loops
            if (loop.circuit, loop.exponent, loop.backend, loop.threads) == (*here, threads)
        ]
        batches = [
            b
            for b in results.batches
            if (b.circuit, b.exponent, b.backend, b.threads) == (*here, BATCH_THREADS)
            and b.rows >= BATCH_ROWS
        ]
        if not loops or not batches:
            return None
        largest = max(b.rows for b in batches)
        best = max((b for b in batches if b.rows == largest), key=lambda b: b.rate)
        where = f"{best.label}, {best.rows:,} rows, against {loops[0].label}"
        return Measured(best.rate / loops[0].rate, where)

    return measure


def _peers(backend: str, must: float, moonshot: float) -> list[Target]:
    return [
        Target(
            f"prove, {backend}: times faster than {peer}",
            "times",
            must,
            moonshot,
            True,
            _times_faster(peer, way, backend),
        )
        for peer, way in (("groth16py", LIBRARY), ("rapidsnark", COMMAND))
    ]


TARGETS: tuple[Target, ...] = (
    *_peers(LANES, 6, 12),
    *_peers(SCALAR, 1.5, 3),
    Target(
        f"prove, {LANES}: times faster than snarkjs",
        "times",
        25,
        60,
        True,
        _times_faster("snarkjs", COMMAND, LANES),
    ),
    Target("memory of proving 2^20 beyond the key's size", "GB", 1, None, False, _memory),
    *(
        Target(f"{work}, 2^{exponent} points", "ns", must, 25, False, _addition(kernel, exponent))
        for work, kernel in (
            ("addition into a bucket in G1", "addition into a bucket in G1"),
            ("whole sum in G1, for each addition", "bucket addition of a sum in G1"),
        )
        for exponent, must in ((16, 38), (20, 45))
    ),
    Target("transform of 2^20 values, in place", "ms", 45, 30, False, _transform),
    Target("two threads against one", "times", 1.8, 1.95, True, _two_threads),
    *(
        Target(
            f"batch on two processors, 2^{BATCH_EXPONENT} rows: times a loop on {words}",
            "times",
            must,
            None,
            True,
            _batch(threads),
        )
        for threads, words, must in ((1, "one thread", 1.8), (2, "two threads", 1.2))
    ),
    Target("verification of one proof", "ms", 4, 1.5, False, _wait(ONE, 1e3)),
    Target("verification of 1,000 proofs", "s", 0.5, 0.15, False, _wait(many(1000), 1)),
    Target("first proof on a fresh machine, compiling", "s", 60, 20, False, _wait(FIRST, 1)),
    Target("start of the command to a small proof", "s", 1, 0.6, False, _wait(SMALL, 1)),
)
