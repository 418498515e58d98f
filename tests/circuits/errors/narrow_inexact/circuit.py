"""A constant between two units."""

from zkpipe import Fixed, Private, check, circuit, narrow


@circuit
def example(share: Private[Fixed[32, 16]]):
    check(share < narrow(0.4, Fixed[32, 16]))


example.compile()
