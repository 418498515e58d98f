"""A hint's function is a generator."""

from zkpipe import Private, UInt, check, circuit, hint


def halves(x):
    yield x // 2


@circuit
def example(a: Private[UInt[8]]):
    q = hint(halves, a, returns=UInt[8])
    check(q * 2 == a)


example.compile()
