"""An index that is a text."""

from zkpipe import Array, Private, UInt, check, circuit


@circuit
def example(a: Private[Array[UInt[8], 3]]):
    check(a["first"] == 1)


example.compile()
