"""A Python type."""

from zkpipe import Private, check, circuit


@circuit
def example(x: Private[int]):
    check(True)
