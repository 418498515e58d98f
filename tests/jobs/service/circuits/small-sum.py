"""A sum of small numbers, whose name is no name of Python's."""

from zkpipe import Private, Public, UInt, check, circuit


@circuit
def small_sum(left: Private[UInt[16]], right: Private[UInt[16]]) -> Public[UInt[17]]:
    """The left one is smaller."""
    check(left < right, "left is not below right")
    return left + right
