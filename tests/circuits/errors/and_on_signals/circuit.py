"""Python's `and` between comparisons."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(a > 1 and b > 1)


example.compile()
