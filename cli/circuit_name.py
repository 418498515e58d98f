"""How a circuit is named on the command line: FILE.py[:NAME], or C.r1cs."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click

from zkpipe.cli.file_kind import Kind, kind_of


@dataclass(frozen=True, slots=True)
class CircuitName:
    """A file, and which circuit of it is meant; None for its only one."""

    path: Path
    name: str | None = None

    @property
    def is_compiled(self) -> bool:
        """Whether the file is an .r1cs."""
        return self.path.suffix == ".r1cs"


class CircuitType(click.ParamType[CircuitName]):
    """The type of arguments that name a circuit."""

    name = "circuit"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> CircuitName:
        """Take the words apart; whether the file is there its reader says."""
        text = str(value)
        file, colon, name = text.rpartition(":")
        if not colon or not file.endswith(".py"):
            file, name = text, ""
        if colon and file.endswith(".py") and not name.isidentifier():
            self.fail(f"{name!r} is not the name of a circuit.", param, ctx)
        if not file.endswith((".py", ".r1cs")):
            self.fail(f"{text!r} {_what(Path(text))}", param, ctx)
        return CircuitName(Path(file), name or None)


def _what(path: Path) -> str:
    """What is to be said of a file that has no circuit's name."""
    from zkpipe.circuits.formats.files import FileError

    with suppress(FileError):
        kind = kind_of(path)
        if kind not in (None, Kind.EMPTY, Kind.INPUT):
            return f"is {kind.value}, not a circuit: a .py file or an .r1cs."
    with suppress(OSError, ValueError):  # a name of 5,000 letters; none; a folder
        if path.with_name(f"{path.name}.py").is_file():
            return f"has no ending: {path.name}.py is there."
    return "ends neither in .py nor in .r1cs."


CIRCUIT = CircuitType()
