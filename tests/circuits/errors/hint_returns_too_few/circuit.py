"""A hint that returns too few values."""

from zkpipe import Private, UInt, circuit, hint


def pair(n):
    return (n,)


@circuit
def example(a: Private[UInt[8]]):
    hint(pair, a, returns=(UInt[8], UInt[8]), waive="any")


example.compile().solve(a=200)
