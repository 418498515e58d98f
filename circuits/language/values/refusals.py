"""What a signal refuses, and the words: Python's protocols that need a plain value.

Python forces `if`, `[...]`, `range` and others to plain values, which a circuit's values are not
while it is compiled. Each ends in a CompileError with the language's own way to say it.
"""

from __future__ import annotations

import sys
from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np

from zkpipe.circuits.errors import CompileError
from zkpipe.circuits.language.suggestions.needs import Kind, Need
from zkpipe.circuits.language.text.frames import frames_here
from zkpipe.circuits.language.text.source import source_here
from zkpipe.circuits.language.text.syntax import expression_here
from zkpipe.circuits.language.values.engine import keep_for
from zkpipe.ground.kinds import describe


def refused(problem: str, fix: str) -> CompileError:
    """The error for an expression that circuits do not have."""
    expression, source = expression_here()
    return CompileError(f"{expression} {problem}", fix, source)


DEFINED_ANEW = (
    "Run the definitions of the circuit and its components again, which have the earlier class."
)


def is_defined_anew(value: object, record: type) -> bool:
    """Whether it is of another class of the same name: a cell of a notebook that ran again."""
    class_ = type(value)
    return class_ is not record and (class_.__module__, class_.__qualname__) == (
        record.__module__,
        record.__qualname__,
    )


def describe_record(value: object, record: type | None) -> str:
    """A kind of thing, for messages: never its value.

    record  the class that it should have, if that is one
    """
    if record is not None and is_defined_anew(value, record):
        return f"an object of another class {record.__name__} (defined again)"
    return describe(value)


class NotPlain:  # abstract, without ABC: its metaclass would slow each isinstance(x, Signal)
    """The base of signals: every protocol that needs a plain value, refused with advice."""

    __slots__ = ()
    engine: Any
    low: int | None

    @property
    @abstractmethod
    def is_flag(self) -> bool:
        """Whether it is a Bool."""

    @property
    @abstractmethod
    def scale(self) -> int | None:
        """How many units of a Fixed or a Decimal are in one; None for others."""

    def _refused(self, need: Need) -> CompileError:
        """The error where Python needs a plain value, with advice for what stands in the text.

        It counts for the signal's body in any thread.
        """
        from zkpipe.circuits.language.suggestions.advice import (
            advice,  # late: most runs refuse nothing
        )

        is_signed = self.low is not None and self.low < 0
        kind = Kind(self.is_flag, self.scale is not None, self.low is None, is_signed)
        found = advice(frames_here()[0], need, kind)
        about = f"`{found.about}`" if found.about else "An expression"
        error = CompileError(f"{about} {found.problem}", found.fix, source_here())
        keep_for(self.engine, error)
        return error

    def _require_shown(self) -> None:
        """Raise CompileError where a body makes a text of it to compute with, and not to show."""
        if self.engine.refusals is None:
            return  # no body runs
        from zkpipe.circuits.language.suggestions.displays import (
            is_only_shown,  # late: most runs show nothing
        )

        if not is_only_shown(sys._getframe(2), self.engine.streams):
            raise self._refused(Need.TEXT)

    def __copy__(self) -> NotPlain:
        return self  # nothing in it changes

    def __deepcopy__(self, _memo: dict[int, object]) -> NotPlain:
        return self

    def __reduce__(self) -> NoReturn:
        raise self._refused(Need.PLAIN)

    def __bool__(self) -> NoReturn:
        raise self._refused(Need.TRUTH)

    def __index__(self) -> NoReturn:
        raise self._refused(Need.INTEGER)

    __int__ = __index__

    def __float__(self) -> NoReturn:
        raise self._refused(Need.FLOAT)

    __complex__ = __trunc__ = __floor__ = __ceil__ = __float__

    def __round__(self, digits: object = None) -> NoReturn:
        raise self._refused(Need.FLOAT)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """An array of one object: numpy would try len() else, and swallow the refusal."""
        holder = np.empty((), object)
        holder[()] = self
        return holder

    def __iter__(self) -> Iterator[Any]:
        raise self._refused(Need.ITEMS)

    def __getitem__(self, index: object) -> NoReturn:
        self.__iter__()
        raise AssertionError

    def __len__(self) -> int:
        self.__iter__()
        raise AssertionError

    def __contains__(self, item: object) -> bool:
        self.__iter__()
        raise AssertionError

    def __hash__(self) -> int:
        raise self._refused(Need.HASH)
