"""Functions that run once in a process, whichever threads ask at the same time."""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Once(Generic[P, R]):
    """A function whose result is kept for each set of arguments. An error is not kept.

    functools.cache lets threads that come together each compute a result of their own.
    """

    def __init__(self, function: Callable[P, R]) -> None:
        self._function = function
        self._lock = RLock()
        self._results: dict[object, R] = {}
        self.__doc__ = function.__doc__

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Its result for these arguments."""
        key = (args, tuple(sorted(kwargs.items())))
        with self._lock:
            if key not in self._results:
                self._results[key] = self._function(*args, **kwargs)
            return self._results[key]

    def cache_clear(self) -> None:
        """Forget all results."""
        with self._lock:
            self._results.clear()


def once(function: Callable[P, R]) -> Once[P, R]:
    """Keep what a function gives: see Once."""
    return Once(function)
