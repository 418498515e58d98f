"""Functions of three bits that a circuit has as one row each, as truth tables.

How a trace writes them is in circuits.compile.gates.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gate:
    """A function of the bits a, b and c: its value is bit a + 2 b + 4 c of `truth`."""

    name: str
    truth: int

    def __call__(self, a: int, b: int, c: int) -> int:
        """The value at three bits."""
        return self.truth >> (a + 2 * b + 4 * c) & 1


XOR = Gate("a ^ b ^ c", 0b10010110)
MAJORITY = Gate("the bit that two or three of a, b and c are", 0b11101000)
CHOOSE = Gate("b if a else c", 0b11011000)
CHI = Gate("a ^ (~b & c)", 0b10011010)
