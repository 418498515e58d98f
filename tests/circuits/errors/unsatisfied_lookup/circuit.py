"""An index out of range when solved."""

from zkpipe import Array, Field, Private, Public, UInt, circuit, lookup


@circuit
def example(v: Private[Array[Field, 5]], i: Private[UInt[3]]) -> Public[Field]:
    return lookup(v, i)


example.compile().solve(v=[10, 20, 30, 40, 50], i=6)
