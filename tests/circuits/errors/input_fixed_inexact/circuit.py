"""A private number between two units."""

from zkpipe import Fixed, Private, check, circuit


@circuit
def example(share: Private[Fixed[32, 16]]):
    check(share < 0.5)


example.compile().solve(share=0.4)
