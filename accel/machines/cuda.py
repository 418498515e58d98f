"""The cards' machine: one value a thread in eight 32-bit words, R = 2^256, always below 2p.

Its Montgomery form is the files' own, and eight words of 32 bits lie in memory as four of 64 do, so
rows are loaded as they are. Bounds are the scalar machine's. A product is 189 instructions of a
card, 132 of them wide multiplications; a square 179 and 108; a sum 26, a difference 25.

Source: accel.machines.carry_chains.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from llvmlite import ir

from zkpipe.accel.curve import Field
from zkpipe.accel.machines import carry_chains as chains
from zkpipe.accel.machines.machine import I1, Limbs

I32 = ir.IntType(32)
FOUR = ir.VectorType(I32, 4)  # what one instruction loads or stores
ROW_ALIGNMENT = 16  # bytes
GLOBAL = 1  # the address space of arrays
_RESULT = ir.LiteralStructType([I32] * chains.WORDS)
_CONSTRAINTS = ",".join(["=&r"] * chains.WORDS + ["r"] * 2 * chains.WORDS)


@cache
def _assembly(function: chains.Function, p: int) -> str:
    return chains.assembly(function, p)


def _inline(b: Any, function: chains.Function, p: int, x: Limbs, y: Limbs) -> Limbs:
    kind = ir.FunctionType(_RESULT, [I32] * 2 * chains.WORDS)
    result = b.call(ir.InlineAsm(kind, _assembly(function, p), _CONSTRAINTS), [*x, *y])
    return [b.extract_value(result, i) for i in range(chains.WORDS)]


class Cuda:
    """Lowerings of field arithmetic on 32-bit words, as inline assembly."""

    name = "cuda"
    width = 1
    limbs = chains.WORDS
    montgomery = 1 << 256
    limb_type = I32
    mask_type = I1
    limb_bits = 32
    residue_bits: tuple[int, ...] = (256,)

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

    def constant(self, value: int) -> Limbs:
        """An integer below 2^256 as limbs."""
        return [ir.Constant(I32, word) for word in chains.words_of(value)]

    def add(self, b: Any, p: int, x: Limbs, y: Limbs) -> Limbs:
        """Add: below 4p, less 2p where it reaches that."""
        return _inline(b, chains.sum_, p, x, y)

    def subtract(self, b: Any, p: int, x: Limbs, y: Limbs, y_bound: int) -> Limbs:
        """Subtract, plus 2p where that would be negative."""
        return _inline(b, chains.difference, p, x, y)

    def subtract_reduced(self, b: Any, p: int, x: Limbs, terms: list[Limbs]) -> Limbs:
        """Subtract one after another."""
        for term in terms:
            x = self.subtract(b, p, x, term, 2)
        return x

    def multiply(self, b: Any, p: int, x: Limbs, y: Limbs) -> Limbs:
        """x y / 2^256 mod p, below 2p for x and y below 2p."""
        return _inline(b, chains.product, p, x, y)

    def broadcast(self, b: Any, words: Limbs) -> Limbs:
        """The words as they are."""
        return words

    def multiply_known(self, b: Any, p: int, x: Limbs, residues: list[Limbs]) -> Limbs:
        """As a product by the factor's Montgomery form."""
        return self.multiply(b, p, x, residues[0])

    def square(self, b: Any, p: int, x: Limbs) -> Limbs:
        """The products of different words once."""
        return _inline(b, chains.square, p, x, x)

    def multiply2(self, b: Any, p: int, x: Limbs, y: Limbs, bounds: int) -> Limbs:
        """Product in Fp2, u^2 = -1, by Karatsuba: three products, five sums."""
        n = self.limbs
        x0, x1, y0, y1 = x[:n], x[n:], y[:n], y[n:]
        v0, v1 = self.multiply(b, p, x0, y0), self.multiply(b, p, x1, y1)
        cross = self.multiply(b, p, self.add(b, p, x0, x1), self.add(b, p, y0, y1))
        cross = self.subtract_reduced(b, p, cross, [v0, v1])
        return self.subtract(b, p, v0, v1, 2) + cross

    def square2(self, b: Any, p: int, x: Limbs, x_bound: int) -> Limbs:
        """Square in Fp2: (x0 + x1)(x0 - x1) + 2 x0 x1 u."""
        x0, x1 = x[: self.limbs], x[self.limbs :]
        plus, minus = self.add(b, p, x0, x1), self.subtract(b, p, x0, x1, 2)
        cross = self.multiply(b, p, x0, x1)
        return self.multiply(b, p, plus, minus) + self.add(b, p, cross, cross)

    def reduce(self, b: Any, p: int, x: Limbs) -> Limbs:
        """Values are always reduced."""
        return x

    def canonical(self, b: Any, p: int, x: Limbs) -> Limbs:
        """Subtract p once where x reaches it."""
        return _inline(b, chains.canonical, p, x, x)

    def select(self, b: Any, mask: Any, x: Limbs, y: Limbs) -> Limbs:
        """Choose x where the mask holds."""
        return [b.select(mask, u, v) for u, v in zip(x, y, strict=True)]

    def all_zero(self, b: Any, x: Limbs) -> Any:
        """Whether all limbs are 0."""
        total = x[0]
        for limb in x[1:]:
            total = b.or_(total, limb)
        return b.icmp_unsigned("==", total, ir.Constant(I32, 0))

    def any_lane(self, b: Any, mask: Any) -> Any:
        """The mask itself."""
        return mask

    def first_words(self, b: Any, x: Limbs) -> Limbs:
        """The value's own words."""
        return x

    def splat_words(self, b: Any, words: Limbs) -> Limbs:
        """The words as they are."""
        return words

    # --- packed rows: they begin at a multiple of 16 bytes, as all memory of a card does

    def load_rows(self, b: Any, rows: list[Any], words: int, shift: int) -> list[Limbs]:
        """The field elements of one row of `words` 64-bit words, 16 bytes at a time."""
        pointer = b.inttoptr(rows[0], FOUR.as_pointer(GLOBAL))
        limbs = []
        for j in range(words // 2):
            four = b.load(b.gep(pointer, [ir.Constant(I32, j)]))
            four.align = ROW_ALIGNMENT
            limbs += [b.extract_element(four, ir.Constant(I32, k)) for k in range(4)]
        return [limbs[i : i + self.limbs] for i in range(0, len(limbs), self.limbs)]

    def store_rows(self, b: Any, rows: list[Any], elements: list[Limbs]) -> None:
        """Store the field elements of one row, 16 bytes at a time."""
        pointer = b.inttoptr(rows[0], FOUR.as_pointer(GLOBAL))
        limbs = [limb for element in elements for limb in element]
        for j in range(0, len(limbs), 4):
            four = ir.Constant(FOUR, ir.Undefined)
            for k, limb in enumerate(limbs[j : j + 4]):
                four = b.insert_element(four, limb, ir.Constant(I32, k))
            b.store(four, b.gep(pointer, [ir.Constant(I32, j // 4)])).align = ROW_ALIGNMENT


CUDA = Cuda()
