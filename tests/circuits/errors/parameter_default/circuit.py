"""A default."""

from zkpipe import Field, Private, check, circuit


@circuit
def example(x: Private[Field] = 3):
    check(True)
