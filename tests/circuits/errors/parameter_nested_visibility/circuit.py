"""Private inside Array."""

from zkpipe import Array, Field, Private, Public, check, circuit


@circuit
def example(x: Private[Array[Public[Field], 2]]):
    check(True)
