"""A list of another length."""

from zkpipe import Array, Field, component


@component
def total(xs: Array[Field, 3]) -> Field:
    return sum(xs)


total([1, 2])
