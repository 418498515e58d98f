"""Standard input, output and error as a command finds them: open, closed, full, without a reader.

The answer of a command stands in its exit status, whatever becomes of its words:

- A descriptor that is closed (`>&-`, a daemon's) becomes /dev/null. Otherwise the next file that is
  opened would get its number, and what is printed would go into that file.
- What standard error does not take is dropped.
- What standard output does not take is an error that names it, but for a reader that is gone.

A character that a stream's encoding lacks is written as an escape.
"""

from __future__ import annotations

import io
import os
import select
import sys
from contextlib import suppress
from typing import Any, TextIO


def prepare() -> None:
    """Put streams as above in the place of Python's; before any file is opened."""
    for number, mode in enumerate((os.O_RDONLY, os.O_WRONLY, os.O_WRONLY)):
        _open_if_closed(number, mode)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 # as long as we run
    sys.stdout = _text(sys.stdout, _Output(1))
    sys.stderr = _text(sys.stderr, _Errors(2))


def drop_what_is_left() -> None:
    """Let go what standard output does not take: Python would try again at its end."""
    from zkpipe.ground.errors import ZkpipeError

    try:
        sys.stdout.flush()
    except (OSError, ValueError, ZkpipeError):
        with suppress(OSError, ValueError):
            _lead_nowhere(sys.stdout.fileno(), os.O_WRONLY)


def _open_if_closed(number: int, mode: int) -> None:
    try:
        os.fstat(number)
    except OSError:
        _lead_nowhere(number, mode)


def _lead_nowhere(number: int, mode: int) -> None:
    handle = os.open(os.devnull, mode)
    if handle != number:  # it has that number where the descriptor was closed
        os.dup2(handle, number)
        os.close(handle)


def _text(before: TextIO | None, raw: _Raw) -> TextIO:
    """A stream of text over a descriptor, of the encoding that Python's had."""
    return _Text(
        io.BufferedWriter(raw),
        encoding=before.encoding if before else "utf-8",
        errors="backslashreplace",
        line_buffering=raw.isatty() or raw.fileno() == 2,
    )


class _Text(io.TextIOWrapper):
    def close(self) -> None:
        """Stay open: a circuit's author may close what the answer goes to."""
        self.flush()


class _Raw(io.FileIO):
    """A descriptor that stays open; one that would block is waited for."""

    def __init__(self, number: int) -> None:
        super().__init__(number, "w", closefd=False)

    def write(self, data: Any) -> int:
        """Write what the descriptor takes of it, at least one byte."""
        while (written := super().write(data)) is None:  # another program made it non-blocking
            select.select([], [self], [])
        return written


class _Output(_Raw):
    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise _lost(error) from error


class _Errors(_Raw):
    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError:  # nobody can be told
            return len(data)


def _lost(error: OSError) -> Exception:
    from zkpipe.ground.files.reading import FileError

    return FileError(
        f"Standard output cannot be written to: {error.strerror or type(error).__name__}.",
        "What the command was to do is done: send its answer to a place that has room, or to "
        "/dev/null if the exit status is enough.",
    )
