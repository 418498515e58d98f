"""A hint's function takes other arguments."""

from zkpipe import Private, UInt, check, circuit, hint


def divided(x, y):
    return x // y


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    q = hint(divided, a, returns=UInt[8])
    check(q * b == a)


example.compile()
