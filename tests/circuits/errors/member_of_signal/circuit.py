"""Membership in a single value."""

from zkpipe import Private, UInt, check, circuit, member


@circuit
def example(x: Private[UInt[8]], y: Private[UInt[8]]) -> None:
    check(member(x, y))


example.compile()
