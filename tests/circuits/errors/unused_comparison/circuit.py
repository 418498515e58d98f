"""A comparison that should have been a check."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    a < b  # noqa: B015
    within = a + b <= 99  # noqa: F841
    check(a != b)


example.compile()
