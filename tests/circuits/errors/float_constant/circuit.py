"""A float beside a signal."""

from zkpipe import Field, Private, check, circuit


@circuit
def example(x: Private[Field], y: Private[Field]):
    check(x * 0.5 == y)


example.compile()
