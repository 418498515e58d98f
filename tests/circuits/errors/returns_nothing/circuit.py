"""No value for a declared output."""

from zkpipe import Field, Private, Public, check, circuit


@circuit
def example(x: Private[Field], y: Private[Field]) -> Public[Field]:
    check(x == y)


example.compile()
