"""A signal decides a loop."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    while a > b:
        a = a - 1
    check(a == b)


example.compile()
