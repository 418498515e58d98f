"""An attribute is set on a value."""

from circuits import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    a.limit = 5
    check(a == b)


example.compile()
