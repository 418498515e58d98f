"""Neither Public nor Private."""

from circuits import Field, check, circuit


@circuit
def example(x: Field):
    check(True)
