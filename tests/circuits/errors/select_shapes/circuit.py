"""select() between lists of two lengths."""

from zkpipe import Private, UInt, circuit, select


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    select(a == b, [a, b], [a])


example.compile()
