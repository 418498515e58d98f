"""UInt alone."""

from circuits import Private, UInt, check, circuit


@circuit
def example(x: Private[UInt]):
    check(True)
