"""& of a Bool and an integer."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check((a == 1) & b)


example.compile()
