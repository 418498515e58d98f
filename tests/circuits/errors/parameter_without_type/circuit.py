"""No annotation."""

from circuits import check, circuit


@circuit
def example(x):
    check(True)
