"""Private without a type."""

from zkpipe import Private, check, circuit


@circuit
def example(a: Private):
    check(a == 1)


example.compile()
