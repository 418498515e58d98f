"""No type in a component."""

from circuits import Field, component


@component
def square(x) -> Field:
    return x * x
