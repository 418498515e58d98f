"""A constant that no Field holds."""

from zkpipe import Field, Private, UInt, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    Field(2**300) * a


example.compile()
