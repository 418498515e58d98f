"""A parameter has one of two types."""

from circuits import Int, Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8] | Int[8]]):
    check(a == 1)


example.compile()
