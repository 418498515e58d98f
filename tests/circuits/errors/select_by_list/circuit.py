"""A choice by a list of conditions."""

from zkpipe import Private, UInt, check, circuit, select


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(select([a > 1, b > 1], a, b) == 3)


example.compile()
