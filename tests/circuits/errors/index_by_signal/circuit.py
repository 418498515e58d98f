"""A secret index."""

from zkpipe import Array, Field, Private, Public, UInt, circuit


@circuit
def example(a: Private[UInt[2]], v: Private[Array[Field, 4]]) -> Public[Field]:
    return v[a]


example.compile()
