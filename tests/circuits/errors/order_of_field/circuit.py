"""Fields have no order."""

from zkpipe import Field, Private, check, circuit


@circuit
def example(x: Private[Field], y: Private[Field]):
    check(x < y)


example.compile()
