"""A function of the language has too few arguments."""

from zkpipe import Private, UInt, check, circuit, select


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(select(a == 3, b) == 4)


example.compile()
