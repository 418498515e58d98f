"""Proofs computed by a card: an Executor (accel.executors.executor)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.cuda import transforms
from zkpipe.accel.cuda.card import Card, DeviceArray, DeviceRows, launch
from zkpipe.accel.cuda.domain import CardDomain
from zkpipe.accel.cuda.multi_scalar import CardDigits, msm, split, window_bits
from zkpipe.accel.curve import Curve
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.linear.constraint_products import are_sorted
from zkpipe.accel.msm.bases import Index


@dataclass(frozen=True, slots=True)
class CardRecords:
    """The coefficients of A and B on a card, row by row.

    values  (nnz,) of Fr, times R^2
    wires   (nnz,) uint32   twice the wire, plus 1 for B
    starts  (n + 1,) uint32   where each row of a domain of n rows begins
    """

    values: DeviceRows
    wires: DeviceArray
    starts: DeviceArray


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
        array = DeviceArray.of(self.card, words)
        return DeviceRows.over(array, self.curve.fr, 1, working=True)

    def records(self, records: NDArray[Any]) -> CardRecords:
        """44 bytes a record on the processor become 36 on the card."""
        if not are_sorted(records):
            records = records[np.argsort(records["constraint"], kind="stable")]
        rows = records["constraint"]
        count = int(rows[-1]) + 1 if len(rows) else 0
        starts = np.searchsorted(rows, np.arange(count + 1)).astype(np.uint32)
        wires = 2 * records["wire"] + records["matrix"]
        return CardRecords(
            self._column(np.ascontiguousarray(records["value"])),
            DeviceArray.of(self.card, wires.astype(np.uint32)),
            DeviceArray.of(self.card, starts),
        )

    def quotient(self, records: CardRecords, domain_size: int, values: Words) -> Words:
        """The rows times the witness, and six transforms."""
        size = 4 * domain_size
        columns = [
            DeviceRows.over(
                DeviceArray.zeros(self.card, size, np.uint64), self.curve.fr, 1, working=True
            )
            for _ in range(3)
        ]
        rows = records.starts.length - 1
        launch(
            self.card, transforms.multiply_rows, rows, records.values, records.wires,
            records.starts, self._column(values), *columns, rows,
        )  # fmt: skip
        found: Words = self._domain(domain_size).quotient(*columns).to_host()
        return found.reshape(-1, 4)

    def quotient_order(self, domain_size: int) -> NDArray[np.uint32]:
        """The natural one."""
        return np.arange(domain_size, dtype=np.uint32)

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

    def scalars(self, points: DeviceRows, *values: Words) -> CardDigits:
        """Their digits."""
        whole = np.concatenate(values)
        return split(self.card, whole, window_bits(len(whole)), self.curve.r)

    def msms(self, pairs: Sequence[tuple[DeviceRows, CardDigits]]) -> list[Words]:
        """One after the other: each fills the card."""
        return [msm(self.card, points, scalars) for points, scalars in pairs]
