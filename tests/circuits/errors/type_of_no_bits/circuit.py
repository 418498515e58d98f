"""Int[0]."""

from zkpipe import Int, Private, check, circuit


@circuit
def example(x: Private[Int[0]]):
    check(True)
