"""A power beyond the field."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[32]]):
    check(a**8 != 0)


example.compile()
