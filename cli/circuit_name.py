"""How a circuit is named on the command line: FILE.py[:NAME], or C.r1cs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click


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
            self.fail(f"{text!r} ends neither in .py nor in .r1cs.", param, ctx)
        return CircuitName(Path(file), name or None)


CIRCUIT = CircuitType()
