"""A signal in a match."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    match a:
        case 1:
            check(b == 2)


example.compile()
