"""A hint's function reads a value of the circuit."""

from zkpipe import Private, UInt, check, circuit, hint


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    q = hint(lambda x: x // b, a, returns=UInt[8])
    check(q * b == a)


example.compile()
