"""A value without so many bits."""

from circuits import Field, Private, circuit
from circuits.gadgets import to_bits


@circuit
def example(a: Private[Field]):
    to_bits(a, 8)


example.compile().solve(a=-1)
