"""What Python may need of a circuit's value, and the sentences that say what to do instead."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum

from zkpipe.circuits.language.text.syntax import shown

WHEN = "not known when the circuit is compiled"
UNKNOWN = f"but its value is {WHEN}"


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
        "Compute with Fixed[n, f] or Decimal[n, p]; x // 1 rounds down to a whole number.",
    )
    HASH = (
        f"is hashed (a set, a key of a dict), {UNKNOWN}.",
        "Keep signals in lists, and look for one with member(x, values).",
    )
    NUMERAL = (
        f"is formatted as a number, {UNKNOWN}.",
        "Leave it out of the text; where a check fails, error.explain() shows values.",
    )
    TEXT = (
        f"becomes a text, {UNKNOWN}.",
        "Compute with the value itself. To look at it write print(x), which shows its kind; where "
        "a check fails, error.explain() shows values.",
    )
    ITEMS = (
        "is taken apart, but it is a single value.",
        "Declare an Array[T, n], or take bits with zkpipe.circuits.gadgets.to_bits(x, n).",
    )
    PLAIN = (
        f"needs a plain value, but was given one that is {WHEN}.",
        "Write it with the operators and functions of circuits; or take the result from a hint, "
        "and check what makes it right.",
    )


@dataclass(frozen=True, slots=True)
class Kind:
    """What of a value the advice depends on.

    is_flag   it is a Bool
    is_fixed  it is a Fixed
    is_field  it is a Field, which has no order
    is_signed  it may be negative
    """

    is_flag: bool
    is_fixed: bool
    is_field: bool = False
    is_signed: bool = False


@dataclass(frozen=True, slots=True)
class Advice:
    """The text that a sentence is about, None if it cannot be read; what is wrong; what to do."""

    about: str | None
    problem: str
    fix: str


def written(node: ast.expr | ast.stmt, otherwise: str) -> str:
    """The advice to write a node, if that is short."""
    text = shown(node)
    return f"Write {text}." if text else otherwise


def kept(condition: str) -> str:
    """The advice for items that Python would leave out."""
    return f"Keep every item, and choose its value: select({condition}, item, 0)."


ENTRY = (
    "Keep the entries in a list and write lookup(entries, {x}); if the keys are not "
    "0, 1, 2, ..., choose with select({x} == key, entry, other)."
)
