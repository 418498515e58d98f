"""The types of the language for mypy, which takes no numbers in types: UInt[32], Array[T, 4].

In the configuration of mypy, for example in pyproject.toml:

    [tool.mypy]
    plugins = ["zkpipe.mypy_plugin"]

A scalar is Any: in a circuit it is a signal, and in the plain run and in inputs a number. An Array
is a list, and a record its own class, so that their items and fields are checked.
"""

from __future__ import annotations

from collections.abc import Callable

from mypy.plugin import AnalyzeTypeContext, Plugin
from mypy.types import AnyType, Type, TypeOfAny

_HOME = "zkpipe.circuits.language.values.types."


def plugin(_version: str) -> type[Plugin]:
    """What mypy asks for."""
    return Types


class Types(Plugin):
    """Reads the names of the language in annotations."""

    def get_type_analyze_hook(self, fullname: str) -> Callable[[AnalyzeTypeContext], Type] | None:
        """The reader of a name of the language; None for any other name."""
        return _READERS.get(fullname.removeprefix(_HOME)) if fullname.startswith(_HOME) else None


def _scalar(_context: AnalyzeTypeContext) -> Type:
    return AnyType(TypeOfAny.special_form)


def _inner(context: AnalyzeTypeContext) -> Type:
    """Public[T] and Private[T]."""
    if len(context.type.args) != 1:
        context.api.fail(f"{context.type.name} takes one type in brackets", context.context)
        return _scalar(context)
    return context.api.analyze_type(context.type.args[0])


def _array(context: AnalyzeTypeContext) -> Type:
    """Array[T, n, ...]: a list for each length."""
    element, *lengths = context.type.args or (None,)
    if element is None or not lengths:
        context.api.fail("Array takes a type and its lengths", context.context)
        return _scalar(context)
    found = context.api.analyze_type(element)
    for _ in lengths:
        found = context.api.named_type("builtins.list", [found])
    return found


_READERS: dict[str, Callable[[AnalyzeTypeContext], Type]] = {
    **dict.fromkeys(("Field", "Bool", "UInt", "Int"), _scalar),
    **dict.fromkeys(("Fixed", "UFixed", "Decimal", "Rounded"), _scalar),
    "Public": _inner,
    "Private": _inner,
    "Array": _array,
}
