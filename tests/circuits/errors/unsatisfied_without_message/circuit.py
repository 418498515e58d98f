"""A check without a message."""

from zkpipe import Private, Public, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Public[UInt[8]]):
    check(a * a < b)


example.compile().solve(a=9, b=7)
