"""Arguments of calls: as their types have them, encoded as web3 does, or refused by name."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
import pytest
from web3 import Web3

from tests.zoo import Column
from zkpipe.verifier_contracts.abi import address_of, encoded, is_abi, selector, type_of
from zkpipe.verifier_contracts.errors import ArgumentError

NOBODY = "0x" + "11" * 20
CHECKED = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"  # of EIP-55
PAIR = {"type": "tuple", "name": "p", "components": [{"name": "x", "type": "uint8"}] * 2}
STRUCT: dict[str, Any] = {
    "type": "tuple",
    "name": "s",
    "components": [{"name": "x", "type": "uint8"}, {"name": "y", "type": "bytes"}],
}


def function(*kinds: str | dict[str, Any]) -> dict[str, Any]:
    inputs = [{"name": "a", "type": kind} if isinstance(kind, str) else kind for kind in kinds]
    return {"type": "function", "name": "f", "inputs": inputs, "outputs": []}


RIGHT: dict[str, tuple[str | dict[str, Any], Any, Any]] = {  # type, argument, as web3 takes it
    "uint256": ("uint256", (1 << 256) - 1, (1 << 256) - 1),
    "of numpy": ("uint8", np.uint8(255), 255),
    "without dimensions": ("uint8", np.array(7), 7),
    "least int8": ("int8", -128, -128),
    "bool": ("bool", np.True_, True),
    "address": ("address", CHECKED.lower(), CHECKED),
    "bytes32": ("bytes32", "0x" + "ab" * 32, b"\xab" * 32),
    "bytes": ("bytes", bytearray(b"abc"), b"abc"),
    "no bytes": ("bytes", "0x", b""),
    "text": ("string", "p\u00e4r", "p\u00e4r"),
    "array": ("uint256[2]", np.array([1, 2], np.uint8), [1, 2]),
    "column": ("uint256[]", Column([1, 2]), [1, 2]),
    "deque": ("uint256[2]", deque([1, 2]), [1, 2]),
    "pairs": ("uint256[2][2]", [(1, 2), (3, 4)], [[1, 2], [3, 4]]),
    "struct": (STRUCT, {"x": 1, "y": "0xff"}, (1, b"\xff")),
    "struct in order": (STRUCT, [1, b"\xff"], (1, b"\xff")),
    "structs": ({**STRUCT, "type": "tuple[]"}, [{"y": b"", "x": 2}], [(2, b"")]),
}


@pytest.mark.parametrize("case", RIGHT)
def test_a_call_has_the_bytes_that_web3_gives_it(case: str) -> None:
    kind, argument, plain = RIGHT[case]
    entry = function(kind)
    expected = Web3().eth.contract(abi=[entry]).encode_abi("f", args=[plain])  # type: ignore[list-item]
    ours = selector(entry) + encoded("f", entry["inputs"], [argument])
    assert f"0x{ours.hex()}" == expected
    assert is_abi([entry])


WRONG: dict[str, tuple[str | dict[str, Any], Any, str]] = {
    "too large": ("uint8", 256, "from 0 to 2\\^8 - 1 for argument 0"),
    "below 0": ("uint256", -1, "from 0 to 2\\^256 - 1"),
    "a bool": ("uint256", True, "a whole number"),
    "a float": ("uint256", 1.0, "a whole number"),
    "a text": ("uint256", "1", "a whole number"),
    "an integer": ("bool", 1, "True or False"),
    "too short": ("bytes32", b"ab", "32 bytes"),
    "digits without 0x": ("bytes", "abcd", "bytes, or 0x"),
    "half a byte": ("bytes", "0xabc", "bytes, or 0x"),
    "an address as bytes": ("address", b"\x11" * 20, "an address"),
    "a wrong checksum": ("address", CHECKED.replace("5aA", "5aa"), "an address"),
    "half a character": ("string", "\ud800", "whole characters"),
    "bytes for a text": ("string", b"abc", "a text"),
    "too many": ("uint256[2]", [1, 2, 3], "a list of 2 for argument 0"),
    "a set": ("uint256[]", {1, 2}, "a list of values"),
    "within": ("uint256[2][2]", [[1, 2], [3, 2**256]], r"for argument 0\[1\]\[1\]"),
    "a member too many": (STRUCT, {"x": 1, "y": b"", "z": 2}, "the 2 members"),
    "another member": (STRUCT, {"x": 1, "z": b""}, "the 2 members"),
    "names twice": (PAIR, {"x": 1}, "the 2 members"),
}


@pytest.mark.parametrize("case", WRONG)
def test_the_argument_that_does_not_fit_is_named(case: str) -> None:
    kind, argument, wanted = WRONG[case]
    entry = function(kind)
    with pytest.raises(ArgumentError, match=rf"do not fit f\(.*\n?.*{wanted}"):
        encoded(f"f({type_of(entry['inputs'][0])})", entry["inputs"], [argument])


def deep(levels: int) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": "x", "type": "uint8"}
    for _ in range(levels):
        entry = {"name": "x", "type": "tuple", "components": [entry]}
    return entry


def ring() -> dict[str, Any]:
    entry: dict[str, Any] = {"name": "x", "type": "tuple", "components": []}
    entry["components"].append(entry)
    return entry


@pytest.mark.parametrize(
    "kind",
    [
        *("uint7", "uint264", "int0", "bytes0", "bytes33", "fixed", "", "uint256[", "uint8[-1]"),
        *("tuple", "uint8" + "[]" * 1000, "uint8[9999999999]", deep(40), ring()),
    ],
    ids=lambda kind: str(kind)[:20],
)
def test_no_abi_has_a_type_that_is_none(kind: str | dict[str, Any]) -> None:
    assert not is_abi([function(kind)])
    constructor = {"type": "constructor", "inputs": function(kind)["inputs"]}
    assert not is_abi([constructor])


@pytest.mark.parametrize(
    "value",
    [
        *(None, {}, "[]", [None], [[]], [{}], [{"type": 1}], [{"type": "function"}]),
        [{"type": "function", "name": "f\n", "inputs": [], "outputs": []}],
    ],
    ids=str,
)
def test_what_is_no_abi(value: Any) -> None:
    assert not is_abi(value)


def test_capitals_of_an_address_are_its_checksum() -> None:
    for spelt in (CHECKED, CHECKED.lower(), "0x" + CHECKED[2:].upper()):
        assert address_of(spelt) == CHECKED
    assert address_of(NOBODY) == NOBODY
    assert address_of("0X" + NOBODY[2:]) is None
