"""What to write instead of an attribute or a method that a circuit's value does not have.

Newcomers look for those of Python's int, of numpy's arrays, and of other circuit languages.
"""

from __future__ import annotations

from collections.abc import Mapping

from circuits.language.calls import BITS, instead_of
from circuits.language.needs import Kind

# Attributes that zkpipe alone reads.
OF_THE_VALUE = ("value", "low", "high", "engine", "interval", "moved")
KNOWN_LATER = (
    "Compute with {x} itself: it has a value only when a witness is solved, and error.explain() "
    "shows it where a check fails."
)
_SINGLE = "It is a single value: leave out .{name}, or declare an Array[T, n]."
_ITSELF = "Leave out .{name}, and write {x}."
_WIDTH = "The width stands in its type: take the n of UInt[n]."
_NARROWED = "Write narrow({x}, UInt[n]), which checks the range."
_INVERSE = "Take the inverse from a hint, and check(inverse * {x} == 1)."
_CHOOSE = "Choose with select(condition, if_true, if_false)."

_ADVICE: Mapping[str, str] = {  # {x} is the value, {name} the attribute
    **dict.fromkeys(("val", "data", "item", "get", "numpy"), KNOWN_LATER),
    **dict.fromkeys(("shape", "ndim", "size", "T", "dtype", "tolist", "flatten"), _SINGLE),
    **dict.fromkeys(("append", "index", "count", "sum", "mean", "keys", "items"), _SINGLE),
    **dict.fromkeys(("real", "numerator", "conjugate", "copy"), _ITSELF),
    **dict.fromkeys(("bit_length", "width", "nbits"), _WIDTH),
    **dict.fromkeys(("bits", "to_bits"), BITS),
    "bit_count": "Write sum(circuits.gadgets.to_bits({x}, n)).",
    **dict.fromkeys(("astype", "cast", "narrow"), _NARROWED),
    **dict.fromkeys(("inverse", "inv", "reciprocal"), _INVERSE),
    **dict.fromkeys(("select", "choose", "if_else", "where"), _CHOOSE),
    **dict.fromkeys(("is_zero", "isZero"), "Write {x} == 0."),
    **dict.fromkeys(("not_", "negate", "logical_not"), "Write ~{x}."),
    **dict.fromkeys(("imag", "denominator"), "Leave out .{name}: a value is no complex number."),
    **dict.fromkeys(("eq", "equals", "assert_eq", "assert_equal"), "Write check({x} == y)."),
    **dict.fromkeys(("upper", "lower", "encode", "strip", "split"), "A circuit has no texts."),
}
_OTHERWISE = (
    "A value has Python's operators, and the functions of circuits and circuits.gadgets take it."
)


def of_attribute(x: str, name: str, kind: Kind) -> str:
    """What to do about an attribute that a single value does not have.

    x  the value, as it stands in the text
    """
    mend = _ADVICE.get(name) or instead_of(name, x, kind) or _OTHERWISE
    return mend.format(x=x, name=name)
