"""Two lists that are compared."""

from zkpipe import Array, Private, UInt, check, circuit


@circuit
def example(a: Private[Array[UInt[8], 2]], b: Private[Array[UInt[8], 2]]):
    check(a > b)


example.compile()
