"""A member of an enum that is no integer."""

from enum import Enum

from zkpipe import Private, UInt, check, circuit


class Colour(Enum):
    RED = 1


@circuit
def example(a: Private[UInt[8]]):
    check(a == Colour.RED)


example.compile()
