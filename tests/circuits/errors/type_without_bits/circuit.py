"""UInt alone."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(x: Private[UInt]):
    check(True)
