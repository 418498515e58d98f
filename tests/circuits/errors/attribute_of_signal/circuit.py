"""A method of Python's integers on a value."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(a.bit_length() == 3)


example.compile()
