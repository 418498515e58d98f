"""A Field for a bounded output."""

from zkpipe import Field, Private, Public, UInt, circuit


@circuit
def example(x: Private[Field], y: Private[Field]) -> Public[UInt[8]]:
    return x * y


example.compile()
