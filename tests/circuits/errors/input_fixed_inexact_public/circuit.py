"""A public number between two units."""

from zkpipe import Fixed, Private, Public, check, circuit


@circuit
def example(share: Private[Fixed[32, 16]], limit: Public[Fixed[32, 16]]):
    check(share < limit)


example.compile().solve(share=0.25, limit=0.4)
