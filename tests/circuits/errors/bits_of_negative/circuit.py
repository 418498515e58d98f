"""Bits of what may be negative."""

from zkpipe import Int, Private, circuit
from zkpipe.circuits.gadgets import to_bits


@circuit
def example(a: Private[Int[8]]):
    to_bits(a, 8)


example.compile()
