"""A sum beyond the field."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[253]], b: Private[UInt[253]]):
    check(a + b != 0)


example.compile()
