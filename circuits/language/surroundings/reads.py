"""What code may read beside its arguments, from its bytecode; and what is known to read nothing.

    reads_of(code)   names of globals, of attributes, of modules that it imports
    is_ours(...)     functions and classes that compute from their arguments alone

The names of attributes are a superset: every name and every text in the code, for `match` and
others keep names of attributes among the constants. Only what Python computes with strings escapes
(`getattr`, `vars`, frames), and its names are among those that make code unknowable.
"""

from __future__ import annotations

import abc
import builtins
import collections
import dataclasses
import dis
import enum
import fractions
import functools
import itertools
import math
import numbers
import operator
import re
import reprlib
import sys
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType, FunctionType, ModuleType

import numpy as np

from zkpipe import accel, ground, lazy
from zkpipe.circuits.language.text.frames import INSTALLED, LIBRARIES, PACKAGE, package_of

_GLOBAL = {
    "LOAD_GLOBAL",
    "LOAD_NAME",
    "LOAD_FROM_DICT_OR_GLOBALS",
    "STORE_GLOBAL",
    "DELETE_GLOBAL",
}
_REFLECTION = frozenset(
    [
        "__globals__",
        "__closure__",
        "__code__",
        "__dict__",
        "__builtins__",
        "__subclasses__",
        "__bases__",
        "__base__",
        "__mro__",
        "__getattribute__",
        "__self__",
        "__func__",
        "__wrapped__",
        "__reduce__",
        "__reduce_ex__",
        "__getstate__",
        "cell_contents",
        "gi_frame",
        "gi_yieldfrom",
        "cr_frame",
        "ag_frame",
        "tb_frame",
        "f_back",
        "f_globals",
        "f_locals",
        "f_builtins",
        "f_code",
        "__annotations__",
        "__annotate__",
        "__type_params__",
        "get_type_hints",
    ]
)
_FORMATS = ("format", "format_map")  # of a text: "{0.limit}" reads an attribute
_FIELD_OF_PART = re.compile(r"\{[^{}:!]*[.\[]")
_ROOTS = frozenset(  # of modules whose classes and functions read nothing that changes
    [
        "abc",
        "array",
        "builtins",
        "collections",
        "dataclasses",
        "enum",
        "fractions",
        "functools",
        "itertools",
        "math",
        "numbers",
        "numpy",
        "operator",
        "types",
        "typing",
        "zkpipe",
        "zkpipe.accel",
        "zkpipe.ground",
        "zkpipe.circuits",
    ]
)
_PURE_BUILTINS = [
    "abs",
    "all",
    "any",
    "ascii",
    "bin",
    "bool",
    "bytearray",
    "bytes",
    "callable",
    "chr",
    "classmethod",
    "complex",
    "dict",
    "divmod",
    "enumerate",
    "filter",
    "float",
    "format",
    "frozenset",
    "hash",
    "hex",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "list",
    "map",
    "max",
    "min",
    "next",
    "object",
    "oct",
    "ord",
    "pow",
    "property",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "slice",
    "sorted",
    "staticmethod",
    "str",
    "sum",
    "super",
    "tuple",
    "type",
    "zip",
    "__build_class__",
]


@dataclass(frozen=True, slots=True)
class Reads:
    """Names that code may read, those of functions within it too.

    reflection  names by which it may reach anything, in no order
    """

    globals: tuple[str, ...]
    attributes: frozenset[str]
    imports: tuple[str, ...]
    reflection: tuple[str, ...]


@lru_cache(maxsize=4096)
def reads_of(code: CodeType) -> Reads:
    """What code may read. It depends on nothing but the code, which never changes."""
    found: dict[str, None] = {}
    imports: dict[str, None] = {}
    attributes: set[str] = set()
    reflection: list[str] = []
    for part in _with_inner(code):
        instructions = [*dis.get_instructions(part)]
        for i, instruction in enumerate(instructions):
            if instruction.opname in _GLOBAL:
                found[instruction.argval] = None
            elif instruction.opname == "IMPORT_NAME":
                imports[instruction.argval] = None
                if instructions[i - 2].argval:  # its level
                    reflection.append("import .")
            elif instruction.argval in _FORMATS and not _formats_plainly(instructions[i - 1]):
                reflection.append(instruction.argval)
        attributes |= {*part.co_names, *_texts(part.co_consts)}
    reflection += _REFLECTION & attributes
    return Reads(tuple(found), frozenset(attributes), tuple(imports), tuple(reflection))


def _formats_plainly(text: dis.Instruction) -> bool:
    """Whether what is formatted is a constant text that reads no attributes and no items."""
    is_text = text.opname == "LOAD_CONST" and isinstance(text.argval, str)
    return is_text and _FIELD_OF_PART.search(text.argval) is None


def _with_inner(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _with_inner(constant)


def _texts(constants: object) -> Iterator[str]:
    if isinstance(constants, str):
        yield constants
    elif isinstance(constants, tuple | frozenset):
        for item in constants:
            yield from _texts(item)


def is_ours(function: FunctionType) -> bool:
    """Whether a function of Python is this package's, or a library's that keeps no state."""
    file = function.__code__.co_filename
    return file.startswith(_FILES) and not file.startswith(_STATEFUL)


def is_known_class(class_: type) -> bool:
    """Whether a class is this package's, or a library's that keeps no state."""
    module = class_.__module__
    if not _of_roots(module) or module.startswith("numpy.random") or class_ in _STATEFUL_CLASSES:
        return False
    found: object = sys.modules.get(module)
    for name in class_.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is class_ or not class_.__flags__ & _ON_HEAP


def is_of_library(module: object) -> bool:
    """Whether a module is ours, was installed, or came with Python: not what our user writes."""
    if not isinstance(module, str):
        return False
    path = getattr(sys.modules.get(module), "__file__", None)
    if module in sys.builtin_module_names or _of_roots(module):
        return True
    return isinstance(path, str) and path.startswith(LIBRARIES)


def is_installed(class_: type) -> bool:
    """Whether a class is of a library that was installed, whose objects may see all of it."""
    path = getattr(sys.modules.get(class_.__module__), "__file__", None)
    return isinstance(path, str) and path.startswith(INSTALLED)


def is_pure(function: object) -> bool:
    """Whether a function written in C computes from its arguments alone."""
    if id(function) in _PURE:
        return True
    name = getattr(function, "__name__", "")
    return vars(np).get(name) is function and function is not np.fromfile


def _of_roots(module: object) -> bool:
    return isinstance(module, str) and package_of(module) in _ROOTS


def _file(module: ModuleType) -> str:
    """The beginning of the names of files that hold a module's code."""
    path = module.__file__ or f"<frozen {module.__name__}>"
    return path.removesuffix("__init__.py")


_FILES = (  # by name, since functools.wraps changes a function's __module__
    PACKAGE,
    *(
        _file(module)
        for module in (
            accel,
            ground,
            abc,
            collections,
            dataclasses,
            enum,
            fractions,
            functools,
            numbers,
        )
    ),
    _file(lazy),  # of `zk.select`, which is loaded when it is first used
    *(_file(module) for module in (functools, numbers, np, operator, types, typing)),
    _file(reprlib),  # of dataclasses' __repr__ as of Python 3.13
    *(f"<frozen {name}>" for name in ("abc", "_collections_abc", "functools", "operator")),
)
_STATEFUL = (  # of numpy: functions of files, of how it prints, of what it does about errors
    _file(np.random),
    *(
        getattr(f, "__wrapped__", f).__code__.co_filename
        for f in (np.load, np.get_printoptions, np.geterr, np.memmap.__new__)
    ),
)
_STATEFUL_CLASSES = (np.memmap, np.datetime64, operator.attrgetter, operator.methodcaller)
_ON_HEAP = 1 << 9  # Py_TPFLAGS_HEAPTYPE: of a class statement
_PURE = {
    id(value): value  # kept, so that its id stays its own
    for value in [
        *(getattr(builtins, name) for name in _PURE_BUILTINS),
        *(
            value
            for module in (math, operator, itertools, functools)
            for name, value in vars(module).items()
            if callable(value) and name not in ("attrgetter", "methodcaller", "cache", "lru_cache")
        ),
    ]
}
