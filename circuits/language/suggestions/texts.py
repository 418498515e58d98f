"""What to write where a program computes with the text of a circuit's value.

Much is said only of a whole text, which is str(x) or f"{x}" of a single value: of str(x)[0] or
f"{x}-{y}" it would be wrong.
"""

from __future__ import annotations

import ast

from zkpipe.circuits.language.suggestions.calls import name_of, of_call
from zkpipe.circuits.language.suggestions.needs import ENTRY, WHEN, Advice, Kind, Need
from zkpipe.circuits.language.text.frames import Owner, frames_of_body, owner_of
from zkpipe.circuits.language.text.syntax import Spot, shown

_WHOLE = frozenset(("str", "repr", "ascii", "format", "__str__", "__repr__", "__format__"))
_MAKING = _WHOLE | {"format_map", "join"}
_HASHES = frozenset(
    (
        *("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s"),
        *("sha3_224", "sha3_256", "sha3_384", "sha3_512", "shake_128", "shake_256", "keccak256"),
        *("hash", "crc32", "adler32", "uuid3", "uuid5"),
    )
)
_HASHING_BYTES = frozenset(("new", "update", "digest"))  # of a dict or a database they are no hash
_READING = frozenset(("int", "float", "Decimal", "Fraction"))
_ENTRIES = frozenset(("get", "setdefault", "pop"))
_SEARCHING = frozenset(("startswith", "endswith", "count", "find", "rfind", "index"))
_PRINTING = frozenset(("print", "pprint", "pp", "echo", "secho", "write"))
_ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)

_HASHED = (
    "Hash the values themselves, with zkpipe.circuits.gadgets.poseidon([x, y]), or bytes with "
    "sha256() and others there."
)
_COUNTED = "Count a number's digits with 1 + sum(x >= 10**i for i in range(1, n))."
_DIGITS = "Take a decimal digit with x // 10**i % 10; i = 0 is the last digit."
_COUNTED_OF_SIGNED = (
    "Count the digits of a number that may be negative with "
    "1 + sum(abs(x) >= 10**i for i in range(1, n)); a text counts the minus sign too."
)
_DIGITS_OF_SIGNED = (
    "Take a decimal digit of a number that may be negative with abs(x) // 10**i % 10; i = 0 is the "
    "last digit."
)
_OF_SIGNED = {_COUNTED: _COUNTED_OF_SIGNED, _DIGITS: _DIGITS_OF_SIGNED}
_IN_ANOTHER_BASE = (
    "Take decimal digits with x // 10**i % 10, and sum(digit * base**i) of them, i = 0 for the "
    "last digit."
)
_JOINED = "Join numbers with x * 10**n + y, where n is a fixed number of digits of y."
_READ = "Leave out {name}() and the text: compute with the value itself."
_ALWAYS = "A text of a value is never empty, so that bool() of it is always True. Write x != 0."
_COMPARED = "Compare values of the circuit, not their texts."
_BY_SIZE = (
    "Compare the values themselves: numbers are ordered by size, but texts by their first digits."
)
_MEMBER = "Write member(x, values) with the values as numbers."
_DIFFERENT = (
    "Count different values with "
    "1 + sum(~member(values[i], values[:i]) for i in range(1, len(values)))."
)
_LENGTH = "Leave out the texts: len(values) of the list of values is the same."
_WRITTEN = (
    f"makes a text of a value that is {WHEN}, and writes it where a body may be able to read it "
    "again."
)
_PRINTED = (
    "Print to sys.stdout, sys.stderr or a file, each given by its name, and not into a stream in "
    "memory."
)
_DECLARED = "Declare the value UInt[n], or narrow() it to one, since a Field has no order. "


def of_text(spot: Spot, kind: Kind) -> Advice | None:
    """Of str(x), repr(x), f"{x}", "%s" % x and others that make a text of a value."""
    problem, otherwise = Need.TEXT.value
    if owner_of(spot.frame.f_code) is not Owner.USER and not frames_of_body(spot.frame)[1]:
        return Advice(None, problem, otherwise)  # a library's line, in a thread of its own
    about: ast.AST = spot.node
    if isinstance(about, ast.Call) and name_of(about.func) not in _MAKING:
        if name_of(about.func) in _PRINTING:
            return Advice(spot.text, _WRITTEN, _PRINTED)
        return of_call(spot, about, Need.TEXT, kind)
    if isinstance(about, ast.JoinedStr | ast.FormattedValue | ast.Constant):
        about = _part(spot)
    return Advice(shown(about), problem, _instead(spot, kind) or otherwise)


def _instead(spot: Spot, kind: Kind) -> str | None:
    """What to write, by what the text goes into."""
    path = _beginning_with_the_text(spot)
    whole = path[0] if _is_whole(path[0], spot) else None
    is_bytes = False
    inner: ast.AST = path[0]
    for node in path[1:]:
        name = name_of(node.func) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Compare):
            return _of_comparison(spot, node, kind)
        if isinstance(node, ast.Subscript):
            is_key = inner is node.slice
            return ENTRY.format(x="x") if is_key else _of_part(inner is whole, kind)
        if isinstance(node, ast.comprehension | ast.For) and inner is node.iter:
            return _of_part(inner is whole, kind)
        if isinstance(node, ast.stmt):
            return None
        if isinstance(node, ast.Dict | ast.DictComp):
            keys = node.keys if isinstance(node, ast.Dict) else [node.key]
            return ENTRY.format(x="x") if inner in keys else None
        if isinstance(node, ast.Attribute) and node.attr in _SEARCHING:
            return _of_part(inner is whole, kind)
        if name in _PRINTING and inner is path[0]:
            return _PRINTED
        if name in _ENTRIES and isinstance(node, ast.Call) and inner in node.args[:1]:
            return ENTRY.format(x="x")
        if name in _HASHES or (is_bytes and name in _HASHING_BYTES):
            return _HASHED
        if name == "len":
            return _of_length(inner, whole, kind)
        if name == "bool" and inner is whole:
            return None if kind.is_flag else _ALWAYS
        if name in _READING and isinstance(node, ast.Call):
            return _of_number(node, inner, whole, kind)
        is_bytes |= name in ("encode", "bytes", "bytearray", "to_bytes")
        inner = node
    return None


def _beginning_with_the_text(spot: Spot) -> list[ast.AST]:
    """The path from a text outwards: of an f-string from all of it, not from a part."""
    path = [spot.node, *spot.around]
    at = next((i for i, node in enumerate(path) if isinstance(node, ast.JoinedStr)), 0)
    between = path[:at]
    is_part = all(isinstance(x, ast.FormattedValue | ast.Constant | ast.Name) for x in between)
    return path[at:] if is_part else path


def _is_whole(node: ast.AST, spot: Spot) -> bool:
    """Whether it is the text of a single value, and no more."""
    if isinstance(node, ast.JoinedStr):
        return len(node.values) == 1 and isinstance(node.values[0], ast.FormattedValue)
    if isinstance(node, ast.BinOp):  # "%s" % x
        return isinstance(node.left, ast.Constant) and node.left.value in ("%s", "%r", "%a")
    if not isinstance(node, ast.Call) or name_of(node.func) not in _WHOLE:
        return False
    if isinstance(node.func, ast.Attribute):
        return node.func.attr.startswith("__")  # x.__str__(), but not "{}".format(x)
    given = node.args[0] if len(node.args) == 1 else None
    if isinstance(given, ast.Name):
        value = spot.value_of(given)
        return value is None or hasattr(value, "is_flag")
    return isinstance(given, ast.Attribute | ast.Subscript | ast.BinOp | ast.UnaryOp)


def _of_part(is_of_whole: bool, kind: Kind) -> str | None:
    """Advice for what is taken out of a text."""
    return _of_digits(_DIGITS, kind) if is_of_whole else None


def _of_digits(fix: str, kind: Kind) -> str | None:
    """Advice for the decimal digits of a whole number."""
    if kind.is_flag or kind.is_fixed:
        return None
    if kind.is_signed:
        return _OF_SIGNED.get(fix)
    return _DECLARED + fix if kind.is_field else fix


def _of_length(inner: ast.AST, whole: ast.AST | None, kind: Kind) -> str | None:
    """For len() of a text, or of what holds texts."""
    if inner is whole:
        return _of_digits(_COUNTED, kind)
    if isinstance(inner, ast.Set | ast.SetComp) or _is_call_of(inner, "set", "frozenset"):
        return _DIFFERENT
    if isinstance(inner, ast.List | ast.ListComp | ast.Tuple) or _is_call_of(inner, "list"):
        return _LENGTH
    return None


def _of_number(node: ast.Call, inner: ast.AST, whole: ast.AST | None, kind: Kind) -> str | None:
    """For int() of a text, and for other functions that read one."""
    if len(node.args) > 1 or node.keywords:
        return _of_digits(_IN_ANOTHER_BASE, kind)
    if inner is whole:
        return _READ.format(name=name_of(node.func))
    is_joined = isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Add)
    if is_joined or isinstance(inner, ast.JoinedStr) or _is_call_of(inner, "join"):
        return None if kind.is_flag or kind.is_fixed or kind.is_signed else _JOINED
    return None


def _of_comparison(spot: Spot, node: ast.Compare, kind: Kind) -> str | None:
    """For a comparison of texts: with each other, with a constant, or with what holds texts."""
    left, right = node.left, node.comparators[0]
    sides = [left, *node.comparators]
    are_whole = all(
        _is_whole(side, spot) or isinstance(side, ast.Constant | ast.Name | ast.Attribute)
        for side in sides
    )
    if isinstance(node.ops[0], ast.In | ast.NotIn):
        is_member = _is_whole(left, spot) and not _is_whole(right, spot)
        return _MEMBER if is_member else _of_digits(_DIGITS, kind)
    if not are_whole:
        return _of_digits(_DIGITS, kind) if any(map(_takes_digits, sides)) else None
    if isinstance(node.ops[0], _ORDERED):
        return _DECLARED + _BY_SIZE if kind.is_field else _BY_SIZE
    return _COMPARED


def _takes_digits(side: ast.expr) -> bool:
    """Whether a side is a part of a text, or a text turned round."""
    return isinstance(side, ast.Subscript) or _is_call_of(side, "join", "reversed")


def _is_call_of(node: ast.AST, *names: str) -> bool:
    return isinstance(node, ast.Call) and name_of(node.func) in names


def _part(spot: Spot) -> ast.AST:
    """The value in an f-string that is meant: the first of the circuit's, if names tell."""
    path = (spot.node, *spot.around)
    whole = next((node for node in path if isinstance(node, ast.JoinedStr)), spot.node)
    parts = [x.value for x in ast.walk(whole) if isinstance(x, ast.FormattedValue)]
    of_circuit = [x for x in parts if hasattr(spot.value_of(x), "is_flag")]
    if of_circuit:
        return of_circuit[0]
    return parts[0] if len(parts) == 1 else whole
