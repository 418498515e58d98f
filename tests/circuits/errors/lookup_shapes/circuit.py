"""A table with an entry of another shape."""

from zkpipe import Private, Public, UInt, circuit, lookup


@circuit
def example(i: Private[UInt[2]]) -> Public[UInt[8]]:
    return lookup([[1, 2], [3, 4], [5]], i)[0]


example.compile()
