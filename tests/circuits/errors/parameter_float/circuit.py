"""A float."""

from zkpipe import Private, check, circuit


@circuit
def example(x: Private[float]):
    check(True)
