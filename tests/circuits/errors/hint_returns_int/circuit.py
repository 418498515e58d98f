"""A hint that returns int."""

from zkpipe import Private, UInt, circuit, hint


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    hint(max, a, b, returns=int)


example.compile()
