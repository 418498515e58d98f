"""Neither Public nor Private."""

from zkpipe import Field, check, circuit


@circuit
def example(x: Field):
    check(True)
