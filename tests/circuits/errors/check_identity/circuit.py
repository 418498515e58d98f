"""Whether two names mean one object."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(a is not b, "the two must differ")


example.compile()
