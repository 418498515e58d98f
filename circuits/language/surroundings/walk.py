"""A walk over all that a function sees beside its arguments, as tokens that can be compared.

Depth first, each thing once; where one is met again its number stands. Everything that can change
has a guard, by which a later walk may be spared.
"""

from __future__ import annotations

import sys
from array import array
from collections import OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, getcontext
from functools import partial, update_wrapper
from types import (
    BuiltinFunctionType,
    ClassMethodDescriptorType,
    FunctionType,
    GetSetDescriptorType,
    MappingProxyType,
    MemberDescriptorType,
    MethodDescriptorType,
    MethodType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import Any

import numpy as np

from zkpipe.circuits.language.surroundings.guards import (
    NOT_SET,
    Guards,
    content_of,
    dict_of,
    member_of,
    of_class,
    of_defaultdict,
    of_function,
    of_partial,
)
from zkpipe.circuits.language.surroundings.keys import PLAIN, Key, Known, Read
from zkpipe.circuits.language.surroundings.reads import (
    is_known_class,
    is_ours,
    is_pure,
    reads_of,
)
from zkpipe.circuits.language.surroundings.shape import ByIdentity
from zkpipe.circuits.language.text.aliases import ALIASES
from zkpipe.circuits.language.text.sending import is_found, not_sent
from zkpipe.circuits.language.values.refusals import NotPlain

MOST = 20_000  # things that are looked at

_BY_IDENTITY = (
    ClassMethodDescriptorType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    WrapperDescriptorType,
    *ALIASES,  # evaluated once
    type(Ellipsis),
    type(NotImplemented),
    type(vars(namedtuple("_Named", "field"))["field"]),
)
_CONTENTS: dict[type, Callable[[Any], object]] = {  # of classes of users, asking none of their code
    list: lambda thing: [*list.__iter__(thing)],
    dict: lambda thing: [*dict.items(thing)],
    tuple: lambda thing: [*tuple.__iter__(thing)],
    set: lambda thing: [*set.__iter__(thing)],
    frozenset: lambda thing: [*frozenset.__iter__(thing)],
    int: int.__pos__,
    float: float.__pos__,
    str: lambda thing: str.__add__(thing, ""),
    bytes: lambda thing: bytes.__add__(thing, b""),
}
_METHODS_IN_C = (ClassMethodDescriptorType, MethodDescriptorType, WrapperDescriptorType)
_AGAIN = ByIdentity("seen before")


class Unknowable(Exception):
    """Something that a function sees cannot be compared by its content."""


class TooMuch(Unknowable):
    """A function sees more things than are looked at."""


class Decorated:
    """A function under a decorator of ours, and the classes that its arguments may have.

    fixed  names of its attributes that the decorator has set: those of users are others
    """

    function: Any  # of Python
    classes: tuple[type, ...] = ()
    fixed: frozenset[str] = frozenset()

    def wrap(self, function: FunctionType) -> None:
        """Look like the function, and have its attributes."""
        decorated: Any = self  # callable, as each of its classes is
        update_wrapper(decorated, function)
        self.fixed = frozenset(vars(self)) - vars(function).keys()

    def __reduce__(self) -> str:
        """To another process goes the name, as of any function. Raises CompileError for others."""
        function = self.function
        if not is_found(self, function.__module__, function.__qualname__):
            raise not_sent(f"`{function.__name__}`", None)
        return str(function.__qualname__)

    def __copy__(self) -> Decorated:
        return self  # as functions are copied

    def __deepcopy__(self, _memo: dict[int, object]) -> Decorated:
        return self


class Walk:
    """A walk over all that is reachable, depth first, each thing once."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.tokens: list[Any] = []
        self.seen: dict[int, int] = {}
        self.alive: list[object] = []  # what was made here: ids must stay their own
        self.waiting: list[object] = []
        self.guards = Guards()
        self.names: set[str] = set()
        self.scopes: dict[int, dict[str, object]] = {}  # globals of functions, by their id
        self.modules: dict[int, tuple[ModuleType, set[str]]] = {}

    def key(self, roots: Iterable[object]) -> Key:
        """The tokens of the roots and of all that they see."""
        self._follow(roots)
        self._drain()
        while self._attributes_of_modules():
            self._drain()
        return Key(tuple(self.tokens))

    # --- what a walk may take for granted, and what it cannot compare

    most = MOST

    def is_known_function(self, function: FunctionType) -> bool:
        """Whether a function reads nothing that changes but its closure."""
        return is_ours(function)

    def is_known_class(self, class_: type) -> bool:
        """Whether a class, with its methods, reads nothing that changes."""
        return is_known_class(class_)

    def names_in(self, module: ModuleType) -> set[str]:
        """Names of a module that code met so far may read."""
        return self.names & vars(module).keys()

    def unknown(self, thing: object) -> None:
        """Something without a content."""
        raise Unknowable(type(thing).__name__)

    def reflect(self) -> None:
        """Code that may reach anything."""
        raise Unknowable("reflection")

    def exhausted(self) -> None:
        """More than MOST things."""
        raise TooMuch("too much")

    # --- the walk

    def _drain(self) -> None:
        while self.waiting:
            if len(self.seen) > self.most:
                self.exhausted()
                return
            thing = self.waiting.pop()
            kind = type(thing)
            if kind in PLAIN:
                self.tokens += (kind, thing)
            elif kind is Read:
                self.tokens.append(thing)
            elif id(thing) in self.seen:
                self.tokens += (_AGAIN, self.seen[id(thing)])
            else:
                self.seen[id(thing)] = len(self.seen)
                self.alive.append(thing)
                self._visit(kind, thing)

    def _follow(self, things: Iterable[object]) -> None:
        self.waiting.extend([*things][::-1])

    def _visit(self, kind: type, thing: Any) -> None:
        if kind in _VISITS:
            _VISITS[kind](self, thing)
        elif issubclass(kind, type):
            self._class(thing)
        elif issubclass(kind, Decorated):
            self._decorated(thing)
        elif issubclass(kind, NotPlain):
            self.unknown(thing)
        elif issubclass(kind, np.generic) and kind is not np.void and self.is_known_class(kind):
            self.tokens += (ByIdentity(kind), thing.tobytes())
        elif kind in _BY_IDENTITY or _is_function_of_numpy(kind):
            self.tokens.append(ByIdentity(thing))
        elif kind is np.ufunc:
            self._builtin(thing)
        else:
            self._object(kind, thing)

    # --- functions

    def _decorated(self, thing: Decorated) -> None:
        self.tokens.append(ByIdentity(thing))
        self._keep_mapping(vars(thing))
        self._follow([thing.function, *thing.classes])
        self._attributes((n, value) for n, value in vars(thing).items() if n not in thing.fixed)

    def _attributes(self, named: Iterable[tuple[str, object]]) -> None:
        self._follow(part for name, value in named for part in (Read(name), value))

    def _function(self, function: FunctionType) -> None:
        code = function.__code__
        self.tokens += (FunctionType, ByIdentity(code))
        seen: list[object] = []
        for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
            content = content_of(cell)
            self.guards.cells.append((cell, content))
            seen += (Read(name), content)
        facts = of_function(function)
        self.guards.facts.append((of_function, function, facts))
        own = function.__dict__
        if not self.is_known_function(function):
            seen += self._read(function)
            seen += (*facts[1:], own)
        elif own:
            self._keep_mapping(own)
            self._attributes((n, value) for n, value in own.items() if n != "__wrapped__")
        self._follow(seen)

    def _read(self, function: FunctionType) -> Iterator[object]:
        reads = reads_of(function.__code__)
        if reads.reflection:
            self.reflect()
        self.names |= reads.attributes
        self.scopes.setdefault(id(function.__globals__), function.__globals__)
        anything: Any = function  # mypy's answer on __builtins__ depends on its cache
        scopes = (anything.__globals__, anything.__builtins__)
        for name in reads.globals:
            yield Read(name)
            value: object = NOT_SET
            for scope in scopes:
                if value is NOT_SET:
                    value = scope.get(name, NOT_SET)
                    self.guards.entries.append((scope, name, value))
            yield value
        for name in reads.imports:
            if name not in sys.modules:
                self.unknown(name)
                continue
            for part in (name, name.partition(".")[0]):
                module = sys.modules.get(part, NOT_SET)
                self.guards.entries.append((sys.modules, part, module))
                yield Read(part)
                yield module

    def _builtin(self, function: BuiltinFunctionType | np.ufunc) -> None:
        owner = getattr(function, "__self__", None)
        if owner is None or isinstance(owner, ModuleType):
            if not is_pure(function):
                self.unknown(function)
            self.tokens.append(ByIdentity(function))
        else:
            self.tokens += (BuiltinFunctionType, function.__name__)
            self._follow([owner])

    def _method(self, method: MethodType) -> None:
        self.tokens.append(MethodType)
        self._follow([method.__func__, method.__self__])

    def _partial(self, function: partial[Any]) -> None:
        self.tokens.append(partial)
        parts = of_partial(function)
        self.guards.facts.append((of_partial, function, parts))
        self._follow(parts)

    def _property(self, found: property) -> None:
        self.tokens.append(property)
        self._follow([found.fget, found.fset, found.fdel])

    def _wrapper(self, found: staticmethod[Any, Any] | classmethod[Any, Any, Any]) -> None:
        self.tokens.append(type(found))
        self._follow([found.__func__])

    # --- modules, classes, objects

    def _module(self, module: ModuleType) -> None:
        self.tokens += (ModuleType, ByIdentity(module))
        self.modules[id(module)] = (module, set())
        self.guards.modules.append((module, self.names_in, self.modules[id(module)][1]))
        finder = vars(module).get("__getattr__", NOT_SET)
        self.guards.entries.append((vars(module), "__getattr__", finder))
        if finder is not NOT_SET and not (isinstance(finder, FunctionType) and is_ours(finder)):
            self.unknown(module)

    def _attributes_of_modules(self) -> bool:
        """Follow attributes of modules that code met so far may read; False if that is done."""
        before = len(self.waiting)
        for module, done in list(self.modules.values()):
            for name in sorted(self.names_in(module) - done):
                done.add(name)
                value = vars(module)[name]
                self.guards.entries.append((vars(module), name, value))
                self._follow([Read(name), value])
        return len(self.waiting) > before

    def _class(self, class_: type) -> None:
        self.tokens += (type, ByIdentity(class_))
        if class_ is Decimal:
            self._context()
        if class_ is Decimal or self.is_known_class(class_):
            return
        if any(getattr(value, "__objclass__", None) is class_ for value in _in_c(class_)):
            self.unknown(class_)  # its code is C's
        metaclass, bases, *names = facts = of_class(class_)
        self.guards.facts.append((of_class, class_, facts))
        self._keep_mapping(vars(class_))
        self._follow([metaclass, *bases, *names])
        self._attributes(
            (name, value)
            for name, value in vars(class_).items()
            if name not in ("__dict__", "__weakref__")
        )

    def _object(self, class_: type, thing: object) -> None:
        self.tokens.append(ByIdentity(class_))
        base = next((base for base in _CONTENTS if issubclass(class_, base)), object)
        members = [
            member
            for ancestor in class_.__mro__
            for member in {id(value): value for value in vars(ancestor).values()}.values()
            if type(member) is MemberDescriptorType and member.__objclass__ is ancestor
        ]  # each once, whatever other names it has
        words = len(members) + _own_words(class_) - _own_words(base)
        if class_.__basicsize__ > base.__basicsize__ + 8 * words:
            self.unknown(thing)  # it holds what only C sees
        seen: list[object] = [class_]
        if base is not object:
            content = _CONTENTS[base](thing)
            self.alive.append(content)
            seen.append(content)
            self.guards.are_complete &= base not in (list, dict, set)
        for member in members:
            value = member_of(member, thing)
            self.guards.members.append((member, thing, value))
            seen += (Read(member.__name__), value)
        own = dict_of(thing)
        self.guards.objects.append((thing, class_, own))
        seen += (Read(class_.__name__), own)
        self._follow(seen)

    # --- values

    def _sequence(self, items: list[object] | set[object]) -> None:
        self.guards.lists.append((items, tuple(items)))
        kinds = [*map(type, items)]
        self.tokens += (type(items), len(kinds))
        if PLAIN.issuperset(kinds):
            self.tokens += (tuple(items), kinds[0] if len({*kinds}) == 1 else tuple(kinds))
        else:
            self._follow(items)

    def _tuple(self, items: tuple[object, ...]) -> None:
        known = self.known.of(items)
        if known is not None:
            self.tokens.append(known)
        else:
            self.tokens += (tuple, len(items))
            self._follow(items)

    def _dict(self, items: dict[object, object] | MappingProxyType[object, object]) -> None:
        self.tokens += (type(items), len(items))
        self._follow(self._keep_mapping(items))

    def _defaultdict(self, items: defaultdict[object, object]) -> None:
        factory = of_defaultdict(items)
        self.guards.facts.append((of_defaultdict, items, factory))
        self._follow(factory)
        self._dict(items)

    def _keep_mapping(self, items: Mapping[Any, object]) -> list[tuple[object, ...]]:
        keys, values = tuple(items.keys()), tuple(items.values())
        self.alive += (keys, values)
        self.guards.mappings.append((items, keys, values))
        return [keys, values]

    def _float(self, value: float) -> None:
        self.tokens += (float, value.hex())

    def _decimal(self, value: Decimal) -> None:
        self.tokens += (Decimal, str(value))
        self._context()

    def _context(self) -> None:
        """That of decimals, by which they compute."""
        self.guards.are_complete = False
        self.tokens.append(repr(getcontext()))

    def _complex(self, value: complex) -> None:
        self.tokens += (complex, repr(value))

    def _range(self, value: range) -> None:
        self.tokens += (range, value.start, value.stop, value.step)

    def _bytes(self, items: bytearray | array[Any]) -> None:
        self.guards.are_complete = False
        self.tokens += (type(items), getattr(items, "typecode", None), bytes(items))

    def _deque(self, items: deque[object]) -> None:
        self.guards.lists.append((items, tuple(items)))
        self.tokens += (deque, items.maxlen, len(items))
        self._follow(items)

    def _array(self, array: np.ndarray[Any, Any]) -> None:
        self.guards.are_complete = False
        dtype = array.dtype
        self.tokens += (np.ndarray, repr(dtype) if dtype.names else dtype.str, array.shape)
        if array.dtype.hasobject:
            items = array.ravel().tolist()
            self.alive.append(items)
            self._follow([items])
        else:
            self.tokens.append(array.tobytes())

    def _mark(self, thing: object) -> None:
        """A bare object(), such as NOT_SET."""
        self.tokens.append(ByIdentity(thing))


def _own_words(class_: type) -> int:
    """How many words of an object are references to its dict and to its list of weak references.

    Python 3.11 keeps most dicts, and 3.12 also most such lists, before the object: then the offset
    is negative, and they take nothing of the size. In 3.11 the last word of an object of variable
    size is that of its dict.
    """
    dict_is_last = class_.__dictoffset__ == -8
    return (class_.__dictoffset__ > 0) + dict_is_last + (class_.__weakrefoffset__ > 0)


def _in_c(class_: type) -> Iterator[object]:
    """Methods of a class that are written in C."""
    return (value for value in vars(class_).values() if type(value) in _METHODS_IN_C)


_VISITS: dict[type, Any] = {
    FunctionType: Walk._function,
    BuiltinFunctionType: Walk._builtin,
    MethodType: Walk._method,
    partial: Walk._partial,
    property: Walk._property,
    staticmethod: Walk._wrapper,
    classmethod: Walk._wrapper,
    ModuleType: Walk._module,
    list: Walk._sequence,
    set: Walk._sequence,
    frozenset: Walk._sequence,
    tuple: Walk._tuple,
    dict: Walk._dict,
    OrderedDict: Walk._dict,
    defaultdict: Walk._defaultdict,
    MappingProxyType: Walk._dict,
    float: Walk._float,
    complex: Walk._complex,
    Decimal: Walk._decimal,
    range: Walk._range,
    np.ndarray: Walk._array,
    bytearray: Walk._bytes,
    array: Walk._bytes,
    deque: Walk._deque,
    object: Walk._mark,
}


def _is_function_of_numpy(kind: type) -> bool:
    return kind.__module__ == "numpy" and kind.__name__ == "_ArrayFunctionDispatcher"
