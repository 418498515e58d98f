"""Proofs computed by a card: an Executor (accel.executors.executor)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.cuda.card import Card, DeviceArray, DeviceRows, launch
from zkpipe.accel.cuda.domain import TABLES, CardDomain
from zkpipe.accel.cuda.kernels import transforms
from zkpipe.accel.cuda.multi_scalar import (
    CAP,
    CardDigits,
    CardScalars,
    joined,
    split,
    window_bits,
    window_sums,
)
from zkpipe.accel.cuda.room import PLACES, SLACK, bytes_of_sums
from zkpipe.accel.curve import Curve
from zkpipe.accel.executors.executor import KeySize
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.linear.terms import Read, are_sorted, row_error
from zkpipe.accel.msm.bases import Index
from zkpipe.accel.msm.digits import window_count
from zkpipe.ground.errors import CardError
from zkpipe.ground.sizes import allowed, needed

G1_POINT, G2_POINT, SCALAR, RECORD = 64, 128, 32, 36  # bytes


@dataclass(frozen=True, slots=True)
class CardRecords:
    """The coefficients of A and B on a card, row by row.

    values      (nnz,) of Fr, times R^2
    wires       (nnz,) uint32   twice the wire, plus 1 for B
    starts      (n + 1,) uint32   where each row of a domain of n rows begins
    wire_count  one more than the greatest wire that occurs
    """

    values: DeviceRows
    wires: DeviceArray
    starts: DeviceArray
    wire_count: int

    @property
    def rows(self) -> int:
        """How many there are, up to the last that has a coefficient."""
        return self.starts.length - 1


@dataclass(frozen=True, slots=True)
class CardExecutor:
    """A card and a curve. Points, coefficients and tables stay on the card while they are held."""

    card: Card
    curve: Curve
    _domains: dict[int, CardDomain] = field(default_factory=dict, compare=False)

    @property
    def name(self) -> str:
        """The curve's, and which card it is."""
        return f"cuda {id(self.card):x}, {self.curve.name}"

    def _domain(self, n: int) -> CardDomain:
        return self._domains.setdefault(n, CardDomain(self.card, n, self.curve))

    def _column(self, words: Words) -> DeviceRows:
        return self._rows(DeviceArray.of(self.card, words))

    def _rows(self, array: DeviceArray) -> DeviceRows:
        return DeviceRows.over(array, self.curve.fr, 1, working=True)

    # --- what fits

    def keeps(self, size: KeySize) -> bool:
        """Whether the key's points take at most half of the free memory."""
        points = size.wires + size.h_and_l
        return G1_POINT * points + G2_POINT * size.wires <= self.card.free() // 2

    def chunk(self, memory: int, bytes_each: int) -> int:
        """As many as fit the bound, and half of the free memory."""
        return min(memory // bytes_each, self.card.free() // 2 // (4 * G2_POINT))

    def proofs_at_once(self, size: KeySize) -> int:
        """As many as fit a third of the free memory beside the key."""
        windows = window_count(window_bits(size.wires))
        buckets = windows << (window_bits(size.h_and_l) - 1)
        each = SCALAR * (size.wires + 3 * size.domain) + 4 * windows * (size.wires + size.h_and_l)
        each += bytes_of_sums(size.h_and_l, windows, buckets, CAP, 2) - SLACK
        places = PLACES // (windows * max(size.h_and_l, size.wires))
        return max(1, min((self.card.free() // 3 - SLACK) // each, places))

    # --- a key's parts

    def records(self, read: Read, count: int, rows: int) -> CardRecords:
        """44 bytes a record on the processor become 36 on the card."""
        records = read(0, count)
        if not are_sorted(records):
            records = records[np.argsort(records["constraint"], kind="stable")]
        there = records["constraint"]
        used = int(there[-1]) + 1 if count else 0
        if used > rows:
            number = int(np.searchsorted(there, rows))
            raise row_error(number, records[number], rows)
        starts = np.searchsorted(there, np.arange(used + 1)).astype(np.uint32)
        wires = 2 * records["wire"].astype(np.int64) + records["matrix"]
        return CardRecords(
            self._column(np.ascontiguousarray(records["value"])),
            DeviceArray.of(self.card, wires.astype(np.uint32)),
            DeviceArray.of(self.card, starts),
            int(wires.max(initial=-1)) // 2 + 1,
        )

    def points(self, parts: Sequence[tuple[Words, Index | None]]) -> DeviceRows:
        """As they are in files."""
        whole = np.concatenate([words if order is None else words[order] for words, order in parts])
        degree = whole.shape[1] // 8
        array = DeviceArray.of(self.card, whole)
        group = self.curve.fp if degree == 1 else self.curve.fp2
        return DeviceRows.over(array, group, 2, working=True)

    def with_multiples(self, points: DeviceRows) -> DeviceRows:
        """The points alone: a card keeps no multiples yet."""
        return points

    def has_multiples(self, points: DeviceRows) -> bool:
        """Nothing is to be done."""
        return True

    def multiples_size(self, count: int, degree: int) -> int:
        """None are kept."""
        return 0

    # --- a proof's

    def values(self, witnesses: Sequence[Words]) -> CardScalars:
        """Copied once for all that is computed of them."""
        return CardScalars.of(self.card, witnesses)

    def behind(self, values: CardScalars, first: int) -> CardScalars:
        """Where they lie."""
        return values.behind(first)

    def to_host(self, values: CardScalars) -> list[Words]:
        """Copies."""
        whole = values.array.to_host().reshape(-1, 4)
        begins = [values.first + k * values.pitch for k in range(values.vectors)]
        return [whole[begin : begin + values.count] for begin in begins]

    def quotient(self, records: CardRecords, domain_size: int, values: CardScalars) -> CardScalars:
        """The rows times the witnesses, and six transforms of as many columns."""
        if records.wire_count > values.count or records.rows > domain_size:
            raise CardError(
                f"The key's coefficients reach wire {records.wire_count - 1} and row "
                f"{records.rows - 1}; it has {values.count} wires and {domain_size} rows.",
                "Load the key again; if it is the same, make it again.",
            )
        count, size = values.vectors, domain_size * values.vectors
        need = 3 * SCALAR * size + TABLES * domain_size
        if need > (free := self.card.free()):
            raise CardError(
                f"The transforms of a proof take {needed(need)} of the card; {allowed(free)} "
                "are free.",
                "End what else runs on the card, or take one with more memory.",
            )
        columns = self._rows(DeviceArray.zeros(self.card, 3 * 4 * size, np.uint64))
        a, b, c = (columns.part(k * size, size) for k in range(3))
        threads = records.rows * count
        launch(
            self.card, transforms.multiply_rows, threads, records.values, records.wires,
            records.starts, self._rows(values.array), a, b, c, threads, records.rows, domain_size,
            values.pitch,
        )  # fmt: skip
        found = self._domain(domain_size).quotient(columns)
        return CardScalars(found, count, domain_size, 0, domain_size)

    def quotient_order(self, domain_size: int) -> NDArray[np.uint32]:
        """The natural one."""
        return np.arange(domain_size, dtype=np.uint32)

    def scalars(self, points: DeviceRows, *values: CardScalars) -> CardDigits:
        """Their digits."""
        count = sum(part.count for part in values)
        return split(self.card, values, window_bits(count), self.curve.r)

    def msms(self, pairs: Sequence[tuple[DeviceRows, CardDigits]]) -> list[list[Words]]:
        """One after the other: each fills the card. Nothing is waited for before all are begun."""
        begun = [window_sums(self.card, points, scalars) for points, scalars in pairs]
        return [joined(sums) for sums in begun]
