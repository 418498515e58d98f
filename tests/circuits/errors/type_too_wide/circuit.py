"""UInt[254]."""

from circuits import Private, UInt, check, circuit


@circuit
def example(x: Private[UInt[254]]):
    check(True)
