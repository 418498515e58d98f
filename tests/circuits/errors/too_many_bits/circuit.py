"""255 bits."""

from zkpipe import Field, Private, circuit
from zkpipe.circuits.gadgets import to_bits


@circuit
def example(a: Private[Field]):
    to_bits(a, 255)


example.compile()
