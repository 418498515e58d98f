"""An exception of the author's own file: its message, its line, and what to do about it."""

from __future__ import annotations

import builtins
import re
import sys
import traceback
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from pkgutil import iter_modules

import zkpipe
from zkpipe.circuits.errors import Source
from zkpipe.circuits.language.text.signature import instead_of_name
from zkpipe.circuits.language.text.source import source_of
from zkpipe.cli.authors.near_modules import folder_of

RELATIVE = "attempted relative import with no known parent package"
_OF_RELATIVE = (
    "A relative import needs a package. Put an empty __init__.py into the file's folder, or name "
    "the circuit by its module: PACKAGE.MODULE."
)
LAYERS = ("ground", "accel", "circuits", "prover", "verifier_contracts", "benchmarks", "cli")


def message_of(error: BaseException) -> str:
    """The first line of what an exception says, without its full stop.

    A class of the author's may raise, or give what is no text, when it is asked.
    """
    try:
        text = str(error.msg or "") if isinstance(error, SyntaxError) else str(error)
    except Exception:  # noqa: BLE001 - whatever the author's class raises
        text = ""
    lines = text.strip().splitlines() or ["no message"]
    return lines[0].rstrip(".")


def place_of(error: BaseException, path: Path) -> Source | None:
    """The author's line that raised it, and the library's in it; the last of the file at least."""
    if isinstance(error, SyntaxError) and _has_a_place(error):
        return Source(Path(str(error.filename)).name, error.lineno or 0, (error.text or "").strip())
    ours = str(path.resolve())
    steps = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.lineno]
    source = source_of(error)  # in a neighbour too, which the file's package has imported
    last = next((frame for frame in reversed(steps) if frame.filename == ours), None)
    if source is not None or last is None:
        return source
    return Source(path.name, last.lineno or 0, last.line or "")


def _has_a_place(error: SyntaxError) -> bool:
    """Whether it says where a text could not be read, as Python's own do."""
    return (
        isinstance(error.filename, str)
        and isinstance(error.lineno, int)
        and isinstance(error.text, str | None)
    )


def fix_of(error: BaseException, path: Path, command: str) -> str:
    """What to do about it; the command runs the file at the path by Python alone."""
    if isinstance(error, SyntaxError) and _has_a_place(error):
        return "Correct the line: Python cannot read it."
    if isinstance(error, ModuleNotFoundError) and isinstance(error.name, str):
        return _of_module(error.name, path)
    if isinstance(error, ImportError) and message_of(error).startswith(RELATIVE):
        return _OF_RELATIVE
    if isinstance(error, ImportError):
        module = sys.modules.get(error.name or "")
        name = _imported(error)
        if error.name in LAYERS and (name is None or name in zkpipe.__all__):
            return f"Import it from zkpipe: from zkpipe import {name or error.name}."
        return _nearest(name, () if module is None else dir(module)) or (
            "Correct the import: the module has no such name."
        )
    if isinstance(error, NameError):
        return _of_name(error)
    if isinstance(error, SystemExit):
        return 'Put what ends the process below `if __name__ == "__main__":`.'
    if isinstance(error, RecursionError):
        return "Write a loop of a fixed number of steps: a function here calls itself without end."
    if isinstance(error, OSError):
        return "Name the file from the circuit's own folder: Path(__file__).parent / ..."
    if isinstance(error, AttributeError):
        return _nearest(error.name, dir(error.obj)) or "Correct the name after the dot."
    return f"It is an error of the file's own: `{command}` or --debug shows how it came about."


def _of_module(name: str, path: Path) -> str:
    """Of a module that is not there, which the file at the path imports."""
    package, _, last = name.rpartition(".")
    if package:
        places = getattr(sys.modules.get(package), "__path__", ())
        names = [found.name for found in iter_modules(places)]
        return _nearest(last, names) or f"Correct the import: {package} has no module {last}."
    if name in LAYERS:
        return (
            f"Import it from zkpipe: `from zkpipe import {name}`, or its names from zkpipe alone."
        )
    if folder := folder_of(name, path):
        module = ".".join(path.absolute().relative_to(folder).with_suffix("").parts)
        return (
            f"Run the command in the folder that contains {name}, {folder}, and name the circuit "
            f"{module}."
        )
    return f"Install {name} where zkpipe is installed, or put its file beside the circuit's."


def _of_name(error: NameError) -> str:
    from zkpipe.circuits import gadgets

    if error.name in zkpipe.__all__:
        return f"Import it: from zkpipe import {error.name}."
    if error.name in gadgets.__all__:
        return f"Import it: from zkpipe.circuits.gadgets import {error.name}."
    if isinstance(error.name, str) and (fix := instead_of_name(error.name)):
        return fix
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    frame = None if step is None else step.tb_frame
    known = [] if frame is None else [*frame.f_locals, *frame.f_globals]
    names = [*known, *zkpipe.__all__, *dir(builtins)]
    return _nearest(error.name, names) or "Define the name above this line, or import it."


def _imported(error: ImportError) -> str | None:
    """The name that a module does not have, which Python 3.11 tells in its message alone."""
    name: str | None = getattr(error, "name_from", None)
    if name is None:
        named = re.match("cannot import name '([^']+)'", message_of(error))
        name = named[1] if named else None
    return name


def _nearest(name: object, names: Iterable[str]) -> str | None:
    """The advice to take the name most like it; an error raised by hand may have none, or 5."""
    near = get_close_matches(name, names, 1) if isinstance(name, str) else ()
    return f"Did you mean `{near[0]}`?" if near else None
