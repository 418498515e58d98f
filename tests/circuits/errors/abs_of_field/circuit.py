"""abs() of a Field."""

from zkpipe import Field, Private, check, circuit


@circuit
def example(x: Private[Field], y: Private[Field]):
    check(abs(x) == y)


example.compile()
