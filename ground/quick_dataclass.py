"""`dataclass`, for modules that every command imports: a class takes an eighth of the time to make.

Python's own writes the text of six methods for each class and compiles it, which takes 0.6 ms, and
a command imports dozens of classes. Here fields and `slots` are Python's own, and `__init__` is
compiled once for all classes with so many fields: of each class it has other names. The other
methods are the same functions for all classes. To whoever uses a class nothing differs: `fields`,
`replace`, `asdict`, comparison, hash, repr, pickling and copies.

A class derived from such a dataclass is made by this decorator, too, if it is frozen. There is no
InitVar here: __init__ would not take it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, fields
from functools import cache
from operator import attrgetter
from reprlib import recursive_repr
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # type checkers see no difference
else:

    def dataclass(
        *, frozen: bool = False, slots: bool = False, eq: bool = True, repr: bool = True
    ) -> Callable[[type[Any]], type[Any]]:
        """Make a class a dataclass, with these options of Python's own."""
        from dataclasses import dataclass as blank

        def decorate(given: type[Any]) -> type[Any]:
            made = blank(init=False, repr=False, eq=False, slots=slots)(given)
            shown = made.__dataclass_params__
            shown.init, shown.eq, shown.repr = True, eq, repr
            parts = fields(made)
            if "__init__" not in vars(made):
                made.__init__ = _init(made, parts, frozen, slots)
            if repr and "__repr__" not in vars(made):
                made.__repr__ = _repr(parts)
            if eq:
                _compare(made, parts, frozen)
            if frozen:
                made.__setattr__, made.__delattr__ = set_no_field, delete_no_field
                for name, method in _STATE.items() if slots else ():
                    if name not in vars(made):
                        setattr(made, name, method)
            return made

        return decorate


class _Factory:
    """The default of a field that has a factory, as signatures show it."""

    def __repr__(self) -> str:
        return "<factory>"


_FACTORY = _Factory()


def _init(
    made: type[Any], parts: tuple[Field[Any], ...], frozen: bool, slots: bool
) -> Callable[..., None]:
    """The method that takes the fields."""
    ends = hasattr(made, "__post_init__")
    is_plain = all(
        p.init and not p.kw_only and p.default_factory is MISSING and p.name != "self"
        for p in parts
    )
    has_default = [part.default is not MISSING for part in parts]
    is_plain = is_plain and has_default == sorted(has_default)  # Python refuses another order
    if is_plain:
        init = _plain_init(parts, frozen, ends)
    else:
        init = _compiled_init(parts, frozen, slots, ends)
    init.__qualname__ = f"{made.__qualname__}.__init__"
    init.__annotations__ = {part.name: part.type for part in parts if part.init} | {"return": None}
    return init


def _plain_init(parts: tuple[Field[Any], ...], frozen: bool, ends: bool) -> Callable[..., None]:
    """The method of fields without factories, all of them positional: of another's, with names."""
    pattern = _pattern(len(parts), frozen, ends)
    names = {f"_{number}": part.name for number, part in enumerate(parts)}

    def named(known: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(names.get(one, one) if type(one) is str else one for one in known)

    code = pattern.replace(
        co_varnames=named(pattern.co_varnames),
        co_names=named(pattern.co_names),
        co_consts=named(pattern.co_consts),
    )
    defaults = tuple(part.default for part in parts if part.default is not MISSING)
    return FunctionType(code, {"_set": object.__setattr__}, "__init__", defaults or None)


@cache
def _pattern(count: int, frozen: bool, ends: bool) -> CodeType:
    """The code of an `__init__` that takes and sets the fields _0, _1, ..."""
    names = [f"_{number}" for number in range(count)]
    lines = [f" _set(self, {n!r}, {n})" if frozen else f" self.{n} = {n}" for n in names]
    return _function(["self", *names], lines, ends, {}).__code__


def _compiled_init(
    parts: tuple[Field[Any], ...], frozen: bool, slots: bool, ends: bool
) -> Callable[..., None]:
    """The method of any fields, of the text that Python's own would write.

    What the text names besides the fields has names that no field has.
    """
    known: dict[str, Any] = {"__set__": object.__setattr__, "__FACTORY__": _FACTORY}
    me = "__self__" if any(part.name == "self" for part in parts) else "self"
    taken = [me]
    keywords: list[str] = []
    lines: list[str] = []
    for part in parts:
        name, value = part.name, part.name
        if part.default_factory is not MISSING:
            known[f"__new_{name}__"] = part.default_factory
            value = f"__new_{name}__()"
            if part.init:
                value += f" if {name} is __FACTORY__ else {name}"
        elif not part.init:
            if not slots or part.default is MISSING:
                continue  # it stays unset, or what the class has
            value = f"__default_{name}__"
        default = part.default if part.default_factory is MISSING else _FACTORY
        known[f"__default_{name}__"] = default
        if part.init:
            word = name if default is MISSING else f"{name}=__default_{name}__"
            (keywords if part.kw_only else taken).append(word)
        lines.append(f" __set__({me}, {name!r}, {value})" if frozen else f" {me}.{name} = {value}")
    return _function([*taken, *(["*", *keywords] if keywords else [])], lines, ends, known)


def _function(
    words: list[str], lines: list[str], ends: bool, known: dict[str, Any]
) -> FunctionType:
    """A function of these words; the first is the object that is made."""
    body = [*lines, *([f" {words[0]}.__post_init__()"] if ends else [])] or [" pass"]
    found: dict[str, Any] = {}
    exec("\n".join([f"def __init__({', '.join(words)}):", *body]), known, found)  # noqa: S102 # names of fields
    init: FunctionType = found["__init__"]
    return init


def _values(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What takes the values of fields from an object."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda made: tuple(getattr(made, name) for name in names)


def _compare(made: type[Any], parts: tuple[Field[Any], ...], frozen: bool) -> None:
    values = _values([part.name for part in parts if part.compare])
    hashed = [part.name for part in parts if (part.compare if part.hash is None else part.hash)]
    values_to_hash = _values(hashed)

    def __eq__(self: object, other: object) -> bool:
        return values(self) == values(other) if type(other) is type(self) else NotImplemented

    def __hash__(self: object) -> int:
        return hash(values_to_hash(self))

    own = vars(made)
    # Python itself puts None there for a class with an __eq__ of its own.
    has_own_hash = "__hash__" in own and (own["__hash__"] is not None or "__eq__" not in own)
    if "__eq__" not in own:
        made.__eq__ = __eq__  # type: ignore[assignment]
    if not has_own_hash:
        made.__hash__ = __hash__ if frozen else None  # type: ignore[assignment]


def _repr(parts: tuple[Field[Any], ...]) -> Callable[[object], str]:
    names = [part.name for part in parts if part.repr]

    @recursive_repr()
    def __repr__(self: object) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__qualname__}({shown})"

    return __repr__


def _state(self: Any) -> list[Any]:
    return [getattr(self, part.name) for part in fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for part, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, part.name, value)


_STATE = {"__getstate__": _state, "__setstate__": _set_state}


def set_no_field(self: object, name: str, value: object) -> None:
    """What sets an attribute of a frozen object; raises FrozenInstanceError for a field."""
    if not _is_frozen(self, name):
        object.__setattr__(self, name, value)
        return
    raise FrozenInstanceError(
        f"`{name}` cannot be set: a {type(self).__name__} does not change. "
        "Keep the value in a variable of your own, or make another object with other fields."
    )


def delete_no_field(self: object, name: str) -> None:
    """The same of what deletes an attribute."""
    if not _is_frozen(self, name):
        object.__delattr__(self, name)
        return
    raise FrozenInstanceError(
        f"`{name}` cannot be deleted: a {type(self).__name__} does not change. "
        "Make another object with other fields."
    )


def _is_frozen(made: object, name: str) -> bool:
    """Whether an attribute is a field, or its object one of the very class: as of dataclasses."""
    kind = next(
        kind for kind in type(made).__mro__ if vars(kind).get("__setattr__") is set_no_field
    )
    return type(made) is kind or any(name == field.name for field in fields(kind))
