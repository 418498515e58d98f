"""A text of digits for a Fixed, in Python."""

from zkpipe import Fixed, Public, check, circuit


@circuit
def example(limit: Public[Fixed[16, 12]]) -> None:
    check(limit != 0)


example.compile().solve(limit="0.4")
