"""A circuit with an input of every kind, for inputs that do not fit."""

from zkpipe import Array, Bool, Field, Int, Private, Public, UInt, check, circuit


@circuit
def order(
    limit: Public[UInt[16]],
    prices: Private[Array[UInt[8], 3]],
    discount: Private[Int[8]],
    rush: Private[Bool],
    salt: Private[Field],
) -> Public[Field]:
    """The prices, less the discount, stay within the limit."""
    total = sum(prices) - discount + 10 * rush
    check(total <= limit, "the order costs more than the limit")
    return total + salt
