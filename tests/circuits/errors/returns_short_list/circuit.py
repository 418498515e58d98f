"""A list of another length."""

from zkpipe import Array, Field, Private, Public, circuit


@circuit
def example(x: Private[Field], y: Private[Field]) -> Public[Array[Field, 2]]:
    return [x]


example.compile()
