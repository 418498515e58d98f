"""What a signal refuses, and the words: Python's protocols that need a plain value.

Python forces `if`, `[...]`, `range` and others to plain values, which a circuit's values are not
while it is compiled. Each ends in a CompileError with the language's own way to say it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np

from circuits.errors import CompileError
from circuits.language.engine import keep_for
from circuits.language.source import expression_here, here


def refused(what: str, mend: str) -> CompileError:
    """The error for an expression that circuits do not have."""
    expression, source = expression_here()
    return CompileError(f"{expression} {what}", mend, source)


def describe(value: object) -> str:
    """A kind of thing, for messages: never its value."""
    name = type(value).__name__
    return {"NoneType": "None", "str": "a text", "list": "a list", "dict": "a dict"}.get(
        name, f"{'an' if name[:1] in 'aeiou' else 'a'} {name}"
    )


class NotPlain:
    """The base of signals: every protocol that needs a plain value, refused with advice."""

    __slots__ = ()
    engine: Any

    def _refused(self, what: str, mend: str) -> CompileError:
        """The error for an expression with this signal, which counts for its body in any thread."""
        error = refused(what, mend)
        keep_for(self.engine, error)
        return error

    def __bool__(self) -> NoReturn:
        place = here()
        asserted = place.assertion() if place else None
        if asserted is not None:
            raise self._refused(
                "is asserted, but Python's assert constrains nothing: the value is not known when "
                "the circuit is compiled.",
                f"Write check({asserted}).",
            )
        raise self._refused(
            "decides what Python does next (if, while, and, or, not, in, min, max), but its value "
            "is not known when the circuit is compiled.",
            "Choose with select(condition, if_true, if_false); combine with & | ~, any_of, all_of; "
            "for `in`, min and max use member(), minimum() and maximum(); compare lists and "
            "records part by part.",
        )

    def __index__(self) -> NoReturn:
        raise self._refused(
            "is used as a plain integer ([...], range, int), but its value is not known when the "
            "circuit is compiled.",
            "Take an entry of a list with lookup(values, x); a loop's length is fixed.",
        )

    __int__ = __index__

    def __float__(self) -> NoReturn:
        raise self._refused(
            "becomes a float, which a circuit does not have.",
            "Compute with Fixed[n, f]; x // 1 is a number's whole part.",
        )

    __complex__ = __round__ = __trunc__ = __floor__ = __ceil__ = __float__

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """An array of one object: numpy would try len() else, and swallow the refusal."""
        holder = np.empty((), object)
        holder[()] = self
        return holder

    def __iter__(self) -> Iterator[Any]:
        raise self._refused(
            "is taken apart, but it is a single value.",
            "Declare an Array[T, n], or take bits with circuits.gadgets.to_bits(x, n).",
        )

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
        raise self._refused(
            "is hashed (a set, a key of a dict), but its value is not known when the circuit is "
            "compiled.",
            "Keep signals in lists, and look for one with member(x, values).",
        )
