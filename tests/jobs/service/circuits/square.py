"""A square."""

from zkpipe import Field, Private, Public, circuit


@circuit
def square(root: Private[Field]) -> Public[Field]:
    """Someone knows a root of this square."""
    return root * root
