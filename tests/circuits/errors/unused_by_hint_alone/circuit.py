"""A comparison that only a hint takes."""

from zkpipe import Field, Private, UInt, check, circuit, hint


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    flag = hint(lambda less: less, a < b, returns=Field)
    check(flag * b == a)


example.compile()
