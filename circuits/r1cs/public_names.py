"""Names of public values as keys, verifying keys and contracts carry them.

They come from a circuit's text, or from a .sym file that anybody may have written, and end in
comments of Solidity and on terminals. So a name is made of identifiers, perhaps with `$` as
circom's have it, and of indices: `out`, `incomes[3]`, `loan.rate`. Nothing else is carried: no
space, no slash, no star, no control character, and no letter that has no shape or is another one's
second form, with which two names would look like one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from zkpipe.ground.errors import ShapeError

if TYPE_CHECKING:
    from zkpipe.circuits.r1cs.r1cs import R1CS

LONGEST = 200  # characters of a name
MOST = 1 << 12  # names that a key carries
# What Unicode calls default ignorable, among the characters that identifiers may have.
_UNSEEN = "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"
_INDICES = r"(\[[0-9]{1,10}\])*"


def is_name(text: object) -> bool:
    """Whether a text is a name as described above."""
    return (
        isinstance(text, str)
        and 0 < len(text) <= LONGEST
        and all(_is_step(step) for step in text.split("."))
        and (text.isascii() or _has_one_look(text))
    )


def _has_one_look(text: str) -> bool:
    """Whether no letter is another one's second form, or has no shape."""
    import unicodedata

    return unicodedata.is_normalized("NFKC", text) and re.search(_UNSEEN, text) is None


def _is_step(step: str) -> bool:
    name, bracket, rest = step.partition("[")
    return name.replace("$", "_").isidentifier() and bool(re.fullmatch(_INDICES, bracket + rest))


def names_problem(names: object, count: int) -> str | None:
    """Why something is no names of so many public values; None if it is, or is None."""
    if names is None:
        return None
    if not isinstance(names, tuple) or len(names) != count or len(names) > MOST:
        return f"are no names of {count} values"
    if not names:
        return "are empty"
    if not all(map(is_name, names)):
        return "hold a text that cannot be a name"
    return None if len(set(names)) == len(names) else "have one name twice"


def check_names(names: object, count: int) -> None:
    """Raises ShapeError for what is neither None nor the names of so many public values."""
    problem = names_problem(names, count)
    if problem is not None:
        raise ShapeError(
            f"The names of the public values {problem}.",
            "Give None, or one name like `out` or `incomes[3]` for each value.",
        )


def public_names(system: R1CS) -> tuple[str, ...] | None:
    """Names of outputs, then public inputs; None if they are not known or cannot be carried.

    The circuit's own name before all of them is left out.
    """
    from zkpipe.circuits.r1cs.names import names_of

    if system.symbols is None:
        return None
    names = names_of(system.symbols, range(1, 1 + system.public_count))
    return carried(names, f"{system.name}.")


def carried(names: Sequence[str], prefix: str = "") -> tuple[str, ...] | None:
    """Names without the prefix that all of them have; None if they cannot be carried."""
    if prefix and all(name.startswith(prefix) for name in names):
        names = [name.removeprefix(prefix) for name in names]
    found = tuple(names)
    return found if found and names_problem(found, len(found)) is None else None


def other_names(told: Sequence[str], own: Sequence[str]) -> str | None:
    """How names that travelled with a key differ from the circuit's own; None if they do not.

    Those that were read from a .sym file may all have the circuit's name before them.
    """
    if len(told) != len(own):
        return f"they are {len(told)}, not {len(own)}"
    before = told[0].removesuffix(own[0]) if own else ""
    if before and not before.endswith("."):
        before = ""
    pairs = zip(told, own, strict=True)
    number = next((i for i, (its, name) in enumerate(pairs) if its != before + name), None)
    if number is None:
        return None
    return f"public value {number} is `{told[number]}` there, and `{own[number]}` here"
