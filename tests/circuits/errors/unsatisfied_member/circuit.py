"""A value that is none of those allowed."""

from zkpipe import Private, UInt, check, circuit, member


@circuit
def example(colour: Private[UInt[8]]) -> None:
    check(member(colour, [3, 17, 80]), "no such colour")


example.compile().solve(colour=18)
