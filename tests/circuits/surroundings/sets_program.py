"""Circuits over sets and lists of names, for test_set_order: which has other rows elsewhere?"""

from __future__ import annotations

import hashlib
import json
import sys
import warnings
from enum import Enum
from typing import Any

from zkpipe.circuits import Array, CircuitWarning, Field, Private, Public, circuit, component
from zkpipe.circuits.define.circuit import Circuit

NAMES = {"ada", "grace", "edsger", "alan", "barbara", "donald", "john", "tony"}
NUMBERS = {3, 1, 2, 8, 7, 6, 5, 4}
Values = Private[Array[Field, 8]]
CIRCUITS: dict[str, Circuit] = {}


class Colour(Enum):
    RED, GREEN, BLUE, CYAN, PINK, GOLD, GREY, TEAL = range(8)


def tried(function: Any) -> Circuit:
    made = circuit(function)
    CIRCUITS[made.name] = made
    return made


def product_of_lengths(values: Any) -> Any:
    result = 1
    for value, name in zip(values, NAMES, strict=True):
        result = result * (value + len(name))
    return result


@component
def weighed(values: Array[Field, 8]) -> Field:
    return sum(value * ord(name[0]) for value, name in zip(values, list(NAMES), strict=True))


@tried
def in_a_loop(xs: Values) -> Public[Field]:
    result = xs[0]
    for name in NAMES:
        result = result * (xs[1] + len(name) + ord(name[0]))
    return result


@tried
def of_a_display(xs: Values) -> Public[Field]:
    result = xs[0]
    for name in {"ada", "grace", "edsger", "alan", "barbara", "donald"}:
        result = result * (xs[1] + ord(name[1]))
    return result


@tried
def in_a_comprehension(xs: Values) -> Public[Field]:
    names = {"ada", "grace", "edsger", "alan", "barbara", "donald", "john", "tony"}
    return sum(x * ord(name[1]) for x, name in zip(xs, [n for n in names], strict=True))  # noqa: C416


@tried
def made_by_a_call(xs: Values) -> Public[Field]:
    names = frozenset(["ada", "grace", "edsger", "alan", "barbara", "donald", "john", "tony"])
    return sum(x * ord(name[1]) for x, name in zip(xs, names, strict=True))


@tried
def in_a_function(xs: Values) -> Public[Field]:
    return product_of_lengths(xs)


@tried
def in_a_component(xs: Values) -> Public[Field]:
    return weighed(xs)


@tried
def spread(xs: Values) -> Public[Field]:
    first, *_ = [*NAMES]
    return xs[0] * (xs[1] + ord(first[0]) * 256 + ord(first[1]))


@tried
def of_members(xs: Values) -> Public[Field]:
    colours = set(Colour)
    return sum(x * colour.value for x, colour in zip(xs, colours, strict=True))


@tried
def in_order(xs: Values) -> Public[Field]:
    return sum(x * len(name) for x, name in zip(xs, sorted(NAMES), strict=True))


@tried
def of_numbers(xs: Values) -> Public[Field]:
    return sum(x * number for x, number in zip(xs, NUMBERS, strict=True))


@tried
def asked_for(xs: Values) -> Public[Field]:
    return xs[0] * (3 if "ada" in NAMES else 4) + len(NAMES)


@tried
def of_a_dict(xs: Values) -> Public[Field]:
    names = dict.fromkeys(sorted(NAMES))
    return sum(x * len(name) for x, name in zip(xs, names, strict=True))


def digests() -> dict[str, tuple[str, bool]]:
    """Of each circuit a digest of its rows, and whether compile() warns."""
    found = {}
    for name, made in CIRCUITS.items():
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            system = made.compile()
        kinds = [w.message.kind for w in caught if isinstance(w.message, CircuitWarning)]
        rows = hashlib.sha256()
        for matrix in (system.a, system.b, system.c):
            for part in (matrix.starts, matrix.wires, system.coefficients[matrix.values]):
                rows.update(part.tobytes())
        found[name] = (rows.hexdigest(), "unordered" in kinds)
    return found


if __name__ == "__main__":
    json.dump(digests(), sys.stdout)
