"""@circuit on a class."""

from zkpipe import circuit


@circuit
class Example:
    pass
