"""254 bits."""

from circuits import Field, Private, circuit
from circuits.gadgets import to_bits


@circuit
def example(a: Private[Field]):
    to_bits(a, 254)


example.compile()
