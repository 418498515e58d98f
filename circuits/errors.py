"""The errors of circuits, in the tree of ground.errors.

    ZkpipeError
    ├── CompileError       the circuit's text asks for what cannot be, or would not be sound
    │   └── UnderconstrainedError   the inputs do not determine a value (soundness.errors)
    ├── InputError         a name or a value given to a circuit does not fit
    ├── UnsatisfiedError   the values do not satisfy the circuit: no proof exists (exit status 1)
    └── CalculatorError    a program of circom fails, or takes more time or memory than it may

Each names the user's file and line where there is one. Values of private wires stay in fields.

A CompileError or UnsatisfiedError made while a body runs is kept (circuits.swallowed).

What compiles and is likely not what was meant is a CircuitWarning.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from zkpipe.circuits.swallowed import keep
from zkpipe.ground.errors import ZkpipeError, ZkpipeWarning
from zkpipe.ground.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A place in the user's text: file, line and the text of that line.

    library  the line of a library that the user's line was running, if it was
    """

    file: str
    line: int
    text: str
    library: Source | None = None

    @property
    def lines(self) -> list[str]:
        """What a message shows of it."""
        return [str(self), *([str(self.library)] if self.library else [])]

    def __str__(self) -> str:
        return f"{self.file}:{self.line}     {self.text}"


class CompileError(ZkpipeError):
    """The circuit's text asks for what cannot be, or for what would not be sound.

    source  the place in the user's text, None if there is none
    """

    def __init__(
        self, problem: str, fix: str, source: Source | None = None, evidence: Iterable[str] = ()
    ) -> None:
        self.source = source
        super().__init__(problem, fix, [*(source.lines if source else []), *evidence])
        keep(self)


class CircuitWarning(ZkpipeWarning):
    """Something in a circuit that compiles, and likely does not say what its author means.

    source  the place in the user's text, None if there is none
    names   of the inputs and outputs that it is about
    """

    def __init__(
        self,
        kind: str,
        problem: str,
        fix: str,
        source: Source | None = None,
        names: Iterable[str] = (),
    ) -> None:
        self.source = source
        self.names = tuple(names)
        super().__init__(kind, problem, fix, [str(source)] if source else [])

    @property
    def place(self) -> tuple[str, int]:
        """The file and the line that it is about."""
        return (self.source.file, self.source.line) if self.source else super().place


class InputError(ZkpipeError):
    """A name or a value given to a circuit does not fit.

    parameter  the parameter's path (`incomes[3]`), None if the fault is in the whole
    value      what was given, None if nothing was; shown by explain() only
    """

    def __init__(
        self,
        problem: str,
        fix: str,
        parameter: str | None = None,
        value: object = None,
        evidence: Iterable[str] = (),
    ) -> None:
        self.parameter = parameter
        self.value = value
        super().__init__(problem, fix, evidence)

    def explain(self) -> str:
        """The message, with the value that was given."""
        if self.parameter is None or self.value is None:
            return str(self)
        from zkpipe.ground.shown import shown

        return f"{self}\n{self.parameter} = {shown(self.value)}"


class InexactError(InputError):
    """A number for a Fixed lies between two of the units, and its type does not round.

    nearest  the two numbers that the type holds on either side
    is_shown  whether the message shows them: of a private input explain() does
    """

    def __init__(
        self,
        problem: str,
        fix: str,
        parameter: str,
        value: object,
        nearest: tuple[str, str],
        is_shown: bool = False,
    ) -> None:
        self.nearest = nearest
        self.is_shown = is_shown
        shown = self._between() if is_shown else "error.explain() and --show-values tell them."
        super().__init__(problem, fix, parameter, value, [shown])

    def shown(self) -> InexactError:
        """The same of a public input, whose nearest numbers may be shown."""
        assert self.parameter is not None  # noqa: S101 - for the type checker: it has one
        return InexactError(self.problem, self.fix, self.parameter, self.value, self.nearest, True)

    def explain(self) -> str:
        """The message, with the value that was given and the two beside it."""
        shown = [super().explain(), *([] if self.is_shown else [self._between()])]
        return "\n".join(shown)

    def _between(self) -> str:
        return f"It lies between {self.nearest[0]} and {self.nearest[1]}."


class UnsatisfiedError(ZkpipeError):
    """The values do not satisfy the circuit, so there is no proof of it.

    source   the place of the check in the user's text, None for a system read from a file
    message  the second argument of that check, None if it has none
    values   names and values of both sides and of the inputs concerned; shown by explain() only
    suspect  the input that is likely wrong, if that can be told: of two sides either may be wrong
    cause    what a hint's function raised; not chained, for a traceback would show its text
    """

    exit_status: ClassVar[int] = 1

    def __init__(
        self,
        problem: str,
        fix: str,
        source: Source | None = None,
        message: str | None = None,
        values: Iterable[tuple[str, int]] = (),
        evidence: Iterable[str] = (),
        suspect: str | None = None,
        cause: BaseException | None = None,
    ) -> None:
        self.source = source
        self.message = message
        self.values = tuple(values)
        self.suspect = suspect
        self.cause = cause
        super().__init__(problem, fix, [*(source.lines if source else []), *evidence])
        keep(self)

    def explain(self) -> str:
        """The message, with the values of both sides and the inputs they come from."""
        lines = [str(self)]
        if self.values:
            lines += ["Values:", *(f"  {name} = {value}" for name, value in self.values)]
        if self.cause is not None:
            lines.append(f"It raised {self.cause!r}")
        if self.suspect is not None:
            lines.append(f"The input that is likely wrong: {self.suspect}")
        return "\n".join(lines)


class CalculatorError(ZkpipeError):
    """A program of circom cannot go on, or takes more time or memory than it may."""
