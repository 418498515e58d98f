"""What a run measures: sizes, rounds, circuits, back ends, threads, and how patient it is."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

from accel.errors import RangeError
from benchmarks.machine import backends, cores
from benchmarks.workloads import CIRCUITS, LARGEST, SMALLEST


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be measured.

    exponents  of the circuits' sizes
    rounds     in each of which everything is run once, in turn
    patience   seconds that one proof may take; who takes longer is left out at that size
    kernels    exponents of the sizes of sums and transforms
    proofs     that are verified together
    fresh      whether the first proof on a fresh machine is measured: all kernels compile again
    peers      programs that are called as rapidsnark is, by name

    Raises RangeError for what cannot be measured.
    """

    exponents: tuple[int, ...]
    rounds: int
    patience: float
    kernels: tuple[int, ...]
    proofs: int
    fresh: bool
    quick: bool = False
    circuits: tuple[str, ...] = tuple(CIRCUITS)
    backends: tuple[str, ...] = field(default_factory=backends)
    threads: tuple[int, ...] = field(default_factory=lambda: tuple(sorted({1, cores()})))
    peers: dict[str, Path] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.exponents:
            raise RangeError("No size is left to measure.", "Give a --from that is not above --to.")
        for exponent in self.exponents:
            if not SMALLEST <= exponent <= LARGEST:
                raise _not_measured(exponent)
        if self.rounds < 1 or not 0 < self.patience < math.inf:
            raise RangeError(
                f"{self.rounds} rounds with {self.patience} seconds of patience measure nothing.",
                "Give at least one round, and a time above 0.",
            )

    @classmethod
    def whole(
        cls, first: int, last: int, step: int, rounds: int, patience: float, peers: dict[str, Path]
    ) -> Plan:
        """All that the report shows, at 2^first to 2^last rows."""
        if step < 1:
            raise RangeError(
                f"A step of {step} leads to no other size.", "Give a --step of 1 or more."
            )
        if last - first > 1000:  # far more than there are, or than a machine counts
            raise _not_measured(last if last > LARGEST else first)
        exponents = tuple(range(first, last + 1, step))
        kernels = (16, 20) if last >= 20 else (min(16, last),)
        return cls(exponents, rounds, patience, kernels, 1000, fresh=True, peers=peers)

    @classmethod
    def brief(cls, peers: dict[str, Path]) -> Plan:
        """A small chain, one round, the best back end: that everything works, in seconds."""
        return cls(
            exponents=(8,),
            rounds=1,
            patience=60.0,
            kernels=(10,),
            proofs=10,
            fresh=False,
            quick=True,
            circuits=("chain",),
            backends=backends()[:1],
            threads=(cores(),),
            peers=peers,
        )


def _not_measured(exponent: int) -> RangeError:
    return RangeError(
        f"Circuits of 2^{exponent} rows are not measured.",
        f"Give exponents from {SMALLEST} to {LARGEST}.",
    )
