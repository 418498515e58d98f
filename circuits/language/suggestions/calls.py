"""What a circuit has for the functions of Python and numpy that need a plain value."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

import numpy as np

from zkpipe.circuits.language.suggestions.conditions import as_flag, call
from zkpipe.circuits.language.suggestions.needs import (
    ENTRY,
    WHEN,
    Advice,
    Kind,
    Need,
    kept,
    written,
)
from zkpipe.circuits.language.text.syntax import Spot, shown

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
_ROOT_OF_FIXED = (
    "Take the root of its units: of a Fixed[n, f] write u = {x}.units * 2**f, "
    "r = hint(math.isqrt, u, returns=UInt[n]) and check((r * r <= u) & (u < (r + 1) * (r + 1))); "
    "r is the root's number of units."
)
_MEAN = "Compare sum(values) with n times the mean, or take sum(values) // n of n values."
_VARIANCE = (
    "Of n values take n * sum(x * x for x in values) - sum(values) ** 2, which is n * n times the "
    "variance."
)
_TO_OTHERS = "Return the value as Public[...], and do this with the circuit's outputs."
_IN_TEXT = Need.NUMERAL.value[1]
_DISTANCE = "Compare squares: sum(x * x for x in values) with the square of the distance."
_DRAWN = "Draw before the witness is solved, and give what was drawn as an input."
_DISTINCT = "Keep them in a list; compare pairs with check(x != y), or look with member(x, values)."
BITS = "Take bits with zkpipe.circuits.gadgets.to_bits({x}, n)."

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
    **dict.fromkeys(("filter", "compress", "takewhile", "dropwhile"), kept("condition")),
    **dict.fromkeys(("range", "arange", "zeros", "ones", "full", "empty"), _FIXED_LENGTH),
    **dict.fromkeys(("repeat", "islice"), _FIXED_LENGTH.replace("{x}", "n")),
    **dict.fromkeys(("index", "argmax", "argmin", "remove"), _PLACE),
    "count": "Write sum(y == x for y in values).",
    "where": "Write select(condition, if_true, if_false).",
    "complex": "Compute with integers or Fixed[n, f]; a circuit has no complex numbers.",
    **dict.fromkeys(("bin", "hex", "oct", "to_bytes", "unpackbits", "chr"), BITS),
    **dict.fromkeys(("bytes", "bytearray"), "Keep bytes as a list of UInt[8]."),
    "pop": "Write lookup(values, {x}): a list's length is fixed.",
    "insert": _FIXED_LENGTH.replace("{x}", "n"),
    "clip": "Write minimum(maximum(x, low), high).",
    "fsum": "Write sum(values).",
    **dict.fromkeys(("mean", "fmean", "average"), _MEAN),
    **dict.fromkeys(("variance", "pvariance", "var", "stdev", "pstdev", "std"), _VARIANCE),
    **dict.fromkeys(("abs", "absolute", "fabs"), "Write abs({x})."),
    **dict.fromkeys(("dumps", "dump", "pack", "Decimal", "Fraction"), _TO_OTHERS),
    **dict.fromkeys(("isinstance", "issubclass"), "Leave it out: the annotation says the type."),
    **dict.fromkeys(("randint", "randrange", "uniform", "sample", "shuffle", "seed"), _DRAWN),
    **dict.fromkeys(("debug", "info", "warning", "error", "critical", "exception"), _IN_TEXT),
    **dict.fromkeys(("write", "join", "ord", "match"), _IN_TEXT),
    **dict.fromkeys(("astype", "array", "asarray"), "Leave out the dtype: it is of objects."),
    "negative": "Write -{x}.",
    "square": "Write {x} ** 2.",
    "sign": "Write select({x} > 0, 1, select({x} < 0, -1, 0)).",
    **dict.fromkeys(("invert", "logical_not", "not_"), "Write ~{x}."),
    **dict.fromkeys(("left_shift", "lshift"), "Write {x} << n."),
    **dict.fromkeys(("right_shift", "rshift"), "Write {x} >> n."),
    **dict.fromkeys(("isin", "in1d", "contains"), "Write member(x, values)."),
    "count_nonzero": "Write sum(x != 0 for x in values).",
    "take": "Write lookup(values, i).",
    "from_bytes": "Write sum(x * 256**i for i, x in enumerate(reversed(values))).",
    **dict.fromkeys(("hypot", "norm", "dist"), _DISTANCE),
    **dict.fromkeys(("sin", "cos", "tan", "atan", "log10", "cbrt", "exp2"), _HINT),
    "getattr": "Write the attribute's name behind a point.",
    "sleep": "Leave it out: a circuit takes no time.",
    "pow": "Write x ** n with a constant n.",
    **dict.fromkeys(("isqrt", "sqrt"), _ROOT),
    **dict.fromkeys(("gcd", "lcm", "comb", "perm", "factorial", "log", "log2", "exp"), _HINT),
    "set": _DISTINCT,
    "frozenset": _DISTINCT,
    "Counter": "Write sum(y == x for y in values) for each x.",
    "get": ENTRY,
    "setdefault": ENTRY,
    "choice": "Choose with lookup(values, x).",
}
_EXTREMES = {
    **dict.fromkeys(("max", "amax", "nanmax"), "maximum"),
    **dict.fromkeys(("min", "amin", "nanmin"), "minimum"),
}
_PAIRWISE = {  # of numpy: item by item of two arrays
    **dict.fromkeys(("maximum", "fmax"), "maximum(x, y)"),
    **dict.fromkeys(("minimum", "fmin"), "minimum(x, y)"),
    "array_equal": "x == y",
}
_SIGNS = {  # of numpy's functions that are operators
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "floor_divide": "//",
    "power": "**",
    "mod": "%",
    "remainder": "%",
    "matmul": "@",
    "divide": "/",
    "true_divide": "/",
    "equal": "==",
    "not_equal": "!=",
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
    "logical_and": "&",
    "logical_or": "|",
    "logical_xor": "^",
}
_JOINING = {"any": "any_of", "all": "all_of"}
_TRUNCATED = "{x} // 1, which rounds down; towards 0 goes select({x} < 0, -(-{x} // 1), {x} // 1)"
_ROUNDED = "({x} + 0.5) // 1, which rounds a half up"
_WHOLE = {  # of a Fixed; other values are whole already
    "int": _TRUNCATED,
    **dict.fromkeys(("int8", "int16", "int32", "int64", "intp", "int_"), _TRUNCATED),
    **dict.fromkeys(("uint8", "uint16", "uint32", "uint64", "float64"), _TRUNCATED),
    "floor": "{x} // 1",
    "trunc": _TRUNCATED,
    "ceil": "-(-{x} // 1)",
    **dict.fromkeys(("round", "rint", "around"), _ROUNDED),
}
_NEEDS = {
    Need.TRUTH: f"asks Python to compare or test values that are {WHEN}.",
    Need.INTEGER: f"needs a plain integer, but the value is {WHEN}.",
    Need.FLOAT: f"needs a plain number, but the value is {WHEN}.",
    Need.HASH: f"hashes a value that is {WHEN}.",
    Need.NUMERAL: f"formats a value that is {WHEN}.",
    Need.TEXT: f"makes a text of a value that is {WHEN}.",
    Need.PLAIN: Need.PLAIN.value[0],
}


def of_call(spot: Spot, node: ast.Call, need: Need, kind: Kind) -> Advice | None:
    """What is wrong with a call that needs something of a value, and what to do."""
    names = _names(spot, node)
    if need is Need.ITEMS:
        if not _ADVICE.get(names[0], "").startswith(_FIXED_LENGTH[:12]):
            return None
        need = Need.INTEGER  # a shape, which numpy took for a list of lengths first
    fix = next(filter(None, (_instead_of_call(spot, name, node, kind) for name in names)), None)
    if need is Need.HASH and (fix is None or names[0] == "pop"):
        fix = _OF_HASHED.get(names[0], _OF_CACHE)
    if fix is None and need is Need.NUMERAL:
        fix = need.value[1]
    if fix is None:
        fix = (
            "Write it with select(), lookup(), member(), minimum() and maximum(); or take the "
            "result from a hint, and check what makes it right."
        )
    return Advice(spot.text, _NEEDS[need], fix)


_OF_CACHE = "Keep signals in lists, and leave out functools.cache: it cannot remember them."
_OF_HASHED = dict.fromkeys(("dict", "pop", "fromkeys", "update"), ENTRY.format(x="x"))


def _instead_of_call(spot: Spot, name: str, node: ast.Call, kind: Kind) -> str | None:
    """What a circuit has for a function that the call calls, or was given."""
    is_called = name == name_of(node.func)
    first = (_operand(node.args[0]) if node.args and is_called else None) or "x"
    if node.args and isinstance(spot.value_of(node.args[0]), list | tuple | np.ndarray):
        first = "x"  # each of them
    if name in _EXTREMES:
        return _extreme(_EXTREMES[name], node, is_called)
    if name in _JOINING:
        return _joining(_JOINING[name], node, kind, is_called)
    if name in _SIGNS and is_called and len(node.args) == 2:
        sides = [_operand(argument) or "x" for argument in node.args]
        return f"Write {sides[0]} {_SIGNS[name]} {sides[1]}."
    if (
        name in ("maximum", "minimum")
        and is_called
        and hasattr(spot.value_of(node.args[0] if node.args else node), "is_flag")
    ):
        return written(call(name, *node.args), f"Write {name}(x, y).")
    if name in _PAIRWISE:
        pairs = f"[{_PAIRWISE[name]} for x, y in zip(xs, ys, strict=True)]"
        return f"Write all_of({pairs})." if name == "array_equal" else f"Write {pairs}."
    if name in ("bool", "truth"):
        return "Leave out bool(): it is a Bool." if kind.is_flag else f"Write {first} != 0."
    if name in ("range", "arange") and is_called and len(node.args) > 1:
        return _of_range(node.args)
    if name in ("array", "asarray") and not is_called:
        return None  # of objects: it is what takes the array that wants numbers
    return instead_of(name, first, kind, node.args[1:] if is_called else [])


def instead_of(name: str, x: str, kind: Kind, others: Sequence[ast.expr] = ()) -> str | None:
    """What a circuit has for a function of one value, or for a method of its.

    x       the value, as it stands in the text
    others  further arguments
    """
    if name in _WHOLE and kind.is_fixed:
        return _rounded(name, x, others)
    if name in _WHOLE or name == "float":
        return f"Leave out {name}(): " + (
            "a Fixed is a number already." if kind.is_fixed else "the value is a whole number."
        )
    if name in ("sqrt", "isqrt") and kind.is_fixed:
        return _ROOT_OF_FIXED.format(x=x)
    fix = _ADVICE.get(name)
    return None if fix is None else fix.format(x=x)


def _extreme(ours: str, node: ast.Call, is_called: bool) -> str:
    """For the greatest or least of values."""
    given = {keyword.arg for keyword in node.keywords}
    if is_called and "key" in given:
        order = ">" if ours == "maximum" else "<"
        return (
            "Go through the values and keep the best so far: "
            f"best = select(key(x) {order} key(best), x, best)."
        )
    if is_called and "axis" in given:
        return f"Write {ours}(values) for each row or column."
    if is_called and isinstance(node.func, ast.Name) and given <= {"default"}:
        return written(call(ours, *node.args), f"Write {ours}(values).")
    return f"Write {ours}(values)."


def _joining(ours: str, node: ast.Call, kind: Kind, is_called: bool) -> str:
    """For any() and all(), whose items are numbers or Bools."""
    if not (is_called and isinstance(node.func, ast.Name) and node.args):
        return (
            f"Write {ours}(values)." if kind.is_flag else f"Write {ours}(x != 0 for x in values)."
        )
    values = node.args[0]
    if not kind.is_flag and isinstance(values, ast.GeneratorExp | ast.ListComp):
        values = ast.ListComp(as_flag(values.elt, is_number=True), values.generators)
    elif not kind.is_flag:
        item = ast.Name("x")
        made = [ast.comprehension(item, values, [], 0)]
        values = ast.ListComp(as_flag(item, is_number=True), made)
    return written(call(ours, values), f"Write {ours}(values).")


def _rounded(name: str, number: str, digits: Sequence[ast.expr]) -> str | None:
    """For a Fixed that is rounded to a whole number, or to decimal digits."""
    if not digits:
        return f"Write {_WHOLE[name].format(x=number)}."
    count = digits[0].value if isinstance(digits[0], ast.Constant) else None
    if not isinstance(count, int) or not 0 < count < 20:
        return None
    units = _ROUNDED.format(x=f"{number} * {10**count}")
    return f"Write {units}: it counts units of 10^-{count}."


def _of_range(ends: list[ast.expr]) -> str:
    """For a loop from one number to another."""
    if len(ends) > 2:
        return (
            "The length of a loop is fixed: go through all numbers that there may be, and use "
            "select(condition, value, 0) for each."
        )
    loop = ast.Name("i")
    counts = ast.BinOp(
        ast.Compare(ends[0], [ast.LtE()], [loop]),
        ast.BitAnd(),
        ast.Compare(loop, [ast.Lt()], [ends[1]]),
    )
    return (
        "The length of a list or loop is fixed: go through all numbers that there may be, and use "
        f"select({shown(counts) or 'condition'}, value, 0) for i."
    )


def _operand(node: ast.expr) -> str | None:
    """A text that may stand beside an operator."""
    if isinstance(node, ast.Tuple | ast.List | ast.Starred):  # a shape: any of its lengths
        return None
    text = shown(node)
    is_whole = isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript)
    return text if is_whole or text is None else f"({text})"


def _names(spot: Spot, node: ast.Call) -> list[str]:
    """The function's own name, then those of what it was given: of map(int, xs) both."""
    names = [name_of(node.func)]
    for argument in node.args:
        if isinstance(argument, ast.Call):
            names += _names(spot, argument)
        elif not isinstance(argument, ast.Name) or callable(spot.value_of(argument)):
            names.append(name_of(argument))  # no variable that is called as a function is
    return names


def name_of(node: ast.AST) -> str:
    """A name, or that of an attribute; empty for other nodes."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
