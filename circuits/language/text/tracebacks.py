"""Tracebacks without our own frames: what a user reads is their lines, and the message.

    ZKPIPE_TRACEBACK=full   shows all; the command line's --debug sets it

An error that begins in our own code and is none of zkpipe's is a fault of ours, and keeps all.
"""

from __future__ import annotations

import os
from types import TracebackType

from zkpipe.circuits.language.text.frames import Owner, owner_of
from zkpipe.ground.errors import ZkpipeError

VARIABLE, FULL = "ZKPIPE_TRACEBACK", "full"


class _Short:
    """A context around what users call: errors that leave it lose the frames of ours."""

    def __enter__(self) -> None:
        """Nothing."""

    def __exit__(
        self, kind: object, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Shorten the traceback that goes on outwards; Python adds no frame to it anew."""
        if error is not None and os.environ.get(VARIABLE) != FULL:
            _shorten(error)


short = _Short()


def _shorten(error: BaseException) -> None:
    """Take our frames out of an error's traceback, and out of those that it came from."""
    met: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        link = waiting.pop()
        if link is None or any(link is other for other in met):
            continue
        met.append(link)
        waiting += [link.__cause__, link.__context__]
        steps, is_ours = _theirs(link.__traceback__)
        if isinstance(link, ZkpipeError) or not is_ours:
            link.__traceback__ = _joined(steps)


def _theirs(traceback: TracebackType | None) -> tuple[list[TracebackType], bool]:
    """The steps that are not ours, nor a library's that we called; and whether the last one is."""
    steps, is_ours = [], False
    while traceback is not None:
        owner = owner_of(traceback.tb_frame.f_code)
        is_ours = owner is Owner.OURS or (is_ours and owner is Owner.LIBRARY)
        if not is_ours:
            steps.append(traceback)
        traceback = traceback.tb_next
    return steps, is_ours


def _joined(steps: list[TracebackType]) -> TracebackType | None:
    """New steps, as others may hold the old ones."""
    joined: TracebackType | None = None
    for step in reversed(steps):
        joined = TracebackType(joined, step.tb_frame, step.tb_lasti, step.tb_lineno)
    return joined
