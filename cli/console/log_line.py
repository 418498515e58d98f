"""The log of a command that runs until a signal: a line for each thing that happens."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import click

from zkpipe.cli.console.answer import one_line, printable
from zkpipe.cli.console.warned import Warned


def log_line() -> Callable[[str], None]:
    """What writes a line to standard error: text, or with --json an object."""
    warned = click.get_current_context().find_object(Warned)
    as_json = warned is not None and warned.as_json

    def say(line: str) -> None:
        text = json.dumps({"log": line}) if as_json else printable(one_line(line))
        sys.stderr.write(text + "\n")
        sys.stderr.flush()

    return say
