"""A check inside a component."""

from zkpipe import Private, UInt, check, circuit, component


@component
def positive(x: UInt[8]) -> UInt[8]:
    check(x != 0, "not positive")
    return x


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    positive(a)
    positive(b)


example.compile().solve(a=1, b=0)
