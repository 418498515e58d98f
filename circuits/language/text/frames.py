"""Whose code a frame runs: the user's, a library's or ours.

The user's line is the innermost that is no library's: `np.max(s)`, not numpy's own text. A circuit
that was itself installed as a library is its own user: then it is the line of its package.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, TypeVar

PACKAGE = str(Path(__file__).parents[2]) + os.sep  # a link in a checkout, as code names its file
LANGUAGE = tuple(PACKAGE + name + os.sep for name in ("language", "define", "compile"))
INSTALLED = tuple(sysconfig.get_path(name) + os.sep for name in ("purelib", "platlib"))
LIBRARIES = (
    *INSTALLED,
    *(sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib")),
)
_MACHINERY = str(Path(PACKAGE).parent) + os.sep  # of ours, around circuits: no line of the user's
_STATEMENTS = _MACHINERY + "benchmarks" + os.sep  # holds circuits
_FOLDERS = tuple(f"{os.sep}{name}{os.sep}" for name in ("site-packages", "dist-packages"))

F = TypeVar("F", bound=Callable[..., Any])


class Owner(Enum):
    """Who wrote a file."""

    USER = 1
    LIBRARY = 2
    OURS = 3


_owners: dict[str, Owner] = {}  # by file name; the same for as long as the process runs
_bodies: set[CodeType] = set()


def runs_a_body(function: F) -> F:
    """Mark a function of ours that calls a circuit's body: frames around it are not the body's."""
    _bodies.add(function.__code__)
    return function


def frames_of_body(frame: FrameType | None) -> tuple[list[FrameType], bool]:
    """The frames from one outwards to where a body begins, and whether one does.

    None does in a thread that the body started.
    """
    found: list[FrameType] = []
    while frame is not None and frame.f_code not in _bodies:
        found.append(frame)
        frame = frame.f_back
    return found, frame is not None


def owner_of(code: CodeType) -> Owner:
    """Who wrote the file that code comes from."""
    owner = _owners.get(code.co_filename)
    if owner is None:
        owner = _owners[code.co_filename] = owner_of_file(code.co_filename)
    return owner


def owner_of_file(file: str) -> Owner:
    """Who wrote a file, by its name."""
    if file.startswith(PACKAGE):
        return Owner.OURS
    library = (
        file.endswith((".pyx", ".pxd"))
        or file.startswith((*LIBRARIES, "<frozen ", "<__array_function__", "<attrs "))
        or (file.startswith(_MACHINERY) and not file.startswith(_STATEMENTS))
        or any(folder in file for folder in _FOLDERS)
    )
    return Owner.LIBRARY if library else Owner.USER


def user_frame(boundary: CodeType | None = None, ours: int = 0) -> FrameType | None:
    """The innermost frame of the user's; None if the boundary's code comes before there is one.

    ours  how many frames are of ours for certain, from the caller's on: they are not looked at
    """
    frame: FrameType | None = sys._getframe(1 + ours)
    while frame is not None:  # each product asks: ours are passed without more ado
        code = frame.f_code
        if code is boundary:
            return None
        owner = _owners.get(code.co_filename)
        if owner is not Owner.OURS:
            if owner is Owner.USER and not of_dataclass(code):
                return frame
            break
        frame = frame.f_back
    return frames_here(boundary)[0]


def frames_here(boundary: CodeType | None = None) -> tuple[FrameType | None, FrameType | None]:
    """The innermost frame of the user's, and the library's frame that runs within it, if any."""
    first: FrameType | None = None
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if code is boundary or (first is not None and code in _bodies):
            break
        owner = _owners.get(code.co_filename) or owner_of(code)  # asked for every operation
        if owner is Owner.USER and not of_dataclass(code):
            return frame, first
        if owner is Owner.LIBRARY and first is None:
            first = frame
        frame = frame.f_back
    return _at_home(first, boundary), None


def _at_home(first: FrameType | None, boundary: CodeType | None) -> FrameType | None:
    """Of libraries' frames alone the innermost in the package of the outermost: the body's."""
    frames = list(_outwards(first, boundary))
    if not frames:
        return None
    packages = [package_of(frame.f_globals.get("__name__")) for frame in frames]
    return frames[packages.index(packages[-1])]


def _outwards(frame: FrameType | None, boundary: CodeType | None) -> Iterator[FrameType]:
    while frame is not None and frame.f_code is not boundary and frame.f_code not in _bodies:
        if owner_of(frame.f_code) is Owner.LIBRARY:
            yield frame
        frame = frame.f_back


def package_of(module: object) -> str:
    """The package that a module is in, by its name; of ours the layer."""
    parts = str(module).split(".")
    return ".".join(parts[: 2 if parts[0] == "zkpipe" else 1])


def of_dataclass(code: CodeType) -> bool:
    """Whether it is a method that a dataclass got, such as its __eq__."""
    return code.co_filename == "<string>" and code.co_name.startswith("__")


def shown_file(file: str) -> str:
    """A file as a message names it: of a library from its package on, else by its name alone."""
    for folder in (*_FOLDERS, *LIBRARIES):
        if folder in file and owner_of_file(file) is Owner.LIBRARY:
            return file.partition(folder)[2].replace(os.sep, "/")
    return Path(file).name
