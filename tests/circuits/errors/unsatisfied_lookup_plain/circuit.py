"""An index out of range in the plain run."""

from zkpipe import Array, Field, Private, Public, UInt, circuit, lookup


@circuit
def example(v: Private[Array[Field, 5]], i: Private[UInt[3]]) -> Public[Field]:
    return lookup(v, i)


example([10, 20, 30, 40, 50], 6)
