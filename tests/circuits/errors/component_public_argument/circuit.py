"""Public in a component."""

from zkpipe import Field, Public, component


@component
def square(x: Public[Field]) -> Field:
    return x * x
