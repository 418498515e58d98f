"""any_of() of integers."""

from zkpipe import Private, UInt, any_of, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(any_of([a, b]))


example.compile()
