"""A result wider than declared."""

from zkpipe import Private, UInt, circuit, component


@component
def square(x: UInt[8]) -> UInt[8]:
    return x * x


@circuit
def example(a: Private[UInt[8]]):
    square(a)


example.compile()
