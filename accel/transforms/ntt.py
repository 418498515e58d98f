"""Number-theoretic transforms over Fr, forward and inverse, on the domain and on its odd coset.

A polynomial's coefficients and its values at the powers of the root w of order n = 2^k, or at the
odd powers of psi, psi^2 = w: the odd coset, where x^n = -1. The coset costs nothing, its shift is
in the twiddles; and there is no pass for bit reversal: where natural order is asked for, it happens
in the loads and stores that change between rows and lanes.

A large transform passes over memory twice: once by columns, once by runs (layers). The quotient of
Groth16 takes three passes for both of its transforms: runs back, columns back and forward, runs
forward and combined. Threads share the columns and runs of a pass.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Curve
from zkpipe.accel.fields.factors import PreparedConstants
from zkpipe.accel.fields.limbs import MONTGOMERY_R, Words, check_rows
from zkpipe.accel.fields.rows import Elements, Rows, WorkRows
from zkpipe.accel.machines.backend import MACHINES
from zkpipe.accel.machines.backend import machine as chosen_machine
from zkpipe.accel.machines.machine import SCALAR, Machine
from zkpipe.accel.transforms.twiddles import (
    bit_reversal,
    lane_twiddles,
    layer_twiddles,
    working_constant,
)
from zkpipe.ground.errors import RangeError, ShapeError
from zkpipe.ground.process.memory import aligned_empty
from zkpipe.ground.process.settings import thread_count
from zkpipe.ground.process.threads import in_threads
from zkpipe.ground.quick_dataclass import dataclass

_kernels = Kernels("zkpipe.accel.transforms.kernels.ntt")

BOUND = 20  # of what layers keep, in p: see accel.transforms.layers
LEAST_FOR_LANES = 16  # the layers inside lanes work on pairs of eight
ALONE = 1 << 12  # points up to which another thread takes longer to start than a pass takes
RUN = {1: 1024, 8: 128}  # entries of a run: with its twiddles it stays in the first caches


@dataclass(frozen=True, slots=True)
class _Tables:
    """The twiddles of one transform: of the layers between entries, and inside eight lanes."""

    factors: PreparedConstants
    lanes: tuple[Elements, Elements, Elements]

    @classmethod
    def of(cls, n: int, m: Machine, curve: Curve, coset: bool, inverse: bool) -> _Tables:
        table = layer_twiddles(n, coset, inverse, curve)
        unused = Elements(curve.fr, m, 1)
        inner = lane_twiddles(table, n, m, curve) if m.width > 1 else (unused, unused, unused)
        return cls(PreparedConstants(curve.fr, m, table[: max(n // m.width, 1)]), inner)


class Domain:
    """Transforms of one size over a curve's Fr: n points, a power of two, on one machine.

    Holds the twiddles it has used, 85 n bytes for each kind of transform.
    Raises RangeError for a size that is no power of two or too large: 2^27 is the largest of BN254.
    """

    def __init__(self, n: int, m: Machine, curve: Curve = BN254) -> None:
        if n < 1 or n & (n - 1) or n >= 1 << curve.two_adicity:
            raise RangeError(
                f"{n} values cannot be transformed.",
                f"Give a power of two from 1 to 2^{curve.two_adicity - 1}.",
            )
        self.n, self.curve = n, curve
        self.machine: Machine = m if n >= LEAST_FOR_LANES else SCALAR
        entries = max(n // self.machine.width, 1)
        self.run = min(entries, RUN[self.machine.width])
        self.runs = entries // self.run
        # Runs a power of two apart would all fall on the same few sets of the cache.
        self.pitch = self.run + (1 if self.runs > 1 else 0)
        self.natural = np.arange(n, dtype=np.uint32)
        self.reversed = bit_reversal(n)
        self._tables: dict[tuple[bool, bool], _Tables] = {}

    def _table(self, coset: bool, inverse: bool) -> _Tables:
        if (coset, inverse) not in self._tables:
            self._tables[coset, inverse] = _Tables.of(
                self.n, self.machine, self.curve, coset, inverse
            )
        return self._tables[coset, inverse]

    def _rows(self, words: Words, least: int | None = None) -> Rows:
        """Rows of which the transform reads or writes the first `least`, n if it is not said."""
        if words.ndim != 2 or len(words) < (self.n if least is None else least):
            raise ShapeError(
                f"An array of shape {words.shape} is too short for a transform of {self.n} points.",
                "Give a row for each point.",
            )
        return Rows(self.curve.fr, self.machine, words, 1)

    def _entries(self) -> Elements:
        return Elements(
            self.curve.fr, self.machine, self.runs * self.pitch * self.machine.width, BOUND
        )

    def _scale(self, factor: int) -> WorkRows:
        words = working_constant(factor, self.machine, self.curve)
        return WorkRows(self.curve.fr, SCALAR, words, 1)

    def _share(self, work: Callable[[int, int], None], count: int) -> None:
        """Do the work on ranges of `count` columns or runs, on all threads if it is much."""
        if self.n <= ALONE:
            work(0, count)
            return
        pieces = min(count, 4 * thread_count())
        bounds = [count * k // pieces for k in range(pieces + 1)]
        in_threads(lambda k: work(bounds[k], bounds[k + 1]), range(pieces))

    def _back(
        self,
        values: Words,
        order: NDArray[np.uint32],
        coset: bool,
        factor: int = 1,
        least: int | None = None,
    ) -> Elements:
        """The inverse layers of runs, on values in natural order of the points, times a factor."""
        x, table = self._entries(), self._table(coset, True)
        rows = self._rows(values, least)
        scale, wide = self._scale(factor * pow(self.n, -1, self.curve.r)), self._wide
        self._share(
            lambda low, high: _kernels.runs_back(
                rows, order, scale, x, low, high, self.run, self.pitch, self.runs,
                table.factors, table.lanes, wide,
            ),
            self.runs,
        )  # fmt: skip
        return x

    @property
    def _wide(self) -> bool:
        return self.machine.width > 1

    def _runs_forth(self, x: Elements, coset: bool) -> None:
        table = self._table(coset, False)
        self._share(
            lambda low, high: _kernels.runs_forth(
                x, low, high, self.run, self.pitch, self.runs,
                table.factors, table.lanes, self._wide,
            ),
            self.runs,
        )  # fmt: skip

    def read(self, coefficients: Words) -> Elements:
        """Coefficients in natural order, (n, 4) uint64, Montgomery, as `forward` takes them."""
        x, rows, scale = self._entries(), self._rows(coefficients), self._scale(1)
        self._share(
            lambda low, high: _kernels.read_runs(
                rows, self.natural, scale, x, low, high, self.run, self.pitch
            ),
            self.runs,
        )
        return x

    def forward(self, x: Elements, coset: bool) -> None:
        """Coefficients to values, in bit-reversed order, in place.

        Cost: 4 ns a butterfly and thread at 2^20, of which there are n/2 log2 n.
        """
        factors = self._table(coset, False).factors
        self._share(
            lambda low, high: _kernels.columns_forth(x, low, high, self.pitch, self.runs, factors),
            self.run,
        )
        self._runs_forth(x, coset)

    def evaluate(self, coefficients: Words, coset: bool) -> Words:
        """The polynomial's values on the domain or the odd coset, natural order both ways."""
        x = self.read(coefficients)
        self.forward(x, coset)
        return self._written(x, self.reversed)

    def _written(self, x: Elements, order: NDArray[np.uint32]) -> Words:
        out = aligned_empty(self.n, 4)
        rows = self._rows(out)
        self._share(
            lambda low, high: _kernels.write_runs(x, low, high, self.run, self.pitch, rows, order),
            self.runs,
        )
        return out

    def interpolate(self, values: Words, coset: bool) -> Words:
        """The coefficients of the polynomial with these values; natural order both ways."""
        x = self._back(values, self.reversed, coset)
        factors = self._table(coset, True).factors
        self._share(
            lambda low, high: _kernels.columns_back(x, low, high, self.pitch, self.runs, factors),
            self.run,
        )
        return self._written(x, self.natural)

    def _coset_runs(self, values: Words, order: NDArray[np.uint32], factor: int) -> Elements:
        """Values on the domain, times a factor, to the odd coset, but for the layers of runs."""
        back, forth = self._table(False, True).factors, self._table(True, False).factors
        x = self._back(values, order, False, factor, int(self.row_positions[-1]) + 1)
        self._share(
            lambda low, high: _kernels.columns_back_and_forth(
                x, low, high, self.pitch, self.runs, back, forth
            ),
            self.run,
        )
        return x

    @cached_property
    def row_positions(self) -> NDArray[np.uint32]:
        """Where each of n rows lies in arrays that `quotient` takes: (n,) uint32.

        Two more rows follow on every 1,024, because a transform reads rows a power of two apart,
        which would otherwise all fall on the same few sets of the cache.
        """
        return self.natural + 2 * (self.natural >> np.uint32(10))

    @cached_property
    def _row_order(self) -> NDArray[np.uint32]:
        """Where the inverse layers find their values, in bit-reversed order of the rows."""
        return self.row_positions[self.reversed]

    def rows(self, count: int) -> Words:
        """Room for `count` times n rows as `row_positions` has them: (count, m, 4); not cleared."""
        m = int(self.row_positions[-1]) + 1
        return aligned_empty(count * m, 4).reshape(count, m, 4)

    def quotient(self, values: Words) -> Words:
        """a(x) b(x) - c(x) at the points of the odd coset, from values on the domain.

        values  (3, m, 4) uint64   a, b, c at the powers of w, as `row_positions` has them: a and b
                                   canonical, c over 2^256; as constraint_products gives them
        result  (n, 4) uint64      canonical, in bit-reversed order (`reversed`): the scalars of the
                                   H query in Groth16, whose points are the Lagrange basis of the
                                   odd coset, as snarkjs has it

        Cost: three inverse and three forward transforms.
        """
        order = self._row_order
        # Every value is multiplied anyway as it is read, so the way into Montgomery form is free.
        factors = (MONTGOMERY_R, MONTGOMERY_R, MONTGOMERY_R**2)
        moved = [
            self._coset_runs(rows, order, factor)
            for rows, factor in zip(values, factors, strict=True)
        ]
        out, table = aligned_empty(self.n, 4), self._table(True, False)
        target = self._rows(out)
        self._share(
            lambda low, high: _kernels.combine_runs(
                *moved, low, high, self.run, self.pitch, self.runs,
                table.factors, table.lanes, self._wide, target, self.natural,
            ),
            self.runs,
        )  # fmt: skip
        return out


@lru_cache(maxsize=2)
def _domain(n: int, machine_name: str, curve: Curve) -> Domain:
    return Domain(n, MACHINES[machine_name], curve)


def domain_on(n: int, machine: Machine, curve: Curve = BN254) -> Domain:
    """The transforms of n points on a machine; the last two sizes keep their twiddles."""
    return _domain(n, machine.name, curve)


def domain(n: int) -> Domain:
    """The same on the machine in use, for BN254."""
    return domain_on(n, chosen_machine())


def _transform_of(values: Words) -> tuple[Domain, Words]:
    """The transforms of so many values, and the values in C order."""
    check_rows("Values", values, 4)
    return domain(len(values)), np.ascontiguousarray(values)


def ntt(coefficients: Words) -> Words:
    """The values of a polynomial at 1, w, w^2, ..., w = 5^((r-1)/n).

    coefficients  (n, 4) uint64   Montgomery, R = 2^256; n a power of two up to 2^27
    result        (n, 4) uint64   Montgomery, canonical; natural order

    Raises ShapeError or RangeError for other arrays.
    Cost at 2^20, one thread: n/2 log2 n butterflies of 4 ns, and twice as much again for rows in
    natural order, in and out of fresh memory.
    """
    transform, checked = _transform_of(coefficients)
    return transform.evaluate(checked, coset=False)


def inverse_ntt(values: Words) -> Words:
    """The coefficients of the polynomial with these values at 1, w, w^2, ...: undoes `ntt`."""
    transform, checked = _transform_of(values)
    return transform.interpolate(checked, coset=False)
