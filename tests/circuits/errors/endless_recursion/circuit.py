"""A function calls itself until a value is zero."""

from zkpipe import Private, UInt, check, circuit


def product(n):
    return 1 if n == 0 else n * product(n - 1)


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(product(a) == b)


example.compile()
