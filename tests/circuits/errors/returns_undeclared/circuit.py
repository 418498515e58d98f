"""A value without a declared output."""

from zkpipe import Field, Private, circuit


@circuit
def example(x: Private[Field], y: Private[Field]):
    return x


example.compile()
