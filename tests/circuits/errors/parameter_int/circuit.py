"""A Python type."""

from circuits import Private, check, circuit


@circuit
def example(x: Private[int]):
    check(True)
