"""Bugs of real circuits, rebuilt small in the language: each broken, beside its corrected twin.

The title is the bug's in the index of zkbugs (tests/vectors/zkbugs/index.json), which has its
project and its root cause. What is rebuilt is the mistake, at the size at which it can be seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zkpipe.circuits.define.circuit import Circuit

Inputs = Mapping[str, Any]


@dataclass(frozen=True)
class Bug:
    """A broken circuit and its corrected twin, of the same parameters and outputs.

    inputs     that both accept with the same outputs
    wire       part of a name that the verdict on the broken one gives; "" if it is proved SAFE
    lie        what a prover says instead of what the hints return, by the number of the hint; all
               rows of the broken circuit take it, and prove what they must not
    at         inputs for which the lie is told, if not `inputs`
    forbidden  inputs that the broken one takes, by the lie or without, and the corrected one
               rejects, with a text of the refusal
    """

    title: str
    broken: Circuit
    corrected: Circuit
    inputs: Inputs
    wire: str = ""
    lie: Mapping[int, Sequence[int]] = field(default_factory=dict)
    at: Inputs | None = None
    forbidden: Sequence[tuple[Inputs, str]] = ()

    @property
    def name(self) -> str:
        """What the circuit is called."""
        return self.broken.name.removesuffix("_broken")
