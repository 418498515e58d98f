"""A comparison of 254 bits."""

from circuits import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[253]]):
    check(a < 5)


example.compile()
