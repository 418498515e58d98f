"""The circuits that are measured; benchmarks.workloads.workloads says why these.

Without `from __future__ import annotations`: the length of an array stands in an annotation, and
is known in the function around it only.
"""

from zkpipe.circuits import Array, Field, Private, Public, UInt, circuit
from zkpipe.circuits.define.circuit import Circuit

BITS = 32


def chain_of(steps: int) -> Circuit:
    """x = x * x + x, `steps` times: a row and a wire each, and one of each for the result."""

    @circuit
    def chain(start: Private[Field]) -> Public[Field]:
        x = start
        for _ in range(steps):
            x = x * x + x
        return x

    return chain


def bits_of(count: int) -> Circuit:
    """Range checks of `count` values of 32 bits, 32 rows each, and their sum."""

    @circuit
    def bits(values: Private[Array[UInt[BITS], count]]) -> Public[UInt[52]]:
        return sum(values)

    return bits


@circuit
def square(root: Private[Field]) -> Public[Field]:
    """The least circuit with a public value."""
    return root * root
