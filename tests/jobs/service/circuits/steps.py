"""What a circuit imports."""

from zkpipe import Field


def times(a: Field, b: Field) -> Field:
    """The product."""
    return a * b
