"""Public in a component."""

from circuits import Field, Public, component


@component
def square(x: Public[Field]) -> Field:
    return x * x
