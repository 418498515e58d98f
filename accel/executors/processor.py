"""Proofs computed by the processor, on one of its machines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.curve import Curve
from zkpipe.accel.executors.executor import KeySize
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.linear.constraint_products import constraint_products
from zkpipe.accel.linear.terms import Read, Terms, terms_of
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.msm.bases import Bases, Index, prepare
from zkpipe.accel.msm.digits import Digits, window_count
from zkpipe.accel.msm.multi_scalar import (
    MsmInput,
    digits_for,
    msm_input,
    sums_of_products,
    with_multiples,
)
from zkpipe.accel.msm.multiples import Multiples
from zkpipe.accel.msm.window_size import shared_window_bits
from zkpipe.accel.transforms.ntt import domain_on
from zkpipe.ground.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Processor:
    """The processor: an Executor (accel.executors.executor).

    Points lie on cache lines and in huge pages, in the machine's own form.
    """

    machine: Machine
    curve: Curve

    @property
    def name(self) -> str:
        """The machine's and the curve's."""
        return f"{self.machine.name}, {self.curve.name}"

    def records(self, read: Read, count: int, rows: int) -> Terms:
        """Five bytes a record, and 32 for a coefficient other than 1 and -1."""
        return terms_of(read, count, rows, self.curve)

    def keeps(self, size: KeySize) -> bool:
        """The caller says how much memory there is."""
        return True

    def chunk(self, memory: int, bytes_each: int) -> int:
        """As many as the bound allows."""
        return memory // bytes_each

    def proofs_at_once(self, size: KeySize) -> int:
        """One: it takes all threads."""
        return 1

    def values(self, witnesses: Sequence[Words]) -> Words:
        """The one witness itself."""
        (only,) = witnesses
        return only

    def behind(self, values: Words, first: int) -> Words:
        """A view."""
        return values[first:]

    def to_host(self, values: Words) -> list[Words]:
        """They are there."""
        return [values]

    def quotient(self, records: Terms, domain_size: int, values: Words) -> Words:
        """The rows times the witness, and six transforms."""
        domain = domain_on(domain_size, self.machine, self.curve)
        rows = domain.rows(3)
        constraint_products(records, values, domain.row_positions, rows, self.curve)
        return domain.quotient(rows)

    def quotient_order(self, domain_size: int) -> NDArray[np.uint32]:
        """Bit reversal."""
        return domain_on(domain_size, self.machine, self.curve).reversed

    def points(self, parts: Sequence[tuple[Words, Index | None]]) -> Bases:
        """Some 3 ns a point of G1 in lanes, beside reading and writing it."""
        return prepare(parts, self.machine, self.curve)

    def with_multiples(self, points: Bases) -> Multiples:
        """8 us a point of G1, 21 us of G2."""
        return with_multiples(points)

    def has_multiples(self, points: Bases) -> bool:
        """Whether all windows of a sum over them share their buckets."""
        return isinstance(points, Multiples)

    def multiples_size(self, count: int, degree: int) -> int:
        """One copy of the points for each window."""
        return window_count(shared_window_bits(count)) * count * 64 * degree

    def scalars(self, points: Bases, *values: Words) -> Digits:
        """Their digits, for the window that these points want."""
        return digits_for(points, *values)

    def msms(self, pairs: Sequence[tuple[Bases, Digits]]) -> list[list[Words]]:
        """All windows of all sums are tasks of the same threads."""
        inputs: list[MsmInput] = [msm_input(points, digits) for points, digits in pairs]
        return [[found] for found in sums_of_products(inputs)]
