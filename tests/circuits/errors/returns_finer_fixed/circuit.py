"""A result in finer units than declared."""

from zkpipe import Fixed, Private, Public, circuit


@circuit
def example(a: Private[Fixed[16, 8]], b: Private[Fixed[16, 4]]) -> Public[Fixed[40, 4]]:
    return a * b


example.compile()
