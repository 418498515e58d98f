"""all_of() of one value."""

from zkpipe import Private, UInt, all_of, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(all_of(a == b))


example.compile()
