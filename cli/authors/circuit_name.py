"""How a circuit is named on the command line: FILE.py[:NAME], PACKAGE.MODULE[:NAME], or C.r1cs.

Where a witness is solved, C.wasm of circom is one too.

The data exchange's own circuits have names, too: see exchange.circuit_words.
"""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import click

from zkpipe.cli.files.file_kind import advice, kind_of

HERE = Path()
_OWN = ("register", "update", "stats")
_ENDINGS = "a .py file, an .r1cs or a .wasm"
_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


@dataclass(frozen=True, slots=True)
class CircuitName:
    """A file, and which circuit of it is meant; None for its only one.

    module  the name of the file's module, where it was named by that
    own     the words for one of the exchange's own circuits; the file is then its schema's
    """

    path: Path
    name: str | None = None
    module: str | None = None
    own: str | None = None

    def __str__(self) -> str:
        """The file, the module or the exchange's circuit, as it was named."""
        return self.own or self.module or str(self.path)

    @property
    def is_compiled(self) -> bool:
        """Whether the file is an .r1cs."""
        return self.path.suffix == ".r1cs"

    @property
    def is_program(self) -> bool:
        """Whether the file is a .wasm."""
        return self.path.suffix == ".wasm"


def named(text: str, folder: Path = HERE) -> CircuitName | None:
    """The words taken apart; None if they name neither a file of circuits nor a module.

    folder  where relative paths begin, and modules are looked for first

    Raises ValueError for a name of a circuit that cannot be one.
    """
    if text.endswith((".py", ".r1cs", ".wasm")):
        return CircuitName(folder / text)
    if text.startswith(_OWN) and (own := _own(text, folder)):
        return own
    place, colon, name = text.rpartition(":")
    if not colon:
        place, name = text, ""
    is_file = place.endswith(".py")
    path = folder / place if is_file else None
    if path is None and (colon or "." in place):
        path = module_file(place, folder)
    if path is None:
        return None
    if colon and not name.isidentifier():
        raise ValueError(f"{name!r} is not the name of a circuit.")
    return CircuitName(path, name or None, None if is_file else place)


def _own(text: str, folder: Path) -> CircuitName | None:
    """One of the exchange's own circuits; None if the words name none."""
    from zkpipe.exchange.circuit_words import own_circuit

    found = own_circuit(text)
    if found is None or found.schema is None:
        return None if found is None else CircuitName(folder / text, own=text)
    placed = replace(found, schema=folder / found.schema)
    return CircuitName(folder / found.schema, own=str(placed))


def module_file(module: str, folder: Path = HERE) -> Path | None:
    """Where a module's text lies: below the folder, or on Python's path."""
    if not _DOTTED.fullmatch(module):
        return None
    for entry in (str(folder), *sys.path):
        place = Path(entry, *module.split("."))
        for path in (place / "__init__.py", place.with_name(f"{place.name}.py")):  # as Python
            with suppress(OSError):  # a name that no file can have
                if path.is_file():
                    return path
    return None


class CircuitType(click.ParamType[CircuitName]):
    """The type of arguments that name a circuit."""

    name = "circuit"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> CircuitName:
        """Take the words apart; whether the file is there its reader says."""
        text = str(value)
        try:
            found = named(text)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if found is None:
            self.fail(f"{text!r} {_what(text)}", param, ctx)
        return found


def _what(text: str) -> str:
    """What is to be said of words that name no circuit."""
    from zkpipe.ground.files.reading import FileError

    path = Path(text)
    with suppress(FileError):
        kind = kind_of(path)
        said = f"is {f'{kind.value}, ' if kind else ''}not a circuit: {_ENDINGS}."
        return f"{said} {advice(kind)}".rstrip()
    name = text.partition(":")[0]
    module = Path(*name.split(".")) if _DOTTED.fullmatch(name) else path
    with suppress(OSError, ValueError):
        if module.is_dir():
            files = sorted(module.glob("[!_]*.py"))
            such = f", such as {files[0]}" if files else ""
            return f"is a folder. Name a file in it{such}."
    with suppress(OSError, ValueError):  # a name of 5,000 letters; none; a folder
        if path.with_name(f"{path.name}.py").is_file():
            return f"has no ending: {path.name}.py is there."
    said = "names neither a file of circuits, .py, .r1cs or .wasm, nor a module that Python finds."
    return f"{said} {_advice(name)}".rstrip() if _DOTTED.fullmatch(name) else said


def _advice(module: str) -> str:
    """What to do about the name of a module that is not there."""
    from zkpipe.cli.authors.near_modules import folder_of, nearest_module

    if near := nearest_module(module):
        return f"Did you mean {near}?"
    package = module.partition(".")[0]
    with suppress(OSError):  # the working folder is gone
        if package != module and not Path(package).is_dir():
            above = folder_of(package, Path.cwd())
            place = f"the folder that contains {package}"
            return f"Run the command in {place}{f': {above}' if above else ''}."
    return ""


CIRCUIT = CircuitType()
