"""from_bits() of integers."""

from circuits import Private, UInt, circuit
from circuits.gadgets import from_bits


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    from_bits([a, b])


example.compile()
