"""Array[T]."""

from circuits import Array, Field, Private, check, circuit


@circuit
def example(x: Private[Array[Field]]):
    check(True)
