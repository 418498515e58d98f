"""A signal decides an if."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    if a > b:
        check(a == 3)


example.compile()
