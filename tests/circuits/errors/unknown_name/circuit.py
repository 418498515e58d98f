"""A name that is not imported."""

from __future__ import annotations

from zkpipe import Private, check, circuit


@circuit
def example(x: Private[Fieldd]):  # noqa: F821 - what the case is about
    check(True)
