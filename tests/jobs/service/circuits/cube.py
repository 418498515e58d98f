"""A cube; its constants come from a module beside it."""

from steps import times

from zkpipe import Field, Private, Public, circuit


@circuit
def cube(root: Private[Field]) -> Public[Field]:
    """Someone knows a root of this cube."""
    return times(times(root, root), root)
