"""Fields have no quotient."""

from zkpipe import Field, Private, check, circuit


@circuit
def example(x: Private[Field], y: Private[Field]):
    check(x // y == 1)


example.compile()
