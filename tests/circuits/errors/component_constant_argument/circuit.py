"""A constant beyond the type."""

from zkpipe import UInt, component


@component
def square(x: UInt[8]) -> UInt[16]:
    return x * x


square(256)
