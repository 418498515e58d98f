"""What to write instead, where Python needs a plain value and the text gives a circuit's.

Each protocol of Python's serves many constructs: __bool__ decides an `if`, joins with `and`, sorts.
The text of the user's line says which, and so what a circuit has for it; without the text the
advice names them all.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from enum import Enum

import numpy as np

from circuits.language.frames import user_frame
from circuits.language.source import Place
from circuits.language.syntax import Spot, as_flag, call, negated, shown, spot_of

_WHEN = "not known when the circuit is compiled"
UNKNOWN = f"but its value is {_WHEN}"


class Need(Enum):
    """What Python needs of a value.

    For a text that cannot be read: who may need it, and what a circuit has for that.
    """

    TRUTH = (
        f"decides what Python does next (if, while, and, or, not, in, min, max), {UNKNOWN}.",
        "Choose with select(condition, if_true, if_false); combine with & | ~, any_of, all_of; "
        "for `in`, min and max use member(), minimum() and maximum(); compare lists and "
        "records part by part.",
    )
    INTEGER = (
        f"is used as a plain integer ([...], range, int), {UNKNOWN}.",
        "Take an entry of a list with lookup(values, x); a loop's length is fixed.",
    )
    FLOAT = (
        f"becomes a float, {UNKNOWN}.",
        "Compute with Fixed[n, f]; x // 1 is a number's whole part.",
    )
    HASH = (
        f"is hashed (a set, a key of a dict), {UNKNOWN}.",
        "Keep signals in lists, and look for one with member(x, values).",
    )
    TEXT = (
        f"is formatted as a number, {UNKNOWN}.",
        "Leave it out of the text; where a check fails, error.explain() shows values.",
    )
    ITEMS = (
        "is taken apart, but it is a single value.",
        "Declare an Array[T, n], or take bits with circuits.gadgets.to_bits(x, n).",
    )


@dataclass(frozen=True, slots=True)
class Kind:
    """What of a value the advice depends on.

    is_flag   it is a Bool
    is_fixed  it is a Fixed
    """

    is_flag: bool
    is_fixed: bool


@dataclass(frozen=True, slots=True)
class Advice:
    """The text that a sentence is about, None if it cannot be read; what is wrong; what to do."""

    about: str | None
    what: str
    mend: str


def advice(place: Place | None, need: Need, kind: Kind) -> Advice:
    """What is wrong where Python needs something of a value, and what to do."""
    spot = None if place is None else spot_of(place)
    if spot is None:
        return Advice(None, *need.value)
    return _special(spot, need, kind) or Advice(spot.text, *need.value)


def _special(spot: Spot, need: Need, kind: Kind) -> Advice | None:
    if isinstance(spot.node, ast.Call) and spot.operation.startswith(("CALL", "PRECALL")):
        return _of_call(spot, spot.node, need, kind)
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
    frame = user_frame()
    for side in (node.left, *node.comparators):
        value: object = side
        if isinstance(side, ast.Name) and frame is not None:
            value = frame.f_locals.get(side.id, frame.f_globals.get(side.id))
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
    return Advice(shown(test), f"decides which items stay, {UNKNOWN}.", _kept(condition))


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
        _written(as_flag(node, is_number=not kind.is_flag), "Combine conditions with & | ~."),
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
            f"asks Python to look for a value that is {_WHEN}.",
            _written(as_flag(node), "Write member(x, values)."),
        )
    operator = shown(ast.Compare(ast.Name("x"), node.ops[:1], [ast.Name("y")]))
    return Advice(
        shown(node),
        f"asks Python to compare lists or objects whose values are {_WHEN}.",
        f"Compare their items or fields: all_of({operator} for x, y in zip(xs, ys, strict=True)).",
    )


def _of_statement(spot: Spot, outer: _Deciding, kind: Kind) -> Advice:
    flag = as_flag(outer.test, is_number=not kind.is_flag)
    about, condition = shown(outer.test), shown(flag) or "condition"
    if isinstance(outer, ast.Assert):
        parts = [flag] if outer.msg is None else [flag, outer.msg]
        return Advice(
            about,
            f"is asserted, but Python's assert constrains nothing: the value is {_WHEN}.",
            _written(call("check", *parts), "Write check(condition)."),
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
        mend = _written(call("select", flag, outer.body, outer.orelse), mend)
    else:
        mend = _instead(outer, flag, _after(outer, spot.around)) or mend
    return Advice(about, f"decides an `if`, {UNKNOWN}.", mend)


def _after(statement: ast.stmt, around: Sequence[ast.AST]) -> ast.stmt | None:
    """The statement that follows one in its block."""
    for node in around:
        for block in ("body", "orelse", "finalbody"):
            after = getattr(node, block, None)
            if isinstance(after, list) and statement in after:
                return next(iter(after[after.index(statement) + 1 :]), None)
    return None


def _kept(condition: str) -> str:
    return f"Keep every item, and choose its value: select({condition}, item, 0)."


def _choose(condition: str) -> str:
    return f"Compute both cases and choose: select({condition}, if_true, if_false)."


def _written(node: ast.expr | ast.stmt, otherwise: str) -> str:
    text = shown(node)
    return f"Write {text}." if text else otherwise


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
    return isinstance(node, ast.Call) and _name(node.func) == "check" and bool(node.args)


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
            f"takes a part of a list whose ends are {_WHEN}.",
            "A list's length is fixed: keep every item, and choose its value with "
            "select(condition, item, 0).",
        )
    values, index = shown(node.value) or "values", shown(node.slice) or "i"
    if isinstance(node.ctx, ast.Del):
        return Advice(
            shown(node),
            f"deletes an item at an index that is {_WHEN}.",
            f"A list's length is fixed: replace the item, {_replaced(values, index, '0')}.",
        )
    if isinstance(node.ctx, ast.Store):
        return Advice(
            shown(node),
            f"replaces an item at an index that is {_WHEN}.",
            f"Write {_replaced(values, index, 'new')}.",
        )
    indices, whole = [node.slice], node
    for outer in spot.around:  # of xs[i][j] the first that fails is xs[i]
        if not isinstance(outer, ast.Subscript) or outer.value is not whole:
            break
        if not isinstance(outer.slice, ast.Slice):
            indices.append(outer.slice)
        whole = outer
    indices = [_from_the_end(node.value, index) for index in indices]
    parts = [part for i in indices for part in (i.elts if isinstance(i, ast.Tuple) else [i])]
    return Advice(
        shown(node),
        f"takes an item at an index that is {_WHEN}.",
        _written(call("lookup", node.value, *parts), "Write lookup(values, i)."),
    )


def _from_the_end(values: ast.expr, index: ast.expr) -> ast.expr:
    """An index of lookup(), which counts from the beginning alone."""
    if isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub):
        return ast.BinOp(call("len", values), ast.Sub(), index.operand)
    return index


def _replaced(values: str, index: str, new: str) -> str:
    return f"{values} = [select({index} == k, {new}, x) for k, x in enumerate({values})]"


def _of_key(spot: Spot) -> Advice:
    return Advice(
        spot.text,
        f"is an entry of a dict by a key that is {_WHEN}.",
        "Keep the entries in a list and write lookup(entries, x); if the keys are not "
        "0, 1, 2, ..., choose with select(x == key, entry, other).",
    )


# --- functions

_FIXED_LENGTH = (
    "The length of a list or loop is fixed: take the largest, n, and use "
    "select(i < {x}, value, 0) for the i-th."
)
_SORTED = (
    "Exchange pairs with minimum() and maximum(); or take the order from a hint, and check it."
)
_HINT = "Take the result from a hint, and check what makes it right."
_PLACE = "Take the place from a hint, and check(lookup(values, place) == x)."
_ROOT = (
    "Write r = hint(math.isqrt, {x}, returns=UInt[n]) and "
    "check((r * r <= {x}) & ({x} < (r + 1) * (r + 1)))."
)
_DISTINCT = "Keep them in a list; compare pairs with check(x != y), or look with member(x, values)."
_BITS = "Take bits with circuits.gadgets.to_bits({x}, n)."

_ADVICE: Mapping[str, str] = {  # {x} is the first argument
    **dict.fromkeys(
        (
            *("sorted", "sort", "argsort", "median", "median_low", "median_high", "quantiles"),
            *("percentile", "quantile", "partition", "nlargest", "nsmallest", "heapify"),
            *("heappush", "heappop", "merge", "insort", "bisect", "bisect_left", "bisect_right"),
            *("searchsorted", "unique", "mode", "multimode"),
        ),
        _SORTED,
    ),
    **dict.fromkeys(("filter", "compress", "takewhile", "dropwhile"), _kept("condition")),
    **dict.fromkeys(("range", "arange", "zeros", "ones", "full", "empty"), _FIXED_LENGTH),
    **dict.fromkeys(("repeat", "islice"), _FIXED_LENGTH.replace("{x}", "n")),
    **dict.fromkeys(("index", "argmax", "argmin", "remove"), _PLACE),
    "count": "Write sum(y == x for y in values).",
    "where": "Write select(condition, if_true, if_false).",
    "complex": "Compute with integers or Fixed[n, f]; a circuit has no complex numbers.",
    **dict.fromkeys(("bin", "hex", "oct", "to_bytes", "unpackbits", "chr"), _BITS),
    **dict.fromkeys(("bytes", "bytearray"), "Keep bytes as a list of UInt[8]."),
    "pop": "Write lookup(values, {x}): a list's length is fixed.",
    "insert": _FIXED_LENGTH.replace("{x}", "n"),
    "clip": "Write minimum(maximum(x, low), high).",
    "fsum": "Write sum(values).",
    "pow": "Write x ** n with a constant n.",
    **dict.fromkeys(("isqrt", "sqrt"), _ROOT),
    **dict.fromkeys(("gcd", "lcm", "comb", "perm", "factorial", "log", "log2", "exp"), _HINT),
    "set": _DISTINCT,
    "frozenset": _DISTINCT,
    "Counter": "Write sum(y == x for y in values) for each x.",
    "get": "Keep the entries in a list and write lookup(entries, {x}).",
    "choice": "Choose with lookup(values, x).",
}
_OURS = {  # functions of the language that take the same arguments
    **dict.fromkeys(("max", "amax", "nanmax", "fmax", "maximum"), "maximum"),
    **dict.fromkeys(("min", "amin", "nanmin", "fmin", "minimum"), "minimum"),
    "any": "any_of",
    "all": "all_of",
    "array_equal": "all_of",
}
_WHOLE = {  # of a Fixed; other values are whole already
    "int": "the whole part {x} // 1",
    "floor": "{x} // 1",
    "trunc": "the whole part {x} // 1",
    "ceil": "-(-{x} // 1)",
    **dict.fromkeys(("round", "rint", "around"), "({x} + 0.5) // 1"),
}
_NEEDS = {
    Need.TRUTH: f"asks Python to compare or test values that are {_WHEN}.",
    Need.INTEGER: f"needs a plain integer, but the value is {_WHEN}.",
    Need.FLOAT: f"needs a plain number, but the value is {_WHEN}.",
    Need.HASH: f"hashes a value that is {_WHEN}.",
    Need.TEXT: f"formats a value that is {_WHEN}.",
}


def _of_call(spot: Spot, node: ast.Call, need: Need, kind: Kind) -> Advice | None:
    names = _names(node)
    if need is Need.ITEMS:
        if not _ADVICE.get(names[0], "").startswith(_FIXED_LENGTH[:12]):
            return None
        need = Need.INTEGER  # a shape, which numpy took for a list of lengths first
    mend = next(filter(None, (_instead_of_call(name, node, kind) for name in names)), None)
    if mend is None and need is Need.HASH:
        mend = "Keep signals in lists, and leave out functools.cache: it cannot remember them."
    if mend is None:
        mend = (
            "Write it with select(), lookup(), member(), minimum() and maximum(); or take the "
            "result from a hint, and check what makes it right."
        )
    return Advice(spot.text, _NEEDS[need], mend)


def _instead_of_call(name: str, node: ast.Call, kind: Kind) -> str | None:
    """What a circuit has for a function that the call calls, or was given."""
    is_called = name == _name(node.func)
    first = (_operand(node.args[0]) if node.args and is_called else None) or "x"
    if name in _OURS:
        if is_called and not node.keywords and isinstance(node.func, ast.Name):
            return _written(call(_OURS[name], *node.args), f"Write {_OURS[name]}(values).")
        return f"Write {_OURS[name]}(values)."
    if name == "bool":
        return "Leave out bool(): it is a Bool." if kind.is_flag else f"Write {first} != 0."
    if name in _WHOLE and kind.is_fixed:
        return f"Write {_WHOLE[name]}.".format(x=first)
    if name in _WHOLE or name == "float":
        return f"Leave out {name}(): " + (
            "a Fixed is a number already." if kind.is_fixed else "the value is a whole number."
        )
    mend = _ADVICE.get(name)
    return None if mend is None else mend.format(x=first)


def _operand(node: ast.expr) -> str | None:
    """A text that may stand beside an operator."""
    text = shown(node)
    is_whole = isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript)
    return text if is_whole or text is None else f"({text})"


def _names(node: ast.Call) -> list[str]:
    """The function's own name, then those of what it was given: of map(int, xs) both."""
    names = [_name(node.func)]
    for argument in node.args:
        if isinstance(argument, ast.Call):
            names += _names(argument)
        else:
            names.append(_name(argument))
    return names


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
