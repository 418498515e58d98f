"""A list is narrowed to a number's type."""

from zkpipe import Array, Private, UInt, check, circuit, narrow


@circuit
def example(a: Private[Array[UInt[8], 3]]):
    check(narrow(a, UInt[4])[0] == 3)


example.compile()
