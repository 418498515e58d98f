"""An Array without a length."""

from zkpipe import Array, Field, Private, check, circuit


@circuit
def example(x: Private[Array[Field, ...]]):
    check(True)
