"""A shift of a Field."""

from zkpipe import Field, Private, UInt, check, circuit


@circuit
def example(a: Private[Field], b: Private[UInt[8]]):
    check(a << 2 == b)


example.compile()
