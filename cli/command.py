"""The decorator of every command, and the group that runs one and ends the process.

    @command("verify", example="zkpipe verify vkey.json public.json proof.json")
    @click.argument(...)
    def verify(...) -> Answer:

It adds --json and --debug, and the example to the help; what the command answers or raises is
printed by the group, in one place.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import wraps
from typing import Any, NoReturn

import click

from zkpipe.cli.console.answer import Answer
from zkpipe.cli.console.streams import drop_what_is_left
from zkpipe.cli.console.warned import Warned
from zkpipe.cli.failure import BROKEN_PIPE, ErrorOptions, is_broken_pipe, report


class Commands(click.Group):
    """The group of all commands; prints answers and failures, and sets the exit status."""

    def main(  # type: ignore[override] # ours always ends the process
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = "zkpipe",
        **extra: Any,
    ) -> NoReturn:
        """Run the command that the words name, and exit."""
        words = list(sys.argv[1:] if args is None else args)
        options = ErrorOptions.among(words)
        if options.debug:
            os.environ["ZKPIPE_TRACEBACK"] = "full"  # circuits.language.text.tracebacks
        extra["standalone_mode"] = False
        warned = Warned(options.json)
        extra["obj"] = warned  # also for a command that prints to standard error by itself
        try:
            status = _show(super().main(words, prog_name, **extra), options, warned)
        except BaseException as error:  # noqa: BLE001 # the last place: told, and the process ends
            status = _end(error, options)
        sys.exit(status)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the words name. The error for one of snarkjs says what it is here."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            from zkpipe.cli.console.snarkjs_words import said_here

            here = said_here(args)
            if here is None:
                raise
            raise click.UsageError(here, ctx) from None


class _Command(click.Command):
    """A command whose error for words in snarkjs' order says what they are here."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the words apart."""
        words = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.UsageError:
            from zkpipe.cli.console.snarkjs_words import meant_here

            here = meant_here(ctx.command_path, words)
            if here is None:
                raise
            raise click.UsageError(here, ctx) from None


def _show(answer: object, options: ErrorOptions, warned: Warned) -> int:
    """Print an answer; the status is its own, or click's after help."""
    if not isinstance(answer, Answer):
        return answer if isinstance(answer, int) else 0
    if options.json:
        answer = replace(answer, facts={**answer.facts, **warned.facts()})
    click.echo(answer.rendered(options.json))
    sys.stdout.flush()
    return answer.status


def _end(error: BaseException, options: ErrorOptions) -> int:
    drop_what_is_left()
    if is_broken_pipe(error):
        return BROKEN_PIPE
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 1
    return report(error, options)


def command(
    name: str, *, example: str, status: str = ""
) -> Callable[[Callable[..., Answer]], click.Command]:
    """Make a function that returns an Answer a command.

    example  words that work as they stand, after the examples of the commands before it
    status   what exit statuses 1 and 3 mean here
    """

    def decorate(function: Callable[..., Answer]) -> click.Command:
        text = inspect.cleandoc(function.__doc__ or "")
        whole = "\n\n".join(part for part in (text, status, _example(example)) if part)
        made = click.command(name, _Command, help=whole, short_help=text.partition("\n\n")[0])(
            _with_flag("--json", "Print JSON: the answer to stdout, an error to stderr.")(
                _with_flag("--debug", "Show a traceback with an error.")(_listened(function))
            )
        )
        made.example = example  # type: ignore[attr-defined] # for the test that runs each
        return made

    return decorate


def _listened(function: Callable[..., Answer]) -> Callable[..., Answer]:
    """The function with its warnings taken by the group's Warned."""

    @wraps(function)
    def run(*words: Any, **options: Any) -> Answer:
        warned = click.get_current_context().find_object(Warned)
        with warned.listening() if warned else nullcontext():
            return function(*words, **options)

    return run


def _with_flag(name: str, meaning: str) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """An option that the command does not see: cli.failure.ErrorOptions reads it."""
    return click.option(name, is_flag=True, expose_value=False, help=meaning)


def _example(words: str) -> str:
    lines = "\n".join(f"  {line}" for line in words.splitlines())
    return f"\b\nExample:\n{lines}"
