"""Python's min."""

from zkpipe import Private, Public, UInt, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]) -> Public[UInt[8]]:
    return min(a, b)


example.compile()
