"""The same in the plain run."""

from zkpipe import Private, UInt, circuit, narrow


@circuit
def example(a: Private[UInt[8]]):
    narrow(a * 2, UInt[8])


example(a=200)
