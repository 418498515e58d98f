"""A product beyond the field."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[200]], b: Private[UInt[200]]):
    check(a * b != 0)


example.compile()
