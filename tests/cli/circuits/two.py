"""Two circuits in one file: which is meant must be said."""

from zkpipe import Field, Private, Public, circuit


@circuit
def double(half: Private[Field]) -> Public[Field]:
    """Someone knows half of this."""
    return 2 * half


@circuit
def triple(third: Private[Field]) -> Public[Field]:
    """Someone knows a third of this."""
    return 3 * third
