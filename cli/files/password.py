"""Passwords: asked for on a terminal, or the first line of a file or a pipe.

Never a word of the command line, where other users of the machine could see it.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.files.piped import Piped

if TYPE_CHECKING:
    from zkpipe.ground.errors import ZkpipeError

LIMIT = 1 << 12  # bytes


def given_password(
    of: object,
    file: Path | Piped | None,
    refusal: type[ZkpipeError],
    option: str = "--password-file",
) -> str:
    """The password of something: from the file of an option, or asked for on the terminal.

    of       what it opens, for the question and for errors
    refusal  the class of the error if there is none

    Raises that, and FileError.
    """
    if file is not None:
        return _in_file(file, refusal, option)
    _refuse_without_a_terminal(of, refusal, option)
    return str(click.prompt(f"Password of {of}", hide_input=True, err=True))


def new_password(
    of: object, file: Path | Piped | None, refusal: type[ZkpipeError], option: str
) -> str:
    """A password that is to be set: as `given_password`, but a terminal is asked twice."""
    if file is not None:
        return _in_file(file, refusal, option)
    _refuse_without_a_terminal(of, refusal, option)
    text = f"New password of {of}"
    return str(click.prompt(text, hide_input=True, confirmation_prompt=True, err=True))


def _in_file(file: Path | Piped, refusal: type[ZkpipeError], option: str) -> str:
    from zkpipe.ground.files.reading import read_file

    if isinstance(file, Piped) and file.on_terminal:
        raise refusal(
            "The terminal would show the password.",
            f"Leave {option} out: the terminal is asked for it, and shows nothing.",
        )
    data, text = read_file(file, LIMIT), None
    with suppress(UnicodeDecodeError):  # which holds what is in the file
        text = data.decode("utf-8-sig")
    if text is None:
        raise refusal(
            f"{file} is not a text in UTF-8.", "Give a file whose first line is the password."
        )
    return text.partition("\n")[0].rstrip("\r")


def _refuse_without_a_terminal(of: object, refusal: type[ZkpipeError], option: str) -> None:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise refusal(
            f"{of} needs a password, and there is no terminal to ask for it.",
            f"Give {option} FILE.",
        )
