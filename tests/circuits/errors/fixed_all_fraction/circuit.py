"""A Fixed with more digits behind the point than it has."""

from zkpipe import Fixed, Private, check, circuit


@circuit
def example(share: Private[Fixed[8, 12]]):
    check(share < 1)
