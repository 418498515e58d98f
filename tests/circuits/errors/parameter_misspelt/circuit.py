"""A type that is misspelt."""

from zkpipe import Private, check, circuit


@circuit
def example(a: "Private[Uint[8]]"):  # noqa: F821 - what the case is about
    check(a == 1)


example.compile()
