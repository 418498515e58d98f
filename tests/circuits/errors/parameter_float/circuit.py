"""A float."""

from circuits import Private, check, circuit


@circuit
def example(x: Private[float]):
    check(True)
