"""A number that does not fit once it is rounded."""

from zkpipe import Fixed, Private, Public, circuit


@circuit
def example(rate: Private[Fixed[8, 6]]) -> Public[Fixed[8, 6]]:
    return rate


example.compile().solve(rate=1.995)
