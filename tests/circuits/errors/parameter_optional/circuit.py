"""A parameter may be missing."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]] | None):
    check(a == 1)


example.compile()
