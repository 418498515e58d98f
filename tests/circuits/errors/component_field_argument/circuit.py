"""A Field for a UInt."""

from zkpipe import Field, Private, UInt, circuit, component


@component
def square(x: UInt[8]) -> UInt[16]:
    return x * x


@circuit
def example(a: Private[Field]):
    square(a)


example.compile()
