"""The cards' machine: one value a thread in eight 32-bit words, R = 2^256, always below 2p.

Its Montgomery form is the files' own, and eight words of 32 bits lie in memory as four of 64 do, so
rows are loaded as they are. Bounds are the scalar machine's. At capability 9.0 a product is 170
instructions, 121 of them wide multiplications; a square 180 and 91; a sum 31, a difference 30
(ptxas 13.5).

Source: accel.machines.carry_chains.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from llvmlite import ir

from zkpipe.accel.machines import carry_chains as chains
from zkpipe.accel.machines.lowering import Limbs
from zkpipe.accel.machines.machine import CUDA
from zkpipe.accel.machines.single_values import SingleValues

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


class Cuda(SingleValues):
    """Lowerings of field arithmetic on 32-bit words, as inline assembly."""

    machine = CUDA
    limb_type = I32

    def constant(self, value: int) -> Limbs:
        """An integer below 2^256 as limbs."""
        return [ir.Constant(I32, word) for word in chains.words_of(value)]

    def add(self, b: Any, p: int, x: Limbs, y: Limbs) -> Limbs:
        """Add: below 4p, less 2p where it reaches that."""
        return _inline(b, chains.sum_, p, x, y)

    def subtract(self, b: Any, p: int, x: Limbs, y: Limbs, y_bound: int) -> Limbs:
        """Subtract, plus 2p where that would be negative."""
        return _inline(b, chains.difference, p, x, y)

    def multiply(self, b: Any, p: int, x: Limbs, y: Limbs) -> Limbs:
        """x y / 2^256 mod p, below 2p for x and y below 2p."""
        return _inline(b, chains.product, p, x, y)

    def square(self, b: Any, p: int, x: Limbs) -> Limbs:
        """The products of different words once."""
        return _inline(b, chains.square, p, x, x)

    def canonical(self, b: Any, p: int, x: Limbs) -> Limbs:
        """Subtract p once where x reaches it."""
        return _inline(b, chains.canonical, p, x, x)

    # --- packed rows: they begin at a multiple of 16 bytes, as all memory of a card does

    def load_rows(self, b: Any, rows: list[Any], words: int, shift: int) -> list[Limbs]:
        """The field elements of one row of `words` 64-bit words, 16 bytes at a time."""
        pointer = b.inttoptr(rows[0], FOUR.as_pointer(GLOBAL))
        limbs = []
        for j in range(words // 2):
            four = b.load(b.gep(pointer, [ir.Constant(I32, j)]))
            four.align = ROW_ALIGNMENT
            limbs += [b.extract_element(four, ir.Constant(I32, k)) for k in range(4)]
        return [limbs[i : i + chains.WORDS] for i in range(0, len(limbs), chains.WORDS)]

    def store_rows(self, b: Any, rows: list[Any], elements: list[Limbs]) -> None:
        """Store the field elements of one row, 16 bytes at a time."""
        pointer = b.inttoptr(rows[0], FOUR.as_pointer(GLOBAL))
        limbs = [limb for element in elements for limb in element]
        for j in range(0, len(limbs), 4):
            four = ir.Constant(FOUR, ir.Undefined)
            for k, limb in enumerate(limbs[j : j + 4]):
                four = b.insert_element(four, limb, ir.Constant(I32, k))
            b.store(four, b.gep(pointer, [ir.Constant(I32, j // 4)])).align = ROW_ALIGNMENT
