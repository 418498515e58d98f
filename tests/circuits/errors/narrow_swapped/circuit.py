"""The type comes first."""

from zkpipe import Private, UInt, check, circuit, narrow


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(narrow(UInt[4], a) == 3)


example.compile()
