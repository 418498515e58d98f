"""An output that is not declared Public."""

from zkpipe import Bool, check, circuit


@circuit
def example() -> Bool:
    check(True)
