"""A Fixed whose second number is missing."""

from zkpipe import Fixed, Private, check, circuit


@circuit
def example(share: Private[Fixed[16]]):
    check(share < 1)
