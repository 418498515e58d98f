"""Values on a domain to values on its odd coset, on a card: what a proof needs of transforms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from zkpipe.accel.cuda.card import Card, DeviceArray, DeviceRows, launch
from zkpipe.accel.cuda.kernels import transforms
from zkpipe.accel.curve import Curve
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.transforms.twiddles import bit_reversal, powers

AT_ONCE = 3  # layers of a launch
TABLES = 64  # bytes of tables for each element of a column


@dataclass(frozen=True)
class CardDomain:
    """The powers of a primitive n-th root of unity, n a power of two, and the tables for them.

    All work on one column of n values, or on several that lie one behind the other. The tables take
    TABLES n bytes of the card.
    """

    card: Card
    n: int
    curve: Curve

    @property
    def bits(self) -> int:
        """log2 n."""
        return self.n.bit_length() - 1

    def _table(self, words: Words) -> DeviceRows:
        return self.rows(DeviceArray.of(self.card, words))

    def rows(self, array: DeviceArray) -> DeviceRows:
        """Words as rows of one value of Fr."""
        return DeviceRows.over(array, self.curve.fr, 1, working=True)

    @cached_property
    def _back(self) -> DeviceRows:
        root = pow(self.curve.root_of_unity(self.n), -1, self.curve.r)
        return self._table(powers(root, max(1, self.n // 2), curve=self.curve))

    @cached_property
    def _forth(self) -> DeviceRows:
        root = self.curve.root_of_unity(self.n)
        return self._table(powers(root, max(1, self.n // 2), curve=self.curve))

    @cached_property
    def _onto_coset(self) -> DeviceRows:
        """psi^i / n for the coefficient that lies at each place, i being its bits reversed."""
        inverse = pow(self.n, -1, self.curve.r)
        factors = powers(self.curve.root_of_unity(2 * self.n), self.n, inverse, self.curve)
        return self._table(np.ascontiguousarray(factors[bit_reversal(self.n)]))

    def inverse(self, x: DeviceRows) -> None:
        """n times the coefficients, in bit-reversed order, in the place of the values."""
        left = self.bits
        while left:
            layers = AT_ONCE if left >= AT_ONCE else 1
            kernel = transforms.split_layers if layers == AT_ONCE else transforms.split_layer
            threads = x.length >> layers
            launch(
                self.card, kernel, threads, x, self._back, threads, left - layers, self.bits - left
            )
            left -= layers

    def forward(self, x: DeviceRows) -> None:
        """Values in their order in the place of coefficients in bit-reversed order."""
        done = 0
        while done < self.bits:
            layers = AT_ONCE if self.bits - done >= AT_ONCE else 1
            kernel = transforms.join_layers if layers == AT_ONCE else transforms.join_layer
            threads = x.length >> layers
            launch(
                self.card, kernel, threads, x, self._forth, threads, done,
                self.bits - done - layers,
            )  # fmt: skip
            done += layers

    def move_to_coset(self, x: DeviceRows) -> None:
        """Values on the odd coset in the place of values on the domain."""
        self.inverse(x)
        launch(self.card, transforms.scale, x.length, x, self._onto_coset, x.length, self.n - 1)
        self.forward(x)

    def quotient(self, columns: DeviceRows) -> DeviceArray:
        """a b - c on the odd coset from values on the domain, which are overwritten.

        columns  all of a, then all of b, then all of c: one column of each, or several
        result   (4 n,) uint64 for each column   canonical; it lies where a did
        """
        self.move_to_coset(columns)
        size = columns.length // 3
        a, b, c = (columns.part(k * size, size) for k in range(3))
        out = DeviceRows.over(a.array, self.curve.fr, 1, working=False)
        launch(self.card, transforms.subtract_from_product, size, a, b, c, out, size)
        return a.array
