"""Texts that a command reads from a pipe or from standard input, so that secrets need no disk.

`-` and /dev/stdin are standard input; a process substitution or a named pipe is a pipe. They can be
read once, so what was read is kept. At most as much is read as somebody asked for, and one command
takes no pipe twice.
"""

from __future__ import annotations

import os
import select
import stat
import sys
import weakref
from collections.abc import Callable, MutableMapping
from pathlib import Path

import click

from zkpipe.cli.console.progress import progress

STANDARD_INPUT = "standard input"
ITS_NAMES = ("-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")
PIECE = 1 << 16  # bytes
PATIENCE = 5.0  # seconds that a named pipe may be without anybody who writes to it
_TAKEN = "zkpipe.cli.files.piped"  # in a command's click context: the words that took each pipe


class Piped:
    """A ground.files.reading.Stream: bytes that come once, kept as far as they were asked for."""

    def __init__(self, name: str, read: Callable[[int], bytes], *, on_terminal: bool) -> None:
        self._name, self._read, self.on_terminal = name, read, on_terminal
        self._data = bytearray()
        self._ended = False

    def __str__(self) -> str:
        return self._name

    @property
    def size(self) -> int:
        """The bytes that were read so far."""
        return len(self._data)

    def up_to(self, size: int) -> bytes:
        """The first bytes: `size`, or as many as there are. Raises FileError."""
        if len(self._data) < size and not self._ended:
            if self.on_terminal:
                if not self._data:
                    click.echo(f"Reading {self._name}: end it with Ctrl-D on a new line.", err=True)
                self._read_to(size)
            else:
                with progress(f"reading {self._name}"):
                    self._read_to(size)
        return bytes(self._data[:size])

    def _read_to(self, size: int) -> None:
        from zkpipe.ground.files.reading import FileError

        try:
            while len(self._data) < size and not self._ended:
                piece = self._read(min(PIECE, size - len(self._data)))
                self._data += piece
                self._ended = not piece
        except (OSError, ValueError) as error:
            raise FileError(
                f"{self._name} cannot be read: {getattr(error, 'strerror', None) or error}.",
                "Give a file, or a pipe that a program writes to.",
            ) from error


class SourceType(click.ParamType["Path | Piped"]):
    """The type of arguments that are small texts: files, `-`, pipes."""

    name = "source"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path | Piped:
        """A pipe if it is one; any other path is its reader's to judge."""
        if isinstance(value, Path | Piped):
            return value
        words = str(param.metavar or param.name) if param else "an argument"
        return source(str(value), words, {} if ctx is None else ctx.meta)


SOURCE = SourceType()


def source(word: str, taken_as: str, meta: MutableMapping[str, object]) -> Path | Piped:
    """What a word of the command line names.

    taken_as  the argument's name in the help
    meta      of the command's context, where pipes that are taken are noted

    Raises FileError for a pipe that is taken already.
    """
    if word in ITS_NAMES:
        _take(_identity(0) or STANDARD_INPUT, STANDARD_INPUT, taken_as, meta)
        return _standard_input()
    try:
        status = Path(word).stat()
    except (OSError, ValueError):
        return Path(word)
    if not stat.S_ISFIFO(status.st_mode):
        return Path(word)
    _take((status.st_dev, status.st_ino), word, taken_as, meta)
    return _pipe(Path(word))


def _take(identity: object, name: str, taken_as: str, meta: MutableMapping[str, object]) -> None:
    from zkpipe.ground.files.reading import FileError

    taken = meta.setdefault(_TAKEN, {})
    assert isinstance(taken, dict)  # noqa: S101 - for the type checker: it is ours
    if identity in taken:
        raise FileError(
            f"{name} is given for {taken[identity]} and for {taken_as}; it can be read once.",
            "Give one of them as a file.",
        )
    taken[identity] = taken_as


def _identity(handle: int) -> tuple[int, int] | None:
    """The device and number of what a descriptor leads to; None if it is closed."""
    try:
        status = os.fstat(handle)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _standard_input() -> Piped:
    if sys.stdin is None:  # closed when the process began
        return Piped(STANDARD_INPUT, lambda size: b"", on_terminal=False)
    try:
        handle = sys.stdin.fileno()
    except (OSError, ValueError):  # a stream of Python's without a descriptor
        return Piped(STANDARD_INPUT, sys.stdin.buffer.read, on_terminal=False)
    return Piped(STANDARD_INPUT, lambda size: _wait(handle, size), on_terminal=os.isatty(handle))


def _pipe(path: Path) -> Piped:
    from zkpipe.ground.files.reading import file_failure
    from zkpipe.ground.process.posix import AT_ONCE, BYTES

    try:
        handle = os.open(path, os.O_RDONLY | AT_ONCE | BYTES)
    except OSError as error:
        raise file_failure("read", path, error) from error
    made = Piped(str(path), lambda size: _once_written(path, handle, size), on_terminal=False)
    weakref.finalize(made, os.close, handle)
    return made


def _wait(handle: int, size: int) -> bytes:
    """Bytes of a descriptor; waited for also where another program made it non-blocking."""
    while True:
        try:
            return os.read(handle, size)
        except BlockingIOError:
            select.select([handle], [], [])


def _once_written(path: Path, handle: int, size: int) -> bytes:
    """Bytes of a pipe, waited for as long as somebody has it open to write."""
    from zkpipe.ground.files.reading import FileError

    while True:
        ready = select.select([handle], [], [], PATIENCE)[0]
        try:
            data = os.read(handle, size)
        except BlockingIOError:  # its writer takes time
            continue
        if not data and not ready:
            raise FileError(
                f"{path} is not a regular file: it is a pipe, and no program writes to it.",
                "Start the program that writes to it first, or give a file.",
            )
        return data
