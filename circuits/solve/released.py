"""Errors that are kept as results, without the run that they come from.

A traceback holds every frame up to the one that caught the error, and each frame what it computed
with: the values of all other rows, and a circle by the list that the error is put into, which stays
until Python looks for circles.
"""

from __future__ import annotations

from zkpipe.circuits.errors import UnsatisfiedError


def release(error: BaseException) -> None:
    """Take the tracebacks from an error, what it was raised from, and what a hint raised."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        link = waiting.pop()
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        BaseException.with_traceback(link, None)  # a user's class may have its own
        waiting += [link.__cause__, link.__context__]
        if isinstance(link, UnsatisfiedError):
            waiting.append(link.cause)
