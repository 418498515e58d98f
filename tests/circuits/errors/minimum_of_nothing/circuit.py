"""minimum() of nothing."""

from circuits import Private, UInt, circuit, minimum


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    minimum([])


example.compile()
