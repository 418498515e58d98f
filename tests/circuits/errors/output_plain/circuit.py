"""An output that is not declared Public."""

from circuits import Bool, check, circuit


@circuit
def example() -> Bool:
    check(True)
