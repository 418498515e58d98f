"""The sources that a compiled kernel is made of, and their digest.

A kernel depends on the file that holds it, on every file of ours that this one imports, at any
depth and in functions too, and on the lowerings: they come with the types of its arguments, and no
import need lead to them, so every module of accel that imports numba or llvmlite counts as one. The
versions of Python, numba and llvmlite and numba's settings are digested as well. Left out are
`objects` and what `entries` imports: by them Python calls kernels that are compiled.

Parsing takes 40 ms, so what a text imports is kept in the cache under the digest of that text: it
cannot be out of date.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from zkpipe.accel.compiled.kernel_folders import readable, writable
from zkpipe.accel.compiled.toolchain import LAYERS, PACKAGE, ROOT, toolchain
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.ownership import read_trusted
from zkpipe.ground.files.reading import FileError
from zkpipe.ground.files.strict_json import parse_json
from zkpipe.ground.files.writing import place_file

COMPILERS = {"numba", "llvmlite"}  # what imports them may change how kernels are lowered
EVERYTHING = "*"  # stands for all our modules: what is imported by a computed name
ENTRIES = f"{PACKAGE}.accel.compiled.entries"
_STARTED = time.time()
OBJECTS = f"{PACKAGE}.accel.compiled.objects"
DECORATORS = f"{PACKAGE}.accel.compiled.kernels"


@cache
def source_digest(path: Path) -> str:
    """Digest of a module's own source and of all that its kernels depend on.

    Cost: 5 ms in a process, for all modules together.
    """
    digest = hashlib.sha256(toolchain().encode())
    for here in sorted(sources(path)):
        digest.update(bytes.fromhex(_content(here)[1]))
    return digest.hexdigest()[:20]


@cache
def sources(path: Path) -> set[Path]:
    """The files of ours that kernels in this file depend on, itself among them.

    Where a module is imported from a package, the package's __init__ counts, as it might give its
    name to something else, but not what that imports.
    """
    seen: set[Path] = set()
    beside: set[Path] = set()
    todo = [path.resolve(), *_lowerings()]
    while todo:
        here = todo.pop()
        if here not in seen:
            seen.add(here)
            if here == module_file(ENTRIES):
                continue
            found = _files(_imports(here), here)
            todo.extend(found.files)
            beside.update(found.beside)
    return seen | beside


def changed_meanwhile(path: Path) -> bool:
    """Whether the sources of a file's kernels changed since this process began.

    Then nobody knows which texts it has imported, and of which ones it would compile. What it
    compiles is of no use to others, and theirs is of none to it.
    """
    try:
        return any(here.stat().st_ctime > _STARTED for here in sources(path))
    except OSError:  # one is gone
        return True


def module_file(name: str) -> Path | None:
    """The file of one of our modules or packages, None for anything else."""
    return _modules().get(name)


@cache
def texts() -> dict[str, Path]:
    """The files of our modules that hold kernels, by the modules' names."""
    _learn(_modules().values())
    found = {}
    for name, path in _modules().items():
        imported = (_absolute(each.partition(":")[0], path) for each in _imports(path))
        if DECORATORS in imported:
            found[name] = path
    return found


def forget() -> None:
    """Read the sources again when they are next asked for, as a new process would."""
    parts = (texts, _modules, _module_names, _content, _lowerings, _known, _files)
    for kept in (source_digest, sources, *parts):
        kept.cache_clear()


@cache
def _modules() -> dict[str, Path]:
    """Our modules' files by name; a package's is its __init__."""
    found = {PACKAGE: ROOT / "__init__.py"}
    found |= {f"{PACKAGE}.{path.stem}": path for path in ROOT.glob("[a-z]*.py")}
    for layer in LAYERS:
        top = (ROOT / layer).resolve()
        for folder, _, files in os.walk(top):
            package = (PACKAGE, layer, *Path(folder).relative_to(top).parts)
            for file in files:
                # Editors and copying programs leave others: .#name.py, a link to nothing; ._name.py
                if file.endswith(".py") and file[:-3].isidentifier():
                    last = () if file == "__init__.py" else (file[:-3],)
                    found[".".join(package + last)] = Path(folder, file)
    return found


@cache
def _module_names() -> dict[Path, str]:
    return {path: name for name, path in _modules().items()}


@cache
def _content(path: Path) -> tuple[bytes, str]:
    """A file's bytes and their digest."""
    data = path.read_bytes()
    return data, hashlib.sha256(data).hexdigest()


@cache
def _lowerings() -> tuple[Path, ...]:
    accel = (each for each in _modules().items() if each[0].startswith(f"{PACKAGE}.accel."))
    files = [path for name, path in accel if not name.startswith(OBJECTS)]
    _learn(files)
    roots = {path: {re.split("[.:]", name)[0] for name in _imports(path)} for path in files}
    return tuple(path for path in files if roots[path] & COMPILERS)


@dataclass(frozen=True, slots=True)
class _Found:
    """The files behind a module's imports; beside them, the packages of which it takes modules."""

    files: tuple[Path, ...]
    beside: tuple[Path, ...] = ()


@cache
def _files(names: tuple[str, ...], path: Path) -> _Found:
    """The files of ours behind the names that a module imports."""
    if EVERYTHING in names:
        return _Found(tuple(_modules().values()))
    files: set[Path] = set()
    beside: set[Path] = set()
    for name in names:
        module, _, taken = name.partition(":")
        module = _absolute(module, path)
        inner = module_file(f"{module}.{taken}") if module and taken else None
        outer = module_file(module) if module else None
        if inner is not None:
            files.add(inner)
        if outer is not None:
            (files if inner is None else beside).add(outer)
    return _Found(tuple(files), tuple(beside))


def _absolute(name: str, path: Path) -> str:
    """A relative name, `..folder.module`, seen from a file; others as they are; ours only."""
    level = len(name) - len(name.lstrip("."))
    if level == 0:
        return name if name.split(".")[0] == PACKAGE else ""
    module = _module_names().get(path)
    if module is None:
        return ""
    parts = module.split(".") + ["__init__"] * (path.name == "__init__.py")
    return ".".join([*parts[:-level], *filter(None, name[level:].split("."))])


def _names(source: bytes) -> Iterator[str]:
    """What a source imports, `module` or `module:name`, with dots in front if it is relative."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
            if any(alias.name.split(".")[0] == "importlib" for alias in node.names):
                yield EVERYTHING
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from (f"{module}:{alias.name}" for alias in node.names)
            if module.split(".")[0] == "importlib":
                yield EVERYTHING
        elif isinstance(node, ast.Name) and node.id == "__import__":
            yield EVERYTHING


# --- what texts import, by their digests


NOTES = "imports.json"


def _of_this_version() -> str:
    """The name of the folder for what is known: each version of this module has its own."""
    return _content(Path(__file__).resolve())[1][:20]


@cache
def _known() -> dict[str, tuple[str, ...]]:
    for folder in readable(_of_this_version()):
        with suppress(OSError, FormatError, TypeError, AttributeError):  # it is found out again
            read: Any = parse_json(read_trusted(folder / NOTES), NOTES)
            return {digest: tuple(names) for digest, names in read.items()}
    return {}


def _imports(path: Path) -> tuple[str, ...]:
    _learn([path])
    return _known()[_content(path)[1]]


def _learn(paths: Iterable[Path]) -> None:
    """Find out what files import, and keep what was not known."""
    known = _known()
    new = {}
    for path in paths:
        data, digest = _content(path)
        if digest not in known:
            new[digest] = tuple(sorted(set(_names(data))))
    known.update(new)
    for folder in writable(_of_this_version()) if new else ():
        with suppress(FileError):  # no room: the next place, or found out again next time
            place_file(folder / NOTES, json.dumps(known).encode())
            return
