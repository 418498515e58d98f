"""Array[T, -1]."""

from zkpipe import Array, Field, Private, check, circuit


@circuit
def example(x: Private[Array[Field, -1]]):
    check(True)
