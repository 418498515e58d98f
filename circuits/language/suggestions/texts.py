"""What to write where a program computes with the text of a circuit's value."""

from __future__ import annotations

import ast

from zkpipe.circuits.language.suggestions.calls import name_of, of_call
from zkpipe.circuits.language.suggestions.needs import ENTRY, Advice, Kind, Need
from zkpipe.circuits.language.text.syntax import Spot, shown

MAKING = frozenset(("str", "repr", "ascii", "format", "format_map", "join", "__str__", "__repr__"))
_HASHES = frozenset(
    (
        *("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s"),
        *("sha3_224", "sha3_256", "sha3_384", "sha3_512", "shake_128", "shake_256", "keccak256"),
        *("new", "update", "digest", "hash", "crc32", "adler32", "uuid3", "uuid5"),
    )
)
_HASHED = (
    "Hash the values themselves, with zkpipe.circuits.gadgets.poseidon([x, y]): a circuit computes "
    "no other hash."
)
_COUNTED = "Count a number's digits with 1 + sum(x >= 10**i for i in range(1, n))."
_READ = "Leave out {name}() and the text: compute with the value itself."
_COMPARED = "Compare values of the circuit, not their texts."


def of_text(spot: Spot, kind: Kind) -> Advice | None:
    """Of str(x), repr(x), f"{x}", "%s" % x and others that make a text of a value."""
    about: ast.AST = spot.node
    if isinstance(about, ast.Call) and name_of(about.func) not in MAKING:
        return of_call(spot, about, Need.TEXT, kind)
    if isinstance(about, ast.JoinedStr | ast.FormattedValue | ast.Constant):
        about = _part(spot)
    problem, otherwise = Need.TEXT.value
    return Advice(shown(about), problem, _instead(spot) or otherwise)


def _instead(spot: Spot) -> str | None:
    """What to write, by what the text goes into."""
    inner: ast.AST = spot.node
    for node in spot.around:
        if isinstance(node, ast.stmt):
            return None
        if isinstance(node, ast.Compare):
            return _COMPARED
        if isinstance(node, ast.Subscript) and inner is node.slice:
            return ENTRY.format(x="x")
        name = name_of(node.func) if isinstance(node, ast.Call) else ""
        if name in _HASHES:
            return _HASHED
        if name == "len":
            return _COUNTED
        if name in ("int", "float", "Decimal", "Fraction", "bool"):
            return _READ.format(name=name)
        inner = node
    return None


def _part(spot: Spot) -> ast.AST:
    """The value in an f-string that is meant: the first of the circuit's, if names tell."""
    path = (spot.node, *spot.around)
    whole = next((node for node in path if isinstance(node, ast.JoinedStr)), spot.node)
    parts = [x.value for x in ast.walk(whole) if isinstance(x, ast.FormattedValue)]
    of_circuit = [x for x in parts if hasattr(spot.value_of(x), "is_flag")]
    if of_circuit:
        return of_circuit[0]
    return parts[0] if len(parts) == 1 else whole
