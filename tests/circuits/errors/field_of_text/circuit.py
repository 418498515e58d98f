"""A text as a Field."""

from zkpipe import Field, Private, UInt, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    Field("a")


example.compile()
