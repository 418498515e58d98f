"""What to write instead, where Python needs a plain value and the text gives a circuit's.

Each protocol of Python's serves many constructs: __bool__ decides an `if`, joins with `and`, sorts.
The text of the user's line says which, and so what a circuit has for it; without the text the
advice names them all.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import is_dataclass

import numpy as np

from circuits.language.calls import name_of, of_call
from circuits.language.conditions import as_flag, call, negated
from circuits.language.needs import (
    ENTRY,
    UNKNOWN,
    WHEN,
    Advice,
    Kind,
    Need,
    kept,
    value_of,
    written,
)
from circuits.language.source import Place
from circuits.language.syntax import Spot, shown, spot_of


def advice(place: Place | None, need: Need, kind: Kind) -> Advice:
    """What is wrong where Python needs something of a value, and what to do."""
    spot = None if place is None else spot_of(place)
    if spot is None:
        return Advice(None, *need.value)
    try:
        return _special(spot, need, kind) or Advice(spot.text, *need.value)
    except RecursionError:  # an expression of thousands of operators, as in generated text
        return Advice(None, *need.value)


def _special(spot: Spot, need: Need, kind: Kind) -> Advice | None:
    if isinstance(spot.node, ast.Call) and spot.operation.startswith(("CALL", "PRECALL")):
        return of_call(spot, spot.node, need, kind)
    if need is Need.TRUTH:
        return _of_truth(spot, kind)
    formatted = [x for x in (spot.node, *spot.around) if isinstance(x, ast.FormattedValue)]
    if need is Need.TEXT and formatted:
        return Advice(shown(formatted[0].value), *need.value)
    if isinstance(spot.node, ast.Subscript):
        return _of_key(spot) if need is Need.HASH else _of_index(spot, spot.node, need)
    if need is Need.HASH and isinstance(spot.node, ast.Compare):
        return _of_comparison(spot, spot.node, kind)
    if need is Need.INTEGER and isinstance(spot.node, ast.BinOp | ast.FormattedValue):
        return Advice(spot.text, *Need.TEXT.value)  # "%d" % x: else an operator would have it
    return None


# --- what Python decides


def _of_truth(spot: Spot, kind: Kind) -> Advice | None:
    if isinstance(spot.node, ast.Compare) and (
        spot.operation in ("COMPARE_OP", "CONTAINS_OP") or _compares_nests(spot.node)
    ):
        return _of_comparison(spot, spot.node, kind)
    if isinstance(spot.node, ast.expr):
        return _of_condition(spot, spot.node, kind) or _of_operators(spot.node, kind)
    if isinstance(spot.node, _Deciding):  # before Python 3.12 a name's test has the place of all
        return _of_statement(spot, spot.node, kind)
    if any(isinstance(node, ast.Match) for node in (spot.node, *spot.around)):
        return _of_match(spot)
    return None


def _compares_nests(node: ast.Compare) -> bool:
    """Whether a side is a list or an object as far as its text says, and not a single value."""
    for side in (node.left, *node.comparators):
        value = value_of(side) if isinstance(side, ast.Name) else side
        if isinstance(value, _Nest) or is_dataclass(value):
            return True
    return False


_Nest = (list, tuple, np.ndarray, ast.List, ast.Tuple, ast.ListComp)
_Collecting = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_Deciding = ast.If | ast.While | ast.IfExp | ast.Assert


def _of_condition(spot: Spot, node: ast.expr, kind: Kind) -> Advice | None:
    """Of an expression on which a statement, an `if ... else` or a comprehension depends."""
    if isinstance(node, ast.IfExp):  # its own test, as above
        return _of_statement(spot, node, kind)
    if isinstance(node, _Collecting):
        tests = [test for generator in node.generators for test in generator.ifs]
        return _of_items(tests[0], kind) if len(tests) == 1 else None
    whole: ast.expr = node
    for outer in spot.around:
        if isinstance(outer, _Deciding) and outer.test is whole:
            return _of_statement(spot, outer, kind)
        if isinstance(outer, ast.comprehension) and any(test is whole for test in outer.ifs):
            return _of_items(whole, kind)
        if isinstance(outer, ast.Match | ast.match_case | ast.pattern):
            return _of_match(spot)
        if not isinstance(outer, ast.expr) or not _is_joining(outer):
            return None
        whole = outer
    return None


def _of_items(test: ast.expr, kind: Kind) -> Advice:
    condition = shown(as_flag(test, is_number=not kind.is_flag)) or "condition"
    return Advice(shown(test), f"decides which items stay, {UNKNOWN}.", kept(condition))


def _of_operators(node: ast.expr, kind: Kind) -> Advice | None:
    if isinstance(node, ast.BoolOp):
        word = "`and`" if isinstance(node.op, ast.And) else "`or`"
    elif _is_joining(node):
        word = "`not`"
    elif isinstance(node, ast.Compare) and len(node.ops) > 1:
        word = "`and`, which joins a chain of comparisons"
    else:
        return None
    return Advice(
        shown(node),
        f"is decided by Python's {word}, {UNKNOWN}.",
        written(as_flag(node, is_number=not kind.is_flag), "Combine conditions with & | ~."),
    )


def _of_match(spot: Spot) -> Advice:
    found = next(node for node in (spot.node, *spot.around) if isinstance(node, ast.Match))
    return Advice(
        shown(found.subject),
        f"decides a `match`, {UNKNOWN}.",
        "Choose with select(x == 1, if_true, if_false), or by a number with lookup(values, x).",
    )


def _is_joining(node: ast.AST) -> bool:
    return isinstance(node, ast.BoolOp) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    )


def _of_comparison(spot: Spot, node: ast.Compare, kind: Kind) -> Advice:
    if any(isinstance(operator, ast.In | ast.NotIn) for operator in node.ops):
        return _of_condition(spot, node, kind) or Advice(
            shown(node),
            f"asks Python to look for a value that is {WHEN}.",
            written(as_flag(node), "Write member(x, values)."),
        )
    return Advice(
        shown(node),
        f"asks Python to compare lists or objects whose values are {WHEN}.",
        _of_nests(node),
    )


def _of_nests(node: ast.Compare) -> str:
    """What says of the items or fields what Python says of the lists or objects that hold them."""
    x, y, operator = ast.Name("x"), ast.Name("y"), node.ops[0]
    sides = (node.left, node.comparators[0])
    pairs = f"{shown(ast.Compare(x, [operator], [y]))} for x, y in zip(xs, ys, strict=True)"
    if any(_is_array(side) for side in sides):
        if isinstance(sides[1], ast.Constant):
            pairs = f"{shown(ast.Compare(x, [operator], [sides[1]]))} for x in xs"
        return f"Compare item by item: [{pairs}]; all_of() and any_of() join the results."
    if isinstance(operator, ast.Eq | ast.NotEq):
        joined = "all_of" if isinstance(operator, ast.Eq) else "any_of"
        return f"Compare their items or fields: {joined}({pairs})."
    strict = ast.Lt() if isinstance(operator, ast.Lt | ast.LtE) else ast.Gt()
    return (
        "The first items that differ decide: begin with result = "
        f"{isinstance(operator, ast.LtE | ast.GtE)}, and from the last pair to the first take "
        f"result = ({shown(ast.Compare(x, [strict], [y]))}) | ((x == y) & result)."
    )


def _is_array(side: ast.expr) -> bool:
    """Whether a side is an array of numpy's, as far as its text and its names say."""
    if isinstance(side, ast.Call) and isinstance(side.func, ast.Attribute):
        return value_of(side.func.value) is np or _is_array(side.func.value)
    if isinstance(side, ast.BinOp):
        return _is_array(side.left) or _is_array(side.right)
    if isinstance(side, ast.Subscript):
        return _is_array(side.value)
    return isinstance(value_of(side), np.ndarray)


def _of_statement(spot: Spot, outer: _Deciding, kind: Kind) -> Advice:
    flag = as_flag(outer.test, is_number=not kind.is_flag)
    about, condition = shown(outer.test), shown(flag) or "condition"
    if isinstance(outer, ast.Assert):
        parts = [flag] if outer.msg is None else [flag, outer.msg]
        return Advice(
            about,
            f"is asserted, but Python's assert constrains nothing: the value is {WHEN}.",
            written(call("check", *parts), "Write check(condition)."),
        )
    if isinstance(outer, ast.While):
        return Advice(
            about,
            f"decides how often a `while` runs, {UNKNOWN}.",
            "Write a loop with a fixed number of steps, and in each step keep the old values with "
            f"select({condition}, new, old).",
        )
    mend = _choose(condition)
    if isinstance(outer, ast.IfExp):
        mend = written(call("select", flag, outer.body, outer.orelse), mend)
    else:
        mend = _instead(outer, flag, _after(outer, spot.around)) or mend
    return Advice(about, f"decides an `if`, {UNKNOWN}.", mend + _guarded(outer))


def _guarded(outer: ast.If | ast.IfExp) -> str:
    """A word on a divisor that the condition looks at: what divides by it is always computed."""
    looked_at = {ast.dump(part) for part in ast.walk(outer.test)}
    for part in ast.walk(outer):
        if isinstance(part, ast.BinOp | ast.AugAssign) and isinstance(part.op, _DIVIDING):
            divisor = part.right if isinstance(part, ast.BinOp) else part.value
            text = shown(divisor)
            if text and not isinstance(divisor, ast.Constant) and ast.dump(divisor) in looked_at:
                return (
                    " Both cases are computed: divide by "
                    f"select({text} != 0, {text}, 1) in place of {text}."
                )
    return ""


_DIVIDING = (ast.FloorDiv, ast.Mod, ast.Div)


def _after(statement: ast.stmt, around: Sequence[ast.AST]) -> ast.stmt | None:
    """The statement that follows one in its block."""
    for node in around:
        for block in ("body", "orelse", "finalbody"):
            after = getattr(node, block, None)
            if isinstance(after, list) and statement in after:
                return next(iter(after[after.index(statement) + 1 :]), None)
    return None


def _choose(condition: str) -> str:
    return f"Compute both cases and choose: select({condition}, if_true, if_false)."


def _instead(outer: ast.If, flag: ast.expr, after: ast.stmt | None) -> str | None:
    """A line that does what the `if` does, for the plainest of them."""
    first = outer.body[0]
    if isinstance(outer.body[-1], ast.Break | ast.Continue):
        return (
            "A loop runs to its end: keep a Bool that says whether a step counts, and choose with "
            f"select({shown(negated(flag)) or 'counts'}, new, old)."
        )
    if len(outer.body) > 1 or len(outer.orelse) > 1:
        return None
    other = outer.orelse[0] if outer.orelse else None
    if isinstance(first, ast.Return) and first.value is not None:
        other = other or after
        if isinstance(other, ast.Return) and other.value is not None:
            return _line(ast.Return(call("select", flag, first.value, other.value)))
        return None
    if other is None and isinstance(first, ast.Raise):
        return _line(ast.Expr(call("check", negated(flag))))
    if other is None and isinstance(first, ast.Expr) and _is_check(first.value):
        checked = as_flag(first.value.args[0])  # type: ignore[attr-defined]  # _is_check says so
        return _line(ast.Expr(call("check", ast.BinOp(negated(flag), ast.BitOr(), checked))))
    target, value = _assigned(first)
    if target is None or value is None:
        return None
    name, otherwise = (target, ast.Name(target)) if other is None else _assigned(other)
    if name != target or otherwise is None:
        return None
    return _line(ast.Assign([ast.Name(target)], call("select", flag, value, otherwise)))


def _line(node: ast.stmt) -> str | None:
    text = shown(ast.fix_missing_locations(node))
    return f"Write {text}." if text else None


def _is_check(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and name_of(node.func) == "check" and bool(node.args)


def _assigned(node: ast.stmt) -> tuple[str | None, ast.expr | None]:
    """The name that a statement assigns to, and what."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
        return (target.id, node.value) if isinstance(target, ast.Name) else (None, None)
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        return node.target.id, ast.BinOp(ast.Name(node.target.id), node.op, node.value)
    return None, None


# --- places in lists, keys


def _of_index(spot: Spot, node: ast.Subscript, need: Need) -> Advice | None:
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


def _of_key(spot: Spot) -> Advice:
    return Advice(
        spot.text,
        f"is an entry of a dict by a key that is {WHEN}.",
        ENTRY.format(x="x"),
    )
