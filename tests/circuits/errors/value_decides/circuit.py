"""A check depends on a value that is not known yet: it would be left out in silence."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    if a.value:
        check(b == 4)
    check(a + b < 300)


example.compile()
