"""No annotation."""

from zkpipe import check, circuit


@circuit
def example(x):
    check(True)
