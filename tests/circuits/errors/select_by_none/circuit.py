"""select() by None."""

from zkpipe import Private, UInt, check, circuit, select


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(select(None, a, b) == 1)


example.compile()
