"""Arguments of calls that the council decides, from what people type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import IDENTITY, is_in_subgroup, point_with
from zkpipe.exchange.clients.decisions.decision import OF_ENTRY, OF_GRANT, signed_functions
from zkpipe.exchange.errors import CouncilError
from zkpipe.exchange.struct_files import plain_value
from zkpipe.ground.files.strict_json import Json, is_decimal, parse_json
from zkpipe.verifier_contracts.abi import type_of

LIMIT = 1 << 16  # bytes of an argument


def council_functions() -> dict[tuple[str, str], Any]:
    """The ABI of each function that the council decides, by contract and name."""
    own = (OF_GRANT, OF_ENTRY)  # decided by approvers and confirmers
    return {place: entry for place, entry in signed_functions().items() if place not in own}


def council_arguments(contract: str, function: str, given: Sequence[str]) -> tuple[Any, ...]:
    """The arguments of a function, from texts NAME=VALUE, in its order.

    Raises CouncilError if the council has no such function or the names are not those of its
    arguments; StructError, FormatError for a value of another kind.
    """
    functions = council_functions()
    entry = functions.get((contract, function))
    if entry is None:
        raise CouncilError(
            "The council decides no such function.",
            f"Give one of {', '.join(f'{c}.{f}' for c, f in functions)}.",
        )
    inputs = entry["inputs"][:-1]
    named = [one.partition("=") for one in given]
    values = {name: value for name, is_there, value in named if is_there}
    names = [one["name"] for one in inputs]
    if len(values) != len(given) or sorted(values) != sorted(names):
        raise CouncilError(
            f"{contract}.{function} takes {', '.join(names)}, each once.",
            "Give --argument NAME=VALUE for each of them.",
        )
    return tuple(
        plain_value(type_of(one), _json(values[one["name"]], one["name"]), one["name"])
        for one in inputs
    )


def _json(text: str, name: str) -> Json:
    if text in ("true", "false"):
        return text == "true"
    if text.startswith("["):
        return parse_json(text.encode("utf-8", "replace"), name, limit=LIMIT)
    return text


def checked_key(text: str) -> int:
    """The word of an auditor's key, from decimal digits.

    Raises CouncilError unless it is y of a point of Baby Jubjub's subgroup but its neutral one:
    nobody could seal to any other.
    """
    word = int(text) if is_decimal(text) else R
    point = point_with(word, False) if word < R else None
    if point is None or point == IDENTITY or not is_in_subgroup(point):
        raise CouncilError(
            "This is no key of an auditor.",
            "Give y as `zkpipe exchange show --epoch N` prints it for the auditor's home.",
        )
    return word
