"""Python's assert for a check."""

from zkpipe import Private, UInt, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    assert a < b, "the order"


example.compile()
