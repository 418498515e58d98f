"""narrow() to what it never is."""

from zkpipe import Int, Private, UInt, circuit, narrow


@circuit
def example(a: Private[Int[8]]):
    narrow(a + 1000, UInt[8])


example.compile()
