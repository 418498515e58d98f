"""Exceptions that go from one process to another whole, as process pools send them.

Python makes an unpickled exception by calling its class with `args`, which are not what most of our
classes take; the pool then dies. Here the object is made blank and gets its fields. A field that
cannot be sent, such as a user's exception that holds a lock, is shown on the other side as it was
here, and is nothing more.
"""

from __future__ import annotations

from typing import Any


class Unsent:
    """Stands for a value that stayed in its process; its repr is that of the value."""

    def __init__(self, shown: str) -> None:
        self._shown = shown

    def __repr__(self) -> str:
        return self._shown


class Sent:
    """A base of exception classes whose instances are pickled field by field."""

    def __reduce__(self) -> tuple[Any, ...]:
        fields = {name: _portable(value) for name, value in vars(self).items()}
        return _blank, (type(self), getattr(self, "args", ())), fields


def _blank(class_: type[BaseException], args: tuple[object, ...]) -> BaseException:
    return class_.__new__(class_, *args)


def _portable(value: object) -> object:
    """The value if it survives the way to another process, or what stands for it."""
    if value is None or type(value) in (str, int, bool, float):
        return value
    from multiprocessing.reduction import ForkingPickler

    try:
        ForkingPickler.loads(ForkingPickler.dumps(value))
    except Exception:  # noqa: BLE001 - whatever a user's class raises
        return Unsent(_shown(value))
    return value


def _shown(value: object) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - the same
        return f"<{type(value).__name__}>"
