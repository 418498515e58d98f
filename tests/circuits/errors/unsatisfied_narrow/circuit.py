"""A value that does not fit."""

from circuits import Private, UInt, circuit, narrow


@circuit
def example(a: Private[UInt[8]]):
    narrow(a * 2, UInt[8])


example.compile().solve(a=200)
