"""More inputs than any system has."""

from zkpipe import Array, Private, UInt, check, circuit


@circuit
def example(a: Private[Array[UInt[8], 1 << 31]]):
    check(a == 1)


example.compile()
