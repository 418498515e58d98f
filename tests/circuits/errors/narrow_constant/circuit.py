"""narrow() of a constant that does not fit."""

from zkpipe import Private, UInt, circuit, narrow


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    narrow(300, UInt[8])


example.compile()
