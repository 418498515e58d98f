"""A negative exponent."""

from zkpipe import Field, Private, check, circuit


@circuit
def example(x: Private[Field], y: Private[Field]):
    check(x**-1 == y)


example.compile()
