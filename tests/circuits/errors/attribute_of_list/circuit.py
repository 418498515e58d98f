"""A method of numpy's arrays on a list."""

from zkpipe import Array, Private, UInt, check, circuit


@circuit
def example(a: Private[Array[UInt[8], 3]]):
    check(a.sum() == 3)


example.compile()
