"""Int[0]."""

from circuits import Int, Private, check, circuit


@circuit
def example(x: Private[Int[0]]):
    check(True)
