"""A tuple of another length."""

from zkpipe import Field, Private, Public, circuit


@circuit
def example(x: Private[Field], y: Private[Field]) -> tuple[Public[Field], Public[Field]]:
    return (x,)


example.compile()
