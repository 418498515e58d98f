"""What machines have in common that keep one value of a field in one thread, always below 2p.

Every operator reduces, so that bounds never grow. A subclass has the limbs, sums, differences and
products of single values; the rest follows from these.

Source: as accel.machines.scalar.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from llvmlite import ir
from numba.core.errors import TypingError

from zkpipe.accel.curve import Field
from zkpipe.accel.machines.lowering import I1, Limbs
from zkpipe.accel.machines.machine import Machine


class SingleValues(ABC):
    """Lowerings of field arithmetic from those of sums, differences and products."""

    machine: Machine
    limb_type: Any
    mask_type = I1

    @abstractmethod
    def add(self, b: Any, p: int, x: Limbs, y: Limbs) -> Limbs:
        """Add, below 2p."""

    @abstractmethod
    def subtract(self, b: Any, p: int, x: Limbs, y: Limbs, y_bound: int) -> Limbs:
        """Subtract, below 2p."""

    @abstractmethod
    def multiply(self, b: Any, p: int, x: Limbs, y: Limbs) -> Limbs:
        """x y / 2^256 mod p, below 2p."""

    def sum_bound(self, x: int, y: int) -> int:
        """Every operator reduces."""
        return 2

    def product_bound(self, field: Field, x: int, y: int) -> int:
        """Every operator reduces."""
        return 2

    def square_bound(self, field: Field, x: int) -> int:
        """Every operator reduces."""
        return 2

    def known_bound(self, field: Field, x: int) -> int:
        """Every operator reduces."""
        return 2

    def reduced_bound(self) -> int:
        """Values are always reduced."""
        return 2

    def add_uncarried(self, b: Any, p: int, x: Limbs, y: Limbs) -> Limbs:
        """Every operator reduces."""
        return self.add(b, p, x, y)

    def subtract_uncarried(self, b: Any, p: int, x: Limbs, y: Limbs) -> Limbs:
        """Every operator reduces."""
        return self.subtract(b, p, x, y, 2)

    def carried(self, b: Any, x: Limbs) -> Limbs:
        """Every operator reduces."""
        return x

    def subtract_reduced(self, b: Any, p: int, x: Limbs, terms: list[Limbs]) -> Limbs:
        """Subtract one after another."""
        for term in terms:
            x = self.subtract(b, p, x, term, 2)
        return x

    def broadcast(self, b: Any, words: Limbs) -> Limbs:
        """The words as they are."""
        return words

    def multiply_known(self, b: Any, p: int, x: Limbs, residues: list[Limbs]) -> Limbs:
        """As a product by the factor's Montgomery form."""
        return self.multiply(b, p, x, residues[0])

    def dot(self, b: Any, p: int, values: Any, factors: Any, n: Any) -> Limbs:
        """Sums of products by known factors: only the processor's machines have them."""
        raise TypingError(f"the machine {self.machine.name} has no sums of products")

    def multiply2(self, b: Any, p: int, x: Limbs, y: Limbs, bounds: int) -> Limbs:
        """Product in Fp2, u^2 = -1, by Karatsuba: three products, five sums."""
        n = self.machine.limbs
        x0, x1, y0, y1 = x[:n], x[n:], y[:n], y[n:]
        v0, v1 = self.multiply(b, p, x0, y0), self.multiply(b, p, x1, y1)
        cross = self.multiply(b, p, self.add(b, p, x0, x1), self.add(b, p, y0, y1))
        cross = self.subtract_reduced(b, p, cross, [v0, v1])
        return self.subtract(b, p, v0, v1, 2) + cross

    def square2(self, b: Any, p: int, x: Limbs, x_bound: int) -> Limbs:
        """Square in Fp2: (x0 + x1)(x0 - x1) + 2 x0 x1 u."""
        n = self.machine.limbs
        x0, x1 = x[:n], x[n:]
        plus, minus = self.add(b, p, x0, x1), self.subtract(b, p, x0, x1, 2)
        cross = self.multiply(b, p, x0, x1)
        return self.multiply(b, p, plus, minus) + self.add(b, p, cross, cross)

    def reduce(self, b: Any, p: int, x: Limbs) -> Limbs:
        """Values are always reduced."""
        return x

    def select(self, b: Any, mask: Any, x: Limbs, y: Limbs) -> Limbs:
        """Choose x where the mask holds."""
        return [b.select(mask, u, v) for u, v in zip(x, y, strict=True)]

    def all_zero(self, b: Any, x: Limbs) -> Any:
        """Whether all limbs are 0."""
        total = x[0]
        for limb in x[1:]:
            total = b.or_(total, limb)
        return b.icmp_unsigned("==", total, ir.Constant(self.limb_type, 0))

    def any_lane(self, b: Any, mask: Any) -> Any:
        """The mask itself."""
        return mask

    def first_words(self, b: Any, x: Limbs) -> Limbs:
        """The value's own words."""
        return x

    def splat_words(self, b: Any, words: Limbs) -> Limbs:
        """The words as they are."""
        return words
