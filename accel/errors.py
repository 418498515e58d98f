"""The errors of zkpipe: one tree, each error with what happened, the evidence, and what to do.

    ZkpipeError
    ├── ShapeError        arrays whose shapes, dtypes or lengths do not fit together
    ├── RangeError        a number outside the range it must lie in
    ├── FormatError       a file or a JSON text that is not what it should be
    ├── MissingError      something this needs is not on this machine (exit status 3)
    ├── FileError         a file that cannot be read or written (circuits.formats.files)
    ├── circuits.errors   CompileError, InputError, UnsatisfiedError
    ├── prover.errors     InsecureKeyError, ProofError, WitnessError, UnprovableError
    ├── verifier_contracts.errors   ContractError and below
    └── benchmarks.errors  CrossCheckError, PeerError, MeasurementError

A class holds its facts as fields; `str(error)` never shows a private value, `error.explain()` may.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar


class ZkpipeError(Exception):
    """Base of every error that zkpipe raises on purpose.

    what      one sentence: what is wrong, with names and public values
    mend      one sentence: what to do about it
    evidence  lines that show where, for people (source lines, offsets); public values only

    `exit_status` is what the command line ends with: 1 the answer is no, 2 the input or the usage
    is wrong, 3 something is missing on this machine.
    """

    exit_status: ClassVar[int] = 2

    def __init__(self, what: str, mend: str, evidence: Iterable[str] = ()) -> None:
        self.what = what
        self.mend = mend
        self.evidence = tuple(evidence)
        super().__init__(what, mend)

    def __str__(self) -> str:
        return "\n".join([self.what, *(f"  {line}" for line in self.evidence), self.mend])

    def explain(self) -> str:
        """The message for the person the data belong to: may show private values."""
        return str(self)


class ShapeError(ZkpipeError):
    """Arrays whose shapes, dtypes or lengths do not fit together."""


class RangeError(ZkpipeError):
    """A number outside the range it must lie in."""


class FormatError(ZkpipeError):
    """A file or a JSON text that is not what it should be."""


class MissingError(ZkpipeError):
    """Something this needs is not on this machine; the mend says how to get it."""

    exit_status: ClassVar[int] = 3
