"""The errors of benchmarks, in the tree of ground.errors.

ZkpipeError
├── CrossCheckError   a proof that another tool refuses: its time is worth nothing (exit status 1)
├── PeerError         a peer's program that fails, or that is named in a way that cannot be
├── MeasurementError  a process of a measurement that ends before its work, or does none
│   └── ExitError     one that ends by itself, with another exit status than 0
├── FormatError       (ground.errors) a file that is not the results of a run
└── MissingError      (ground.errors) matplotlib, for a report, is not installed
"""

from __future__ import annotations

from typing import ClassVar

from zkpipe.ground.errors import ZkpipeError


class CrossCheckError(ZkpipeError):
    """A proof that another tool refuses, or public values that differ from the witness's."""

    exit_status: ClassVar[int] = 1


class PeerError(ZkpipeError):
    """A peer's program that fails, or that is named in a way that cannot be."""


class MeasurementError(ZkpipeError):
    """A process of a measurement that ended before its work; the evidence is its last words."""

    @property
    def told(self) -> str:
        """What it was and its last words, in a line."""
        return " ".join([self.problem, *self.evidence])


class ExitError(MeasurementError):
    """A process that ended by itself, with another exit status than 0."""
