"""A float that is not exact in a number's units."""

from zkpipe import Fixed, Private, Public, circuit


@circuit
def example(amount: Private[Fixed[32, 16]]) -> Public[Fixed[64, 16]]:
    return amount * 1.1


example.compile()
