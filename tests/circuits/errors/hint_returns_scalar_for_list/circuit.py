"""A hint that returns no list."""

from zkpipe import Array, Private, UInt, circuit, hint


def listed(n):
    return n


@circuit
def example(a: Private[UInt[8]]):
    hint(listed, a, returns=Array[UInt[8], 2], waive="any")


example.compile().solve(a=200)
