"""The errors of the prover, in the tree of ground.errors.

ZkpipeError
├── CeremonyError      a transcript of a ceremony that does not hold (exit status 1)
├── InsecureKeyError   a key under which somebody could forge proofs, or that is no key at all
├── ProofError         a proof whose points or public values are not what they must be
└── WitnessError       a witness that is not of the key's circuit
    └── UnprovableError  a witness from which no valid proof can be made (exit status 1)
"""

from __future__ import annotations

from typing import ClassVar

from zkpipe.ground.errors import ZkpipeError


class CeremonyError(ZkpipeError):
    """A transcript of a ceremony that does not hold, and where.

    contribution  its number, from 1; None if it is no contribution
    section       of the file; None if it is no section
    index         of the point in its section; None if it is no one point
    """

    exit_status: ClassVar[int] = 1

    def __init__(
        self,
        problem: str,
        fix: str,
        *,
        contribution: int | None = None,
        section: int | None = None,
        index: int | None = None,
    ) -> None:
        self.contribution, self.section, self.index = contribution, section, index
        super().__init__(problem, fix)


class InsecureKeyError(ZkpipeError):
    """A key under which somebody could forge proofs, or whose points are no points."""


class ProofError(ZkpipeError):
    """A proof with a coordinate out of range, a point off its curve or outside its group."""


class WitnessError(ZkpipeError):
    """A witness that is not of the circuit that the key was made for."""


class UnprovableError(WitnessError):
    """A witness that does not satisfy the key's circuit: no valid proof can be made from it."""

    exit_status: ClassVar[int] = 1
