"""A list is used as a number."""

from zkpipe import Array, Private, UInt, check, circuit


@circuit
def example(a: Private[Array[UInt[8], 3]]):
    check((a + 1)[0] == 3)


example.compile()
