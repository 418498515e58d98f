"""UInt[254]."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(x: Private[UInt[254]]):
    check(True)
