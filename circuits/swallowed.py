"""Refusals of a body that runs, kept until its end, so that a handler of the user's loses none.

`try: check(...)` with an `except Exception` would drop the check and compile. So the first refusal
is raised again when the body ends, whoever caught it: a try, contextlib.suppress, a library.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from zkpipe.ground.errors import ZkpipeError

_kept: ContextVar[list[ZkpipeError] | None] = ContextVar("_kept", default=None)


def keep(error: ZkpipeError) -> None:
    """Remember a refusal of the body that runs in this thread or task; of none, do nothing."""
    refusals = _kept.get()
    if refusals is not None:
        refusals.append(error)


@contextmanager
def none_swallowed() -> Iterator[list[ZkpipeError]]:
    """At the end, raise the first refusal that was kept within.

    Another error that leaves the body gives way to it, unless it is ours and was raised from it.
    """
    refusals: list[ZkpipeError] = []
    token = _kept.set(refusals)
    try:
        yield refusals
    except Exception as error:
        if not refusals or _is_from(error, refusals[0]):
            raise
        raise refusals[0] from None
    finally:
        _kept.reset(token)
    if refusals:
        raise refusals[0]


@contextmanager
def apart() -> Iterator[None]:
    """Keep nothing within: what fails there is not the body's."""
    token = _kept.set(None)
    try:
        yield
    finally:
        _kept.reset(token)


def _is_from(error: BaseException, first: ZkpipeError) -> bool:
    """Whether an error is the first refusal, or one of ours that was raised from it."""
    link: BaseException | None = error
    while isinstance(link, ZkpipeError):
        if link is first:
            return True
        link = link.__cause__
    return False
