"""INPUT.json that does not fit its circuit: SECURITY.md's F2, at the command line.

Nothing that was given is repeated in the message: an input may be private.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.cli.workshop import ORDER, SECRETS, contents, invoke, refused
from zkpipe.accel.bn254 import R

MARK = 2718281828459045  # stands for a private value: it must not be seen


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in ORDER.items() if key != name}


MISFITS: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown name": (ORDER | {"tip": MARK}, "tip"),
    "a misspelt name": (without("discount") | {"discuont": -77}, "discount"),
    "a missing name": (without("salt"), "salt"),
    "no names": ({}, "limit"),
    "the name of Python's own argument": (ORDER | {"self": MARK}, "self"),
    "an empty name": (ORDER | {"": MARK}, "no input ``"),
    "a number above its type": (ORDER | {"limit": MARK}, "limit"),
    "a negative number for UInt": (ORDER | {"limit": -MARK}, "limit"),
    "an element above its type": (ORDER | {"prices": [1, MARK, 3]}, "prices[1]"),
    "a number below Int's range": (ORDER | {"discount": -129}, "discount"),
    "a number above Int's range": (ORDER | {"discount": 128}, "discount"),
    "2 for a Bool": (ORDER | {"rush": 2}, "rush"),
    "r for a Field": (ORDER | {"salt": R}, "salt"),
    "-r for a Field": (ORDER | {"salt": -R}, "salt"),
    "an item by its path": (without("prices") | {"prices[0]": MARK}, "`prices` as a list of 3"),
    "a date in text": (ORDER | {"limit": "2718-02-08"}, "whole days or seconds"),
    "too short a list": (ORDER | {"prices": [MARK, 1]}, "prices"),
    "too long a list": (ORDER | {"prices": [1, 2, 3, MARK]}, "prices"),
    "a number for a list": (ORDER | {"prices": MARK}, "prices"),
    "a list for a number": (ORDER | {"limit": [MARK]}, "limit"),
    "a list within the list": (ORDER | {"prices": [[1], 2, 3]}, "prices[0]"),
    "an object for a number": (ORDER | {"salt": {"value": MARK}}, "salt"),
    "an object for a list": (ORDER | {"prices": {"0": MARK}}, "prices"),
    "null": (ORDER | {"salt": None}, "salt"),
    "true for a UInt": (ORDER | {"limit": True}, "limit"),
    "a float": (ORDER | {"limit": 2718.28}, "limit"),
    "a whole float": (ORDER | {"limit": 300.0}, "without a point or an exponent"),
    "text": (ORDER | {"salt": f"secret {MARK}"}, "salt"),
    "an empty text": (ORDER | {"salt": ""}, "salt"),
    "hexadecimal with a sign": (ORDER | {"salt": f"-{hex(MARK)}"}, "salt"),
    "hexadecimal with a capital X": (ORDER | {"salt": hex(MARK).upper()}, "salt"),
    "hexadecimal that does not fit": (ORDER | {"limit": hex(MARK)}, "limit"),
    "an exponent in text": (ORDER | {"limit": "1e2"}, "limit"),
    "an underscore in text": (ORDER | {"limit": "1_0"}, "limit"),
    "a sign in text": (ORDER | {"limit": "+10"}, "limit"),
    "a space in text": (ORDER | {"limit": " 10"}, "limit"),
    "a leading zero in text": (ORDER | {"limit": "010"}, "limit"),
    "digits of another script": (ORDER | {"limit": "١٠"}, "limit"),
    "text within a list": (ORDER | {"prices": [1, 2, "x"]}, "prices[2]"),
}

TEXTS: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "input.json"),
    "a repeated name": (b'{"limit": 1, "limit": 2718281828459045}', "'limit' twice"),
    "a list": (b"[2718281828459045]", "not a JSON object"),
    "a number": (b"2718281828459045", "not a JSON object"),
    "text": (b'"2718281828459045"', "not a JSON object"),
    "null": (b"null", "not a JSON object"),
    "depth": (b'{"salt": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested"),
    "a hundred thousand digits": (b'{"salt": ' + b"7" * 100_000 + b"}", "integer of 100000"),
    "ten million digits": (b'{"salt": ' + b"7" * 10_000_000 + b"}", "such a file has at most"),
    "NaN": (b'{"salt": NaN}', "NaN"),
    "Infinity": (b'{"salt": -Infinity}', "Infinity"),
    "a float past all floats": (b'{"salt": 1e999}', "too large"),
    "a cut": (b'{"salt": 2718281828459045', "not JSON"),
    "two texts": (b'{"limit": 1} {"limit": 2718281828459045}', "not JSON"),
    "single quotes": (b"{'limit': 1}", "straight double quotes"),
    "a comment": (b'{"limit": 2718281828459045 // euro\n}', "no comments"),
    "compressed": (b"\x1f\x8b\x08" + bytes(9), "Unpack it first."),
    "a byte order mark": (b"\xef\xbb\xbf{}", "byte order mark"),
    "UTF-16": ('{"limit": 1}'.encode("utf-16"), "byte order mark"),
    "bytes that are not text": (b'{"limit": "\xff"}', "not UTF-8"),
    "half a character": (b'{"limit": "\\ud800"}', "surrogate"),
    "another format": (b"wtns\x02\x00\x00\x00", "is a witness (.wtns), not a JSON object"),
}


def assert_nothing_private(message: str) -> None:
    assert str(MARK) not in message
    assert hex(MARK)[2:] not in message
    assert str(SECRETS["salt"]) not in message


@pytest.mark.parametrize("case", MISFITS)
def test_values_that_do_not_fit_are_refused(shop: Path, case: str) -> None:
    values, says = MISFITS[case]
    Path("bad.json").write_text(json.dumps(values))
    assert_nothing_private(refused("witness", "order.py", "bad.json", "out.wtns", says=says))


@pytest.mark.parametrize("case", TEXTS)
def test_a_text_that_is_no_object_of_inputs_is_refused(shop: Path, case: str) -> None:
    data, says = TEXTS[case]
    Path("input.json").write_bytes(data)
    assert_nothing_private(refused("witness", "order.py", "input.json", "out.wtns", says=says))


def test_a_file_larger_than_any_input_is_refused_unread(shop: Path) -> None:
    with Path("bad.json").open("wb") as file:
        os.truncate(file.fileno(), 1 << 40)
    result = invoke("witness", "order.py", "bad.json", "out.wtns")
    assert result.exit_code == 2
    assert "bytes or more" in result.stderr


def test_digits_in_text_are_numbers(shop: Path) -> None:
    salt = hex(SECRETS["salt"])  # type: ignore[arg-type] # one of the integers
    values = ORDER | {"limit": "300", "prices": ["101", 57, "0x2b"], "rush": 1, "salt": salt}
    Path("good.json").write_text(json.dumps(values))
    assert invoke("witness", "order.py", "good.json", "out.wtns").exit_code == 0
    assert Path("out.wtns").read_bytes() == Path("order.wtns").read_bytes()


def test_a_check_that_fails_is_a_no_with_its_place_and_without_the_values(shop: Path) -> None:
    Path("bad.json").write_text(json.dumps(ORDER | {"limit": 287}))
    message = refused("witness", "order.py", "bad.json", "out.wtns", says="order.py:", status=1)
    assert "the order costs more than the limit" in message
    assert "288" not in message
    assert_nothing_private(message)


def test_values_are_shown_to_who_asks(shop: Path) -> None:
    Path("bad.json").write_text(json.dumps(ORDER | {"limit": 287}))
    words = ["witness", "order.py", "bad.json", "out.wtns", "--show-values"]
    told = invoke(*words)
    assert told.exit_code == 1
    assert "288" in told.stderr
    Path("bad.json").write_text(json.dumps(ORDER | {"limit": MARK}))
    told = invoke(*words)
    assert told.exit_code == 2
    assert str(MARK) in told.stderr


def test_an_answer_has_private_values_only_if_asked(shop: Path) -> None:
    words = ["witness", "order.py", "order.json", "order.wtns"]
    quiet = invoke(*words)
    assert "order.limit" in quiet.stdout
    assert "300" in quiet.stdout
    assert_nothing_private(quiet.output)
    assert "prices" not in quiet.stdout
    open_ = invoke(*words, "--show-values", "--json")
    assert json.loads(open_.stdout)["values"]["order.salt"] == str(SECRETS["salt"])


def test_a_witness_is_for_its_owner_only(shop: Path) -> None:
    assert invoke("witness", "order.py", "order.json", "new.wtns").exit_code == 0
    assert Path("new.wtns").stat().st_mode & 0o777 == 0o600


def test_a_refusal_leaves_the_witness_that_was_there(shop: Path) -> None:
    Path("bad.json").write_text("{}")
    before = contents(shop)
    assert invoke("witness", "order.py", "bad.json", "order.wtns").exit_code == 2
    assert contents(shop) == before
