"""A hint that returns a float."""

from zkpipe import Private, UInt, circuit, hint


def half(n):
    return n / 2


@circuit
def example(a: Private[UInt[8]]):
    hint(half, a, returns=UInt[8], waive="any")


example.compile().solve(a=200)
