"""A check's message with a value in it."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(a > b, f"{a} is too small")


example.compile()
