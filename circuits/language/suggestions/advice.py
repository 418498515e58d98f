"""What to write instead, where Python needs a plain value and the text gives a circuit's.

Each protocol of Python's serves many constructs: __bool__ decides an `if`, joins with `and`, sorts.
The text of the user's line says which, and so what a circuit has for it; without the text the
advice names them all.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from types import FrameType

import numpy as np

from zkpipe.circuits.language.suggestions.calls import of_call
from zkpipe.circuits.language.suggestions.conditions import as_flag, call
from zkpipe.circuits.language.suggestions.indices import of_index, of_key
from zkpipe.circuits.language.suggestions.needs import (
    UNKNOWN,
    WHEN,
    Advice,
    Kind,
    Need,
    kept,
    written,
)
from zkpipe.circuits.language.suggestions.statements import Deciding, of_statement
from zkpipe.circuits.language.suggestions.texts import of_text
from zkpipe.circuits.language.text.operators import parenthesised_in
from zkpipe.circuits.language.text.syntax import Spot, shown, spot_of


def advice(frame: FrameType | None, need: Need, kind: Kind) -> Advice:
    """What is wrong where Python needs something of a value, and what to do.

    frame  the user's, at the instruction that needs it
    """
    spot = None if frame is None else spot_of(frame, frame.f_lasti)
    if spot is None:
        return Advice(None, *need.value)
    try:
        return _special(spot, need, kind) or Advice(spot.text, *need.value)
    except RecursionError:  # an expression of thousands of operators, as in generated text
        return Advice(None, *need.value)


def _special(spot: Spot, need: Need, kind: Kind) -> Advice | None:
    if need is Need.TEXT:
        return of_text(spot, kind)
    if isinstance(spot.node, ast.Call) and spot.operation.startswith(("CALL", "PRECALL")):
        return of_call(spot, spot.node, need, kind)
    if need is Need.TRUTH:
        return _of_truth(spot, kind)
    formatted = [x for x in (spot.node, *spot.around) if isinstance(x, ast.FormattedValue)]
    if need is Need.NUMERAL and formatted:
        return Advice(shown(formatted[0].value), *need.value)
    if isinstance(spot.node, ast.Subscript):
        return of_key(spot) if need is Need.HASH else of_index(spot, spot.node, need)
    if need is Need.HASH and isinstance(spot.node, ast.Compare):
        return _of_comparison(spot, spot.node, kind)
    if need is Need.INTEGER and isinstance(spot.node, ast.BinOp | ast.FormattedValue):
        return Advice(spot.text, *Need.NUMERAL.value)  # "%d" % x: else an operator would have it
    return None


# --- what Python decides


def _of_truth(spot: Spot, kind: Kind) -> Advice | None:
    if isinstance(spot.node, ast.Compare) and (
        spot.operation in ("COMPARE_OP", "CONTAINS_OP") or _compares_nests(spot, spot.node)
    ):
        return _of_comparison(spot, spot.node, kind)
    if isinstance(spot.node, ast.expr):
        return _of_condition(spot, spot.node, kind) or _of_operators(spot, spot.node, kind)
    if isinstance(spot.node, Deciding):  # before Python 3.12 a name's test has the place of all
        return of_statement(spot, spot.node, kind)
    if any(isinstance(node, ast.Match) for node in (spot.node, *spot.around)):
        return _of_match(spot)
    return None


def _compares_nests(spot: Spot, node: ast.Compare) -> bool:
    """Whether a side is a list or an object as far as its text says, and not a single value."""
    for side in (node.left, *node.comparators):
        value = spot.value_of(side) if isinstance(side, ast.Name) else side
        if isinstance(value, _Nest) or _is_compared_by_fields(value):
            return True
    return False


def _is_compared_by_fields(value: object) -> bool:
    return is_dataclass(value) and not getattr(value, "is_compared_as_one", False)


_Nest = (list, tuple, np.ndarray, ast.List, ast.Tuple, ast.ListComp)
_Collecting = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def _of_condition(spot: Spot, node: ast.expr, kind: Kind) -> Advice | None:
    """Of an expression on which a statement, an `if ... else` or a comprehension depends."""
    if isinstance(node, ast.IfExp):  # its own test, as above
        return of_statement(spot, node, kind)
    if isinstance(node, _Collecting):
        tests = [test for generator in node.generators for test in generator.ifs]
        return _of_items(tests[0], kind) if len(tests) == 1 else None
    whole: ast.expr = node
    for outer in spot.around:
        if isinstance(outer, Deciding) and outer.test is whole:
            return of_statement(spot, outer, kind)
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


def _of_operators(spot: Spot, node: ast.expr, kind: Kind) -> Advice | None:
    if isinstance(node, ast.BoolOp):
        word = "`and`" if isinstance(node.op, ast.And) else "`or`"
        said = _with_message(spot, node, kind)
        if said is not None:
            about = f"is decided by Python's {word}, {UNKNOWN}."
            return Advice(shown(node), about, written(said, "Write check(condition, 'message')."))
    elif _is_joining(node):
        word = "`not`"
    elif isinstance(node, ast.Compare) and len(node.ops) > 1:
        fix = parenthesised_in(node)
        if fix is not None:
            return Advice(shown(node), "joins comparisons that have no parentheses.", fix)
        word = "`and`, which joins a chain of comparisons"
    else:
        return None
    fix = written(_joined(spot, node, kind), "Combine conditions with & | ~.")
    return Advice(shown(node), f"is decided by Python's {word}, {UNKNOWN}.", fix)


def _with_message(spot: Spot, node: ast.BoolOp, kind: Kind) -> ast.expr | None:
    """A check for `x > 3 or "too small"` and `x > 3 or fail("too small")`, as other tools write."""
    *conditions, last = node.values
    if not isinstance(node.op, ast.Or):
        return None
    said = last.args[:1] if isinstance(last, ast.Call) else [last]
    is_call = isinstance(last, ast.Call) and isinstance(spot.around[0], ast.Expr)
    if not (is_call or _is_text(last)):
        return None
    condition = conditions[0] if len(conditions) == 1 else ast.BoolOp(ast.Or(), conditions)
    return call("check", _joined(spot, condition, kind), *filter(_is_text, said))


def _is_text(node: ast.expr) -> bool:
    is_constant = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return is_constant or isinstance(node, ast.JoinedStr)


def _joined(spot: Spot, node: ast.expr, kind: Kind) -> ast.expr:
    """What a circuit has for `and`, `or` and `not`; member() for x == 1 or 2."""
    if not isinstance(node, ast.BoolOp):
        return as_flag(node, is_number=not kind.is_flag)
    first, *others = node.values
    if (
        isinstance(node.op, ast.Or)
        and isinstance(first, ast.Compare)
        and isinstance(first.ops[0], ast.Eq)
        and all(isinstance(x, ast.Constant) and type(x.value) is int for x in others)
    ):
        return call("member", first.left, ast.List([*first.comparators, *others]))
    flags = [as_flag(x, is_number=not _is_flag(spot, x, kind)) for x in node.values]
    joined, operator = flags[0], ast.BitAnd() if isinstance(node.op, ast.And) else ast.BitOr()
    for flag in flags[1:]:
        joined = ast.BinOp(joined, operator, flag)
    return joined


def _is_flag(spot: Spot, node: ast.expr, kind: Kind) -> bool:
    """Whether a value is a Bool: as its name says, or else as the one that was asked."""
    is_flag = getattr(spot.value_of(node), "is_flag", kind.is_flag)
    return bool(is_flag)


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
        _of_nests(spot, node),
    )


def _of_nests(spot: Spot, node: ast.Compare) -> str:
    """What says of the items or fields what Python says of the lists or objects that hold them."""
    x, y, operator = ast.Name("x"), ast.Name("y"), node.ops[0]
    sides = (node.left, node.comparators[0])
    pairs = f"{shown(ast.Compare(x, [operator], [y]))} for x, y in zip(xs, ys, strict=True)"
    if any(_is_array(spot, side) for side in sides):
        if isinstance(sides[1], ast.Constant):
            pairs = f"{shown(ast.Compare(x, [operator], [sides[1]]))} for x in xs"
        return f"Compare item by item: [{pairs}]; all_of() and any_of() join the results."
    named = _fields(spot, sides)
    if named and isinstance(operator, ast.Eq | ast.NotEq):
        left, right = (shown(side) or name for side, name in zip(sides, "pq", strict=True))
        word, sign = ("all_of", "==") if isinstance(operator, ast.Eq) else ("any_of", "!=")
        parts = ", ".join(f"{left}.{field} {sign} {right}.{field}" for field in named[:3])
        return f"Compare their fields: {word}([{parts}{', ...' if len(named) > 3 else ''}])."
    if isinstance(operator, ast.Eq | ast.NotEq):
        joined = "all_of" if isinstance(operator, ast.Eq) else "any_of"
        return f"Compare their items or fields: {joined}({pairs})."
    strict = ast.Lt() if isinstance(operator, ast.Lt | ast.LtE) else ast.Gt()
    return (
        f"To compare each item with its partner write all_of([{pairs}]). Python's own order "
        "of lists is lexicographic, by the first items that differ: for that begin with "
        f"result = {isinstance(operator, ast.LtE | ast.GtE)}, and from the last pair to the first "
        f"take result = ({shown(ast.Compare(x, [strict], [y]))}) | ((x == y) & result)."
    )


def _fields(spot: Spot, sides: Sequence[ast.expr]) -> list[str]:
    """The fields of records that are compared, if a side is known to be one."""
    for side in sides:
        value = spot.value_of(side)
        if is_dataclass(value) and not isinstance(value, type):
            return [field.name for field in fields(value)]
    return []


def _is_array(spot: Spot, side: ast.expr) -> bool:
    """Whether a side is an array of numpy's, as far as its text and its names say."""
    if isinstance(side, ast.Call) and isinstance(side.func, ast.Attribute):
        return spot.value_of(side.func.value) is np or _is_array(spot, side.func.value)
    if isinstance(side, ast.BinOp):
        return _is_array(spot, side.left) or _is_array(spot, side.right)
    if isinstance(side, ast.Subscript):
        return _is_array(spot, side.value)
    return isinstance(spot.value_of(side), np.ndarray)
