"""minimum() of nothing."""

from zkpipe import Private, UInt, circuit, minimum


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    minimum([])


example.compile()
