"""How a command fails: what the person sees, and the exit status.

    1   the answer is no: a proof does not hold, values do not satisfy a circuit
    2   the input or the usage is wrong
    3   something this needs is missing on this machine; the message says how to get it
    70  a fault of zkpipe itself (EX_SOFTWARE of BSD's sysexits.h)
    130, 143, 129, 141   interrupted, told to end (TERM, HUP), nobody reads the output: as shells
                         report the signals

Errors go to standard error: one sentence on what is wrong, the evidence, one on the fix; with
--json one JSON object with the same. A traceback comes only with --debug, and holds the messages
of exceptions that are not ours only with --show-values: those may quote private inputs.
"""

from __future__ import annotations

import errno
import json
import re
import sys
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

import click

from zkpipe.cli.console.answer import one_line, printable
from zkpipe.cli.console.signals import Ended
from zkpipe.ground.quick_dataclass import dataclass

USAGE, MISSING, FAULT, INTERRUPTED, BROKEN_PIPE = 2, 3, 70, 130, 141
REFUSALS = {  # what a system says when it is not our fault
    number
    for name in [
        "EACCES",
        "EPERM",
        "EROFS",
        "ENOSPC",
        "EDQUOT",
        "EFBIG",
        "EMFILE",
        "ENFILE",
        "EAGAIN",
        "EIO",
        "ESTALE",
    ]
    if (number := getattr(errno, name, None)) is not None
}
NO_THREAD = "can't start new thread"  # as Python says it
UNTOUCHED = "No output was left half-written."


@dataclass(frozen=True, slots=True)
class ErrorOptions:
    """The options that say how a failure is shown.

    Read from the words of the command line themselves: a failure may come before, or in, parsing.
    """

    json: bool
    debug: bool
    show_values: bool

    @classmethod
    def among(cls, words: Sequence[str]) -> ErrorOptions:
        """The options among the words of a command line."""
        options = set(takewhile(lambda word: word != "--", words))
        return cls("--json" in options, "--debug" in options, "--show-values" in options)


@dataclass(frozen=True, slots=True)
class Failure:
    """What is shown of an exception: see the module."""

    kind: str
    problem: str
    fix: str
    status: int
    evidence: tuple[str, ...] = ()
    explanation: str | None = None

    @classmethod
    def of(cls, error: BaseException, show_values: bool) -> Failure:
        """How an exception is told; `show_values` also tells private values."""
        kind = type(error).__name__
        if isinstance(error, click.Abort) and error.__cause__ is not None:
            error = error.__cause__  # click's word for KeyboardInterrupt
        # Of a transaction that may be mined yet: see verifier_contracts.transactions.sending.
        sent = tuple(getattr(error, "__notes__", ())) if hasattr(error, "begun") else ()
        left = sent[-1] if sent else UNTOUCHED
        if isinstance(error, click.ClickException):
            return cls("UsageError", *_usage(error), USAGE)
        if isinstance(error, KeyboardInterrupt | click.Abort):
            return cls("Interrupted", "Interrupted.", left, INTERRUPTED, sent[:-1])
        if isinstance(error, Ended):
            return cls("Ended", "Told to end.", left, 128 + error.number, sent[:-1])
        if isinstance(error, MemoryError) or _number(error) == errno.ENOMEM:
            return cls(
                kind,
                "There is not enough memory for this.",
                "Free some, or split it.",
                MISSING,
                sent,
            )
        if isinstance(error, ImportError):
            return cls(
                kind,
                f"A part of zkpipe cannot be imported: {error.msg}.",
                "`zkpipe doctor` says whether another package hides it; else install zkpipe again.",
                MISSING,
                sent,
            )
        from zkpipe.ground.errors import ZkpipeError

        if isinstance(error, ZkpipeError):
            explanation = error.explain() if show_values else None
            return cls(
                kind, error.problem, error.fix, error.exit_status, error.evidence, explanation
            )
        if _is_refusal(error):
            return cls(
                kind,
                f"This machine refuses something that the command needs: {_refused(error)}.",
                "See to that, and run the command again; --debug shows what it was doing.",
                MISSING,
                sent,
            )
        package = _failed_import(error)
        if package is not None:
            return cls(
                kind,
                f"{package} cannot be imported, which zkpipe needs: {_first_line(error)}.",
                "See to that: its settings in the environment, and room in memory. `zkpipe doctor` "
                "says what is installed.",
                MISSING,
                sent,
            )
        return cls(
            kind,
            f"zkpipe failed with {kind}, in {_place(error)}: a fault of zkpipe.",
            "Please report it with what --debug prints, which shows no values.",
            FAULT,
            sent,
        )

    def rendered(self, as_json: bool) -> str:
        """What goes to standard error."""
        if as_json:
            fields = {
                "kind": self.kind,
                "problem": self.problem,
                "evidence": self.evidence,
                "fix": self.fix,
                "exit_status": self.status,
            }
            if self.explanation is not None:
                fields["explanation"] = self.explanation
            return json.dumps({"error": fields}, indent=1)
        if self.explanation is not None:
            return printable(f"error: {self.explanation}")
        return printable(
            "\n".join([f"error: {one_line(self.problem)}", *self._evidence(), one_line(self.fix)])
        )

    def _evidence(self) -> list[str]:
        return [f"  {line}" for line in self.evidence]


def _usage(error: click.ClickException) -> tuple[str, str]:
    """What is wrong with the usage, and where the right one stands."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "zkpipe"
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return f"{command} needs a command.", f"`{command} --help` lists them."
    message = re.sub(r"\S{200,}", lambda word: f"{word[0][:60]}...", error.format_message().strip())
    words = " ".join([command, *context.command.collect_usage_pieces(context)]) if context else ""
    usage = f"Write `{words}`; " if words else ""
    return (
        message if message.endswith((".", "?", ")")) else message + ".",
        f"{usage}`{command} --help` says more.",
    )


def _place(error: BaseException) -> str:
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "the command line"


def _failed_import(error: BaseException) -> str | None:
    """The package of others in whose import this was raised; None if it was elsewhere."""
    import traceback

    from zkpipe.cli.machine.diagnosis import OURS

    package = None
    for frame, _ in traceback.walk_tb(error.__traceback__):
        name = str(frame.f_globals.get("__name__")).partition(".")[0]
        if name == OURS:
            package = None
        elif frame.f_code.co_name == "<module>":
            package = package or name
    return package


def _first_line(error: BaseException) -> str:
    """What is said while a package is imported, which knows no values of ours."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0].rstrip('.')}" if lines else type(error).__name__


def _is_refusal(error: BaseException) -> bool:
    return _number(error) in REFUSALS or (
        isinstance(error, RuntimeError) and str(error) == NO_THREAD
    )


def _number(error: BaseException) -> int | None:
    return error.errno if isinstance(error, OSError) else None


def _refused(error: BaseException) -> str:
    if not isinstance(error, OSError):
        return str(error)
    reason = error.strerror or type(error).__name__
    return f"{reason}: {error.filename}" if isinstance(error.filename, str) else reason


def stack(error: BaseException, show_values: bool) -> str:
    """The traceback, without messages of exceptions that are not ours unless values may show."""
    import traceback

    if show_values:
        return "".join(traceback.format_exception(error))
    from zkpipe.ground.errors import ZkpipeError

    parts: list[str] = []
    link: BaseException | None = error
    while link is not None:
        name = type(link).__name__
        told = f"{name}: {link}" if isinstance(link, ZkpipeError) else name
        parts.append("".join([*traceback.format_tb(link.__traceback__), told, "\n"]))
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\ncaused\n\n".join(reversed(parts))


def report(error: BaseException, options: ErrorOptions) -> int:
    """Print a failure to standard error and return the exit status."""
    failure = Failure.of(error, options.show_values)
    if options.debug:
        click.echo(printable(stack(error, options.show_values)), err=True)
    click.echo(failure.rendered(options.json), err=True)
    return failure.status


def is_broken_pipe(error: BaseException) -> bool:
    """Whether nobody reads the output any more; click turns that into an exit."""
    return isinstance(error, BrokenPipeError) or (
        isinstance(error, SystemExit) and type(sys.stdout).__name__ == "_PacifyFlushWrapper"
    )
