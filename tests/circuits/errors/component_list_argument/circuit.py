"""A list for a scalar."""

from circuits import UInt, component


@component
def square(x: UInt[8]) -> UInt[16]:
    return x * x


square([1])
