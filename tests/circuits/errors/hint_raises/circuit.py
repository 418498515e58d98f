"""A hint that raises."""

from zkpipe import Private, UInt, circuit, hint


def reciprocal(n):
    return 100 // n


@circuit
def example(a: Private[UInt[8]]):
    hint(reciprocal, a, returns=UInt[8], waive="any")


example.compile().solve(a=0)
