"""A default."""

from circuits import Field, Private, check, circuit


@circuit
def example(x: Private[Field] = 3):
    check(True)
