"""hint() without a function."""

from zkpipe import Private, UInt, circuit, hint


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    hint(5, a, returns=UInt[8])


example.compile()
