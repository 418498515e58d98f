"""from_bits() of integers."""

from zkpipe import Private, UInt, circuit
from zkpipe.circuits.gadgets import from_bits


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    from_bits([a, b])


example.compile()
