"""A limit between two units."""

from zkpipe import Fixed, Private, check, circuit


@circuit
def example(share: Private[Fixed[32, 16]]):
    check(share < 0.4, "the share is too large")


example.compile()
