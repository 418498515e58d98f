"""An index that is never in the list."""

from zkpipe import Array, Field, Private, Public, UInt, circuit, lookup


@circuit
def example(v: Private[Array[Field, 4]], i: Private[UInt[2]]) -> Public[Field]:
    return lookup(v, i + 4)


example.compile()
