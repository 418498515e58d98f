"""A private output."""

from zkpipe import Bool, Private, check, circuit


@circuit
def example() -> Private[Bool]:
    check(True)
