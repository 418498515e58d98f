"""A text beside a signal."""

from zkpipe import Field, Private, check, circuit


@circuit
def example(x: Private[Field], y: Private[Field]):
    check(x == "seven")


example.compile()
