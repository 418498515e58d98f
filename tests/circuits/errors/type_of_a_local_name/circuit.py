"""A type behind a local name, which looks like a check of its range."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]]):
    z: UInt[4] = a
    check(z != 3)
