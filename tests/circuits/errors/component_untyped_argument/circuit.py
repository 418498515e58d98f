"""No type in a component."""

from zkpipe import Field, component


@component
def square(x) -> Field:
    return x * x
