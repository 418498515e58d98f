"""A product, of which one factor is public."""

from zkpipe import Array, Field, Private, Public, circuit


@circuit
def product(factors: Private[Array[Field, 2]], by: Public[Field]) -> Public[Field]:
    """Someone knows two numbers whose product, times this, is that."""
    return factors[0] * factors[1] * by
