"""The error for a circuit whose inputs do not determine a value."""

from __future__ import annotations

from collections.abc import Iterable

from zkpipe.circuits.errors import CompileError, Source
from zkpipe.circuits.soundness.report import Report


class UnderconstrainedError(CompileError):
    """A value is not determined by the inputs, or it could not be proved that it is.

    value    what is not determined, as the user's text names it
    report   the verdict, all wires concerned, and for UNSAFE two witnesses
    """

    def __init__(
        self,
        problem: str,
        fix: str,
        value: str,
        report: Report,
        source: Source | None = None,
        evidence: Iterable[str] = (),
    ) -> None:
        self.value = value
        self.report = report
        super().__init__(problem, fix, source, evidence)
