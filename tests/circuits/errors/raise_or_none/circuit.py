"""An error that is raised for some values."""

from zkpipe import Private, UInt, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    raise ValueError("too large") if a > b else None


example.compile()
