"""Python's `not`."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(not a == b)  # noqa: SIM201 - what the case is about


example.compile()
