"""A list and a value."""

from zkpipe import Array, Private, UInt, check, circuit, minimum


@circuit
def example(a: Private[Array[UInt[8], 3]], b: Private[UInt[8]]):
    check(minimum(a, b) == 3)


example.compile()
