"""A hint beyond its type."""

from zkpipe import Private, UInt, circuit, hint


def square(n):
    return n * n


@circuit
def example(a: Private[UInt[8]]):
    hint(square, a, returns=UInt[8], waive="any")


example.compile().solve(a=200)
