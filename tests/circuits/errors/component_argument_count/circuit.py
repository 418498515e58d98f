"""A missing argument."""

from circuits import UInt, component


@component
def square(x: UInt[8]) -> UInt[16]:
    return x * x


square()
