"""A Fixed as a Field."""

from zkpipe import Field, Fixed, Private, circuit


@circuit
def example(a: Private[Fixed[32, 16]]):
    Field(a)


example.compile()
