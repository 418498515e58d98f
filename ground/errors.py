"""The errors of zkpipe: one tree, each error with what happened, the evidence, and what to do.

    ZkpipeError
    ├── KindError         an argument of another kind than the function takes
    ├── ShapeError        arrays whose shapes, dtypes or lengths do not fit together
    ├── RangeError        a number outside the range it must lie in
    ├── FormatError       a file or a JSON text that is not what it should be
    ├── MissingError      something this needs is not on this machine (exit status 3)
    ├── CardError         a card that fails, or is too small, while it computes (exit status 3)
    ├── FileError         a file that cannot be read or written (ground.files.reading)
    ├── circuits.errors   CompileError, InputError, UnsatisfiedError
    ├── prover.errors     CeremonyError, InsecureKeyError, ProofError, WitnessError and below
    ├── verifier_contracts.errors   ContractError and below
    ├── jobs.errors        JobError and below
    ├── exchange.errors    ExchangeError and below
    └── benchmarks.errors  CrossCheckError, PeerError, MeasurementError

Errors and warnings go through process pools whole (ground.sent).

A class holds its facts as fields; `str(error)` never shows a private value, `error.explain()` may.

What is done, and is likely not what was meant, is a ZkpipeWarning: Python's warnings show it, a
command prints it as a line on standard error.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import ClassVar

from zkpipe.ground.sent import Sent


class ZkpipeError(Sent, Exception):
    """Base of every error that zkpipe raises on purpose.

    problem   one sentence: what is wrong, with names and public values
    fix       one sentence: what to do about it
    evidence  lines that show where, for people (source lines, offsets); public values only

    `exit_status` is what the command line ends with: 1 the answer is no, 2 the input or the usage
    is wrong, 3 something is missing on this machine.
    """

    exit_status: ClassVar[int] = 2

    def __init__(self, problem: str, fix: str, evidence: Iterable[str] = ()) -> None:
        self.problem = problem
        self.fix = fix
        self.evidence = tuple(evidence)
        super().__init__(problem, fix)

    def __str__(self) -> str:
        return "\n".join([self.problem, *(f"  {line}" for line in self.evidence), self.fix])

    def explain(self) -> str:
        """The message for the person the data belong to: may show private values."""
        return str(self)


class KindError(ZkpipeError):
    """An argument of another kind than the function takes: see ground.kinds."""


class ShapeError(ZkpipeError):
    """Arrays whose shapes, dtypes or lengths do not fit together."""


class RangeError(ZkpipeError):
    """A number outside the range it must lie in."""


class FormatError(ZkpipeError):
    """A file or a JSON text that is not what it should be."""


class MissingError(ZkpipeError):
    """Something this needs is not on this machine; the fix says how to get it."""

    exit_status: ClassVar[int] = 3


class CardError(ZkpipeError):
    """A card that fails, or is too small, while it computes; the processor can compute the same."""

    exit_status: ClassVar[int] = 3


class ZkpipeWarning(Sent, UserWarning):
    """Base of every warning: something was done that is likely not what was meant.

    kind      for machines: vacuous-check, unused-private-input, ...
    problem   one sentence: what is doubtful, with names and public values
    fix       one sentence: what to do about it
    evidence  lines that show where, for people; public values only
    """

    def __init__(self, kind: str, problem: str, fix: str, evidence: Iterable[str] = ()) -> None:
        self.kind = kind
        self.problem = problem
        self.fix = fix
        self.evidence = tuple(evidence)
        super().__init__(problem, fix)

    def __str__(self) -> str:
        return "\n".join([self.problem, *(f"  {line}" for line in self.evidence), self.fix])

    @property
    def place(self) -> tuple[str, int]:
        """The file and the line that it is about."""
        return "zkpipe", 1

    def report(self) -> None:
        """Hand it to Python's warnings, whose filters say whether it is shown, or raised.

        It is handed over each time, not once for each line as Python's own are: the second circuit
        of a process deserves it as much as the first.
        """
        warnings.warn_explicit(self, type(self), *self.place)


class CardWarning(ZkpipeWarning):
    """The processor computed what a card could not, or computed wrongly."""
