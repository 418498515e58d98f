"""A parameter has one of two types."""

from zkpipe import Int, Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8] | Int[8]]):
    check(a == 1)


example.compile()
