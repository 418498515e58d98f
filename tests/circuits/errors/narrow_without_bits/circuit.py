"""narrow() to UInt alone."""

from zkpipe import Private, UInt, circuit, narrow


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    narrow(a, UInt)


example.compile()
