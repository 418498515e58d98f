"""An enum of Python's."""

from enum import IntEnum

from zkpipe import Private, check, circuit


class Colour(IntEnum):
    RED = 1


@circuit
def example(a: Private[Colour]):
    check(a == 1)


example.compile()
