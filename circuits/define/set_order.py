"""Sets that a body goes through, whose order is another in each process.

Python hashes texts with a secret of the process (PYTHONHASHSEED), so the members of {"a", "b"}
come in one order where a key is made and perhaps in another where its witness is solved. Tracing
twice in one process shows nothing of that; the text does.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from decimal import Decimal
from enum import Enum, EnumType
from fractions import Fraction
from types import CodeType, FunctionType
from typing import Any

from zkpipe.circuits.define.bodies import called_by_name, codes_of, source_in, tree_of
from zkpipe.circuits.errors import CircuitWarning
from zkpipe.circuits.language.text.syntax import shown

_IN_ORDER = ("list", "tuple", "enumerate", "zip", "iter", "map", "filter", "array", "reversed")
_SETS = ("set", "frozenset")


def set_order_warnings(function: FunctionType) -> list[CircuitWarning]:
    """What to say of loops over sets of texts, in a body and the functions it calls by name.

    Cost: some us for a function that names no set; some ms where it does, to read its text.
    """
    found: list[CircuitWarning] = []
    for here, values in called_by_name(function):
        if any(_names_a_set(code, values) for code in codes_of(here.__code__)):
            found += _warnings(here, values)
    return found


def _names_a_set(code: CodeType, values: dict[str, object]) -> bool:
    return (
        any(_is_scrambled(constant) for constant in code.co_consts)
        or any(name in code.co_names for name in _SETS)
        or any(_is_scrambled(values.get(name)) for name in (*code.co_names, *code.co_freevars))
    )


def _is_scrambled(value: object) -> bool:
    """Whether it is a set with an order of its own in each process."""
    return isinstance(value, set | frozenset) and len(value) > 1 and not all(map(_is_number, value))


def _is_number(member: object) -> bool:
    if isinstance(member, tuple):
        return all(map(_is_number, member))
    return isinstance(member, int | float | Fraction | Decimal)


def _warnings(function: FunctionType, values: dict[str, object]) -> Iterator[CircuitWarning]:
    tree = tree_of(function)
    if tree is None:
        return
    known: dict[str, Any] = dict(values)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and _is_set(node.value, known):
            known |= {x.id: {"a", "b"} for x in node.targets if isinstance(x, ast.Name)}
    for node in ast.walk(tree):
        for taken in _taken_in_order(node):
            if _is_set(taken, known):
                about = shown(taken) or "a set"
                yield CircuitWarning(
                    "unordered",
                    f"{function.__name__} goes through the set `{about}`, whose order may be "
                    "another in each process.",
                    f"Write sorted({shown(taken) or 'names'}), or a list: a key and a witness need "
                    "the same rows.",
                    source_in(function, taken),
                )


def _taken_in_order(node: ast.AST) -> list[ast.expr]:
    """The expressions whose members a node takes one after the other."""
    if isinstance(node, ast.For | ast.comprehension):
        return [node.iter]
    if isinstance(node, ast.Starred):
        return [node.value]
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else None
        name = node.func.id if isinstance(node.func, ast.Name) else name
        return node.args if name in _IN_ORDER else []
    return []


def _is_set(node: ast.expr, known: dict[str, Any]) -> bool:
    if isinstance(node, ast.Name):
        return _is_scrambled(known.get(node.id))
    if isinstance(node, ast.BinOp):
        return _is_set(node.left, known) or _is_set(node.right, known)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _SETS:
        return any(_gives_texts(x, known) for x in node.args)
    return isinstance(node, ast.Set) and _has_texts(node.elts)


def _gives_texts(node: ast.expr, known: dict[str, Any]) -> bool:
    """Whether a set of its members has an order of its own."""
    if isinstance(node, ast.List | ast.Tuple):
        return _has_texts(node.elts)
    value = known.get(node.id) if isinstance(node, ast.Name) else None
    if isinstance(value, list | tuple | set | frozenset | dict | EnumType):
        return _is_scrambled(set(filter(_is_constant, value)))
    return False


def _is_constant(member: object) -> bool:
    return isinstance(member, str | bytes | int | float | Enum)


def _has_texts(members: list[ast.expr]) -> bool:
    texts = [x for x in members if isinstance(x, ast.Constant) and isinstance(x.value, str | bytes)]
    return bool(texts) and len(members) > 1
