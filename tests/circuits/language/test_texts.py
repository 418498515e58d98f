"""The text of a circuit's value: refused where a body computes with it, and there to be shown."""

# Texts as authors write them.
# ruff: noqa: T201, T203, UP031, UP032

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import logging
import pdb
import pprint
import reprlib
import string
import sys
import warnings
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import numpy as np
import pytest

from zkpipe.circuits import (
    Array,
    Circuit,
    CompileError,
    Field,
    Int,
    Private,
    Public,
    UInt,
    check,
    circuit,
    member,
)

LOG = logging.getLogger("zkpipe.tests.texts")
LOG.propagate = False
LOG.setLevel(logging.DEBUG)
KIND = "<an integer from 0 to 255 of a circuit>"

REFUSED = r"(becomes|makes) a text.*not known when the circuit is compiled"

Body = Callable[[Any, Any], object]


@dataclasses.dataclass
class Pair:
    x: Any
    y: Any


class Named:
    def __init__(self, x: Any) -> None:
        self.x = x

    def __str__(self) -> str:
        return f"named {self.x}"


def of(body: Body) -> Circuit:
    @circuit
    def tested(x: Private[UInt[8]], y: Public[UInt[32]]) -> Public[Field]:
        body(x, y)
        return x + y

    return tested


def hashed(x: Any, y: Any) -> None:
    check(int(sha256(str(x).encode()).hexdigest(), 16) % 2**100 == y)


def swallowed(x: Any, y: Any) -> None:
    with contextlib.suppress(Exception):
        str(x)


def printed_to_a_text(x: Any, y: Any) -> str:
    kept = io.StringIO()
    print(x, file=kept)
    return kept.getvalue()


def asserted(x: Any, y: Any) -> None:
    assert str(x) == "5"


def by_its_class(x: Any, y: Any) -> None:
    check(x > len(str(Named(y))))


COMPUTED: dict[str, Body] = {
    "a hash of str": hashed,
    "a length": lambda x, y: check(x > len(str(y))),
    "a length that is printed": lambda x, y: print(len(str(x))),
    "a comparison": lambda x, y: check(str(x) == str(y)),
    "an f-string": lambda x, y: len(f"{x}"),
    "an f-string of several": lambda x, y: len(f"{1} {x}\n"),
    "an f-string with repr": lambda x, y: len(f"{x!r}"),
    "a key": lambda x, y: {"1": 2}.get(str(x)),
    "repr": lambda x, y: len(repr(x)),
    "ascii": lambda x, y: len(ascii(x)),
    "%": lambda x, y: len("%s" % x),
    "% of a tuple": lambda x, y: len("%r %s" % (1, x)),
    "format": lambda x, y: len(format(x)),
    "str.format": lambda x, y: len("{}".format(x)),
    "join": lambda x, y: len(",".join(map(str, [x, y]))),
    "join of a generator": lambda x, y: len(",".join(str(v) for v in (x, y))),
    "a list": lambda x, y: len(str([x, y])),
    "a record": lambda x, y: len(str(Pair(x, y))),
    "a class": by_its_class,
    "a method": lambda x, y: len(x.__str__()),
    "json": lambda x, y: json.dumps([x, y], default=str),
    "a template": lambda x, y: string.Template("$x").substitute(x=x),
    "pprint": lambda x, y: pprint.pformat([x, y]),
    "reprlib": lambda x, y: reprlib.repr([x, y]),
    "an array's text": lambda x, y: len(str(np.array([x, y]))),
    "an array of texts": lambda x, y: np.array([x, y]).astype(str),
    "print to a text": printed_to_a_text,
    "an assert": asserted,
    "a text that is kept": lambda x, y: [f"{x}"],
    "swallowed": swallowed,
}


@pytest.mark.parametrize("body", COMPUTED.values(), ids=COMPUTED)
def test_a_text_that_is_computed_with_is_refused(body: Body) -> None:
    with pytest.raises(CompileError, match=REFUSED):
        of(body).compile()
    with pytest.raises(CompileError, match=REFUSED):
        of(body)(3, 4)  # the plain run refuses what the circuit refuses


def raised(x: Any, y: Any) -> None:
    assert x is not y, f"{x} and {y}"
    with pytest.raises(ValueError, match=KIND):
        raise ValueError(f"not {x}")


def written(x: Any, y: Any) -> None:
    sys.stdout.write(f"{x}\n")
    sys.stderr.write("%s\n" % x)
    print(x, file=sys.stderr)


def logged(x: Any, y: Any) -> None:
    LOG.info("%s and %r", x, [y])
    LOG.debug(f"{x}")


SHOWN: dict[str, Body] = {
    "print": lambda x, y: print(x, [x, y], Pair(x, y), Named(x), np.array([x])),
    "print of texts": lambda x, y: print(str(x), f"{x=} {y}", "%s" % x, "{}".format(x)),
    "print of joined texts": lambda x, y: print(", ".join(f"{v}" for v in (x, y)).upper()),
    "print of parts": lambda x, y: print(*[f"{v}" for v in (x, y)], sep="\n"),
    "pprint": lambda x, y: pprint.pprint([x, {"y": y}, Pair(x, y)]),
    "the streams": written,
    "a log": logged,
    "an exception": raised,
    "an exception that is kept": lambda x, y: KeyError(f"{x}"),
}


@pytest.mark.parametrize("body", SHOWN.values(), ids=SHOWN)
def test_a_text_that_is_shown_says_the_kind(body: Body) -> None:
    of(body).compile()
    assert of(body)(3, 4) == 7


def test_a_warning_may_say_the_kind() -> None:
    with pytest.warns(UserWarning, match=KIND):
        of(lambda x, y: warnings.warn(f"{x}", stacklevel=1))(3, 4)


def test_a_debugger_sees_the_kind() -> None:
    commands, seen = io.StringIO("p x\np str(x)\npp [x, y]\nc\n"), io.StringIO()

    def body(x: Any, y: Any) -> None:
        pdb.Pdb(stdin=commands, stdout=seen, nosigint=True, readrc=False).set_trace()
        check(x < y)

    assert of(body)(3, 4) == 7
    assert seen.getvalue().count(KIND) == 3


def test_a_text_is_there_when_no_body_runs() -> None:
    kept: list[Any] = []
    of(lambda x, y: kept.append(x)).compile()
    assert str(kept[0]) == repr(kept[0]) == f"{kept[0]}" == KIND


def test_a_body_without_source_may_print_and_not_compute() -> None:
    names: dict[str, Any] = {}
    exec("def shows(x, y): print(x)\ndef computes(x, y): len(str(x))", names)  # noqa: S102
    of(names["shows"]).compile()
    with pytest.raises(CompileError, match="becomes a text"):
        of(names["computes"]).compile()


PRINTED = "Print to sys.stdout, sys.stderr or a file"
DIGITS = "Take a decimal digit with x // 10**i % 10"
JOINED = "Join numbers with x * 10**n + y"
COUNTED = "1 + sum(x >= 10**i for i in range(1, n))"
ENTRIES = "lookup(entries, x)"
HASHED = "zkpipe.circuits.gadgets.poseidon([x, y])"
ITSELF = "Compute with the value itself. To look at it write print(x), which shows its kind"

FIXES: list[tuple[Body, str]] = [
    (hashed, HASHED),
    (lambda x, y: hash((str(x), 1)), HASHED),
    (lambda x, y: sha256().update(f"{x}".encode()), HASHED),
    (lambda x, y: len(str(y)), COUNTED),
    (lambda x, y: len(f"{y}"), COUNTED),
    (lambda x, y: len("%s" % y), COUNTED),
    (lambda x, y: len(str([x, y][0])), COUNTED),
    (lambda x, y: len(f"{x}-{y}"), ITSELF),
    (lambda x, y: len(str(x).zfill(5)), ITSELF),
    (lambda x, y: len(str(x) + str(y)), ITSELF),
    (lambda x, y: len(str([x, y])), ITSELF),
    (lambda x, y: len(str(Pair(x, y))), ITSELF),
    (lambda x, y: len({str(x), str(y)}), "1 + sum(~member(values[i], values[:i])"),
    (lambda x, y: len([str(v) for v in (x, y)]), "Leave out the texts: len(values)"),
    (lambda x, y: {"1": 2}[str(x)], ENTRIES),
    (lambda x, y: {"1": 2}.get(str(x), 0), ENTRIES),
    (lambda x, y: {}.update({str(x): 1}), ENTRIES),
    (lambda x, y: bool(str(x)), "always True. Write x != 0."),
    (lambda x, y: int(str(x)), "Leave out int() and the text"),
    (lambda x, y: int(f"{x}"), "Leave out int() and the text"),
    (lambda x, y: int(f"{x}{y}"), JOINED),
    (lambda x, y: int(str(x) + str(y)), JOINED),
    (lambda x, y: int("".join([str(x), str(y)])), JOINED),
    (lambda x, y: int(str(x)[::-1]), DIGITS),
    (lambda x, y: int(str(x)[0]), DIGITS),
    (lambda x, y: sum(int(digit) for digit in str(x)), DIGITS),
    (lambda x, y: str(x).startswith("1"), DIGITS),
    (lambda x, y: int(str(x), 16), "sum(digit * base**i)"),
    (lambda x, y: str(x) == str(y), "Compare values of the circuit, not their texts."),
    (lambda x, y: str(x) != "5", "Compare values of the circuit, not their texts."),
    (lambda x, y: str(x) == str(x)[::-1], DIGITS),
    (lambda x, y: "1" in str(x), DIGITS),
    (lambda x, y: str(x) in ["1", "2"], "Write member(x, values) with the values as numbers."),
    (lambda x, y: str(x) < str(y), "numbers are ordered by size"),
    (lambda x, y: json.dumps([x], default=str), "Return the value as Public[...]"),
    (lambda x, y: [f"{x}"], ITSELF),
    (lambda x, y: [len(text) for text in (f"{v}" for v in (x, y))], ITSELF),
    (lambda x, y: [str(v) for v in (x, y)][1:], ITSELF),
    (lambda x, y: f"{x}-{y}"[0], ITSELF),
    (printed_to_a_text, PRINTED),
    (lambda x, y: print(f"{x}", file=io.StringIO()), PRINTED),
]


@pytest.mark.parametrize(("body", "fix"), FIXES)
def test_what_to_write_depends_on_what_the_text_is_for(body: Body, fix: str) -> None:
    with pytest.raises(CompileError) as caught:
        of(body).compile()
    assert fix in caught.value.fix


@pytest.mark.parametrize(
    ("body", "fix"),
    [
        (lambda x: len(str(x)), COUNTED),
        (lambda x: int(str(x)[0]), DIGITS),
        (lambda x: str(x) < "5", "numbers are ordered by size"),
    ],
)
def test_digits_of_a_field_are_those_of_an_integer(body: Callable[[Any], object], fix: str) -> None:
    @circuit
    def tested(x: Private[Field]) -> Public[Field]:
        body(x)
        return x

    with pytest.raises(CompileError) as caught:
        tested.compile()
    assert fix in caught.value.fix
    assert caught.value.fix.startswith("Declare the value UInt[n], or narrow() it to one")


@pytest.mark.parametrize(
    ("body", "fix"),
    [
        (lambda x: len(str(x)), "1 + sum(abs(x) >= 10**i for i in range(1, n))"),
        (lambda x: int(str(x)[-1]), "abs(x) // 10**i % 10"),
        (lambda x: int(f"{x}{x}"), ITSELF),
        (lambda x: int(str(x), 16), ITSELF),
    ],
)
def test_digits_of_a_signed_number_are_those_of_its_size(
    body: Callable[[Any], object], fix: str
) -> None:
    @circuit
    def tested(x: Private[Int[8]]) -> Public[Field]:
        body(x)
        return x

    with pytest.raises(CompileError) as caught:
        tested.compile()
    assert fix in caught.value.fix


def test_what_is_written_for_texts_of_signed_numbers_computes_their_digits() -> None:
    @circuit
    def computed(x: Private[Int[8]]) -> Public[Array[UInt[8], 2]]:
        return [1 + sum(abs(x) >= 10**i for i in range(1, 4)), abs(x) // 10**0 % 10]

    for x in (-128, -12, -1, 0, 9, 10, 127):
        expected = [len(str(x).lstrip("-")), int(str(x)[-1])]
        assert computed(x) == computed.compile().solve(x=x).public == expected


def test_what_is_written_for_texts_computes_what_they_did() -> None:
    @circuit
    def computed(x: Private[UInt[8]], y: Private[UInt[8]]) -> Public[Array[UInt[32], 4]]:
        values = [x, y]
        return [
            1 + sum(x >= 10**i for i in range(1, 3)),
            1 + sum(~member(values[i], values[:i]) for i in range(1, len(values))),
            x // 10**1 % 10,
            x * 10**2 + y,
        ]

    for x, y in ((12, 34), (123, 45), (7, 77), (55, 55)):
        last = [*f"{x:03}"][-2]
        expected = [len(str(x)), len({str(x), str(y)}), int(last), int(f"{x}{y}")]
        assert computed(x, y) == computed.compile().solve(x=x, y=y).public == expected
