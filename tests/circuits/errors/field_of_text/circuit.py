"""A text as a Field."""

from circuits import Field, Private, UInt, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    Field("a")


example.compile()
