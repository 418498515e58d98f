"""A number is shifted by a value."""

from zkpipe import Int, Private, UInt, check, circuit


@circuit
def example(a: Private[Int[8]], b: Private[UInt[8]]):
    check(b << a == 4)


example.compile()
