"""Warnings of circuits and setups: each a line on standard error, or with --json in the answer.

A command that fails prints the lines too: they may say why.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from zkpipe.cli.console.answer import Fact, one_line, printable

if TYPE_CHECKING:
    from zkpipe.ground.errors import ZkpipeWarning


class Warned:
    """The warnings of one command.

    as_json  kept for the answer instead of printed
    """

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.found: list[ZkpipeWarning] = []

    @contextmanager
    def listening(self) -> Iterator[None]:
        """While the block runs, take each ZkpipeWarning; leave others to Python."""
        from zkpipe.ground.errors import ZkpipeWarning

        with warnings.catch_warnings():
            warnings.simplefilter("always", ZkpipeWarning)
            others = warnings.showwarning

            def show(message: Any, *where: Any, **more: Any) -> None:
                if isinstance(message, ZkpipeWarning):
                    self._take(message)
                else:
                    others(message, *where, **more)

            warnings.showwarning = show
            yield

    def _take(self, warning: ZkpipeWarning) -> None:
        said = [(one.kind, one.problem, one.evidence) for one in self.found]
        if (warning.kind, warning.problem, warning.evidence) in said:
            return  # a command may look at a file twice
        self.found.append(warning)
        if not self.as_json:
            evidence = (f"  {line}" for line in warning.evidence)
            lines = [f"warning: {one_line(warning.problem)}", *evidence, one_line(warning.fix)]
            click.echo(printable("\n".join(lines)), err=True)
            sys.stderr.flush()

    def facts(self) -> Mapping[str, Fact]:
        """What the answer in JSON gets beside its own facts."""
        told: list[Fact] = [
            {"kind": w.kind, "problem": w.problem, "evidence": w.evidence, "fix": w.fix}
            for w in self.found
        ]
        return {"warnings": told} if told else {}
