"""@circuit on a class."""

from circuits import circuit


@circuit
class Example:
    pass
