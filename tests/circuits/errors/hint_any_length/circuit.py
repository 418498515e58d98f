"""A hint that returns an Array of any length."""

from zkpipe import Array, Private, UInt, circuit, hint


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    hint(max, a, b, returns=Array[UInt[8], ...])


example.compile()
