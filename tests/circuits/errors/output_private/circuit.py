"""A private output."""

from circuits import Bool, Private, check, circuit


@circuit
def example() -> Private[Bool]:
    check(True)
