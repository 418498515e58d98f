"""The circuit that jobs for compiling ahead solve and prove, apart: to list jobs is quick."""

from __future__ import annotations

from zkpipe.circuits import Field, Private, Public, UInt, check, circuit, hint


def _double(x: int) -> int:
    return 2 * x


@circuit
def small(x: Private[UInt[8]], y: Public[Field]) -> None:
    """A circuit with a hint, for the kernel that evaluates what a hint is given."""
    twice = hint(_double, x, returns=Field)
    check(twice == x + x, "twice is not twice")
    check(twice * x == y, "y is not 2 x^2")
