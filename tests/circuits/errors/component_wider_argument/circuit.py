"""A wider argument."""

from zkpipe import Private, UInt, circuit, component


@component
def square(x: UInt[8]) -> UInt[16]:
    return x * x


@circuit
def example(a: Private[UInt[9]]):
    square(a)


example.compile()
