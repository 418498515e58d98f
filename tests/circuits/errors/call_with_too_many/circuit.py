"""A function of the language has too many arguments."""

from zkpipe import Private, UInt, all_of, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(all_of(a == 3, b == 4))


example.compile()
