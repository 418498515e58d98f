"""What to write instead of an index of a list, or a key of a dict, that is a circuit's value."""

from __future__ import annotations

import ast

import numpy as np

from zkpipe.circuits.language.suggestions.conditions import call
from zkpipe.circuits.language.suggestions.needs import ENTRY, WHEN, Advice, Need, written
from zkpipe.circuits.language.text.syntax import Spot, shown


def of_index(spot: Spot, node: ast.Subscript, need: Need) -> Advice | None:
    """Of values[i], values[i] = ..., del values[i] and slices, by a signal."""
    if need is Need.ITEMS:
        return None
    if isinstance(node.slice, ast.Slice):
        return Advice(
            shown(node),
            f"takes a part of a list whose ends are {WHEN}.",
            "A list's length is fixed: keep every item, and choose its value with "
            "select(condition, item, 0).",
        )
    values, index = shown(node.value) or "values", shown(node.slice) or "i"
    if isinstance(node.ctx, ast.Del):
        return Advice(
            shown(node),
            f"deletes an item at an index that is {WHEN}.",
            f"A list's length is fixed: replace the item, {_replaced(values, index, '0')}.",
        )
    if isinstance(node.ctx, ast.Store):
        if isinstance(spot.value_of(node.value), np.ndarray):
            return Advice(
                shown(node),
                "puts a circuit's value into an array of numbers.",
                "Make a list, or an array of objects: np.zeros(n, dtype=object).",
            )
        return Advice(
            shown(node),
            f"replaces an item at an index that is {WHEN}.",
            f"Write {_replaced(values, index, 'new')}.",
        )
    indices, whole = _parts(node.slice), node
    for outer in spot.around:  # of xs[i][j] the first that fails is xs[i]
        if not isinstance(outer, ast.Subscript) or outer.value is not whole:
            break
        if isinstance(outer.ctx, ast.Store | ast.Del):
            return Advice(
                shown(outer),
                f"changes an item in a list at an index that is {WHEN}.",
                f"Write {_replaced(values, index, 'new')}, where new is the whole of that list.",
            )
        if isinstance(outer.slice, ast.Slice):
            break
        indices += _parts(outer.slice)
        whole = outer
    what = f"takes an item at an index that is {WHEN}."
    if any(isinstance(part, ast.Slice | ast.Starred) or _is_axis(part) for part in indices):
        return Advice(shown(node), what, "Write lookup(values, i) for each list by itself.")
    found: list[ast.expr] = []
    inner = node.value
    for part in indices:
        found.append(_from_the_end(inner, part))
        inner = ast.Subscript(inner, ast.Constant(0))
    return Advice(
        shown(node), what, written(call("lookup", node.value, *found), "Write lookup(values, i).")
    )


def _parts(index: ast.expr) -> list[ast.expr]:
    """The indices of xs[i, j]."""
    return list(index.elts) if isinstance(index, ast.Tuple) else [index]


def _is_axis(index: ast.expr) -> bool:
    """Whether it is None or ... as numpy has them."""
    return isinstance(index, ast.Constant) and (index.value is None or index.value is ...)


def _from_the_end(values: ast.expr, index: ast.expr) -> ast.expr:
    """An index of lookup(), which counts from the beginning alone."""
    if isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub):
        return ast.BinOp(call("len", values), ast.Sub(), index.operand)
    if isinstance(index, ast.BinOp) and isinstance(index.op, ast.Add | ast.Sub):
        return ast.BinOp(_from_the_end(values, index.left), index.op, index.right)
    return index


def _replaced(values: str, index: str, new: str) -> str:
    return f"{values} = [select({index} == k, {new}, x) for k, x in enumerate({values})]"


def of_key(spot: Spot) -> Advice:
    """Of a dict's entry by a signal."""
    return Advice(
        spot.text,
        f"is an entry of a dict by a key that is {WHEN}.",
        ENTRY.format(x="x"),
    )
