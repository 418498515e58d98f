"""Bits of what may be negative."""

from circuits import Int, Private, circuit
from circuits.gadgets import to_bits


@circuit
def example(a: Private[Int[8]]):
    to_bits(a, 8)


example.compile()
