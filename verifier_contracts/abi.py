"""A contract's ABI: whether it is one, the bytes of a call, and the values of an answer.

Arguments become Python's own values before they are encoded, each as its type has it:

    uintN, intN   a whole number in range (ground.kinds)
    bool          True or False
    address       0x and 40 hexadecimal digits; capitals, if there are any, are its checksum
    bytesN        N bytes; bytes of any length for `bytes`; or 0x and hexadecimal digits; a
                  `function` is 24 bytes
    string        a text
    T[], T[n]     a list (ground.kinds)
    a struct      a list of its members, or a dict of them by name

Source: Solidity's Contract ABI Specification.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from zkpipe.ground.kinds import is_bool, is_of, items, whole_number
from zkpipe.verifier_contracts.errors import ArgumentError

Abi = Sequence[Mapping[str, Any]]  # a contract's functions and errors, as solc gives them

NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]{0,199}")  # of a function, an error, a contract
ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
DEEPEST = 32  # structs and arrays in one another
_BITS = "|".join(str(bits) for bits in range(8, 257, 8))
_SCALAR = re.compile(
    rf"(u?int)({_BITS})|(bytes)([1-9]|[12][0-9]|3[0-2])|bool|address|bytes|string|function"
)
_ARRAY = re.compile(r"(.*)\[([0-9]{0,9})\]", re.DOTALL)
_HEXADECIMAL = re.compile(r"0x((?:[0-9a-fA-F]{2})*)")


# --- its form


def is_abi(value: object) -> bool:
    """Whether it is a contract's ABI: a list of entries with what a call looks up in them.

    They are Python's own lists, dicts and texts, as JSON is read.
    """
    return (type(value) is list or type(value) is tuple) and all(map(_is_entry, value))


def _is_entry(entry: object) -> bool:
    if type(entry) is not dict or type(entry.get("type")) is not str:
        return False
    if entry["type"] == "constructor":
        return _are_parameters(entry.get("inputs"), DEEPEST)
    if entry["type"] not in ("function", "error"):
        return True
    name = entry.get("name")
    return (
        type(name) is str
        and NAME.fullmatch(name) is not None
        and _are_parameters(entry.get("inputs"), DEEPEST)
        and (entry["type"] == "error" or _are_parameters(entry.get("outputs"), DEEPEST))
    )


def _are_parameters(value: object, deep: int) -> bool:
    return (type(value) is list or type(value) is tuple) and all(
        _is_parameter(entry, deep) for entry in value
    )


def _is_parameter(entry: object, deep: int) -> bool:
    if type(entry) is not dict or type(entry.get("type")) is not str:
        return False
    kind = entry["type"]
    while (array := _ARRAY.fullmatch(kind)) and deep > 0:
        kind, deep = array[1], deep - 1
    if kind == "tuple":
        return deep > 0 and _are_parameters(entry.get("components"), deep - 1)
    return _SCALAR.fullmatch(kind) is not None


def type_of(entry: Mapping[str, Any]) -> str:
    """The type of a parameter; a struct's members are written out."""
    if not entry["type"].startswith("tuple"):
        return str(entry["type"])
    members = ",".join(map(type_of, entry["components"]))
    return f"({members}){entry['type'].removeprefix('tuple')}"


def signature(entry: Mapping[str, Any]) -> str:
    """Of a function: its name, with the types of what it takes."""
    return f"{entry['name']}({', '.join(map(type_of, entry['inputs']))})"


# --- arguments


def encoded(call: str, parameters: Sequence[Mapping[str, Any]], arguments: Sequence[Any]) -> bytes:
    """The bytes of as many arguments as there are parameters.

    call  what they should fit, for messages

    Raises ArgumentError that names the argument that does not fit.
    """
    from eth_abi.abi import encode

    values = [
        _plain(call, parameter, parameter["type"], f"argument {i}", argument)
        for i, (parameter, argument) in enumerate(zip(parameters, arguments, strict=True))
    ]
    return encode(list(map(type_of, parameters)), values)


def selector(entry: Mapping[str, Any]) -> bytes:
    """The four bytes that a call of a function begins with."""
    from eth_utils.crypto import keccak

    types = ",".join(map(type_of, entry["inputs"]))
    return keccak(f"{entry['name']}({types})".encode())[:4]


def _plain(call: str, parameter: Mapping[str, Any], kind: str, path: str, value: object) -> Any:
    """An argument as Python's own values, which its type holds."""
    if array := _ARRAY.fullmatch(kind):
        listed = items(value)
        if listed is None or (array[2] and len(listed) != int(array[2])):
            raise _misfit(call, path, f"a list of {array[2] or 'values'}")
        return [
            _plain(call, parameter, array[1], f"{path}[{i}]", item) for i, item in enumerate(listed)
        ]
    if kind == "tuple":
        members = parameter["components"]
        parts = _members(members, value)
        if parts is None:
            raise _misfit(call, path, f"a list of the {len(members)} members, or a dict by name")
        return tuple(
            _plain(call, member, member["type"], f"{path}[{i}]", part)
            for i, (member, part) in enumerate(zip(members, parts, strict=True))
        )
    plain, wanted = _scalar(kind, value)
    if plain is None:
        raise _misfit(call, path, wanted)
    return plain


def _members(members: Sequence[Mapping[str, Any]], value: object) -> Sequence[object] | None:
    """The members of a struct in their order."""
    if not is_of(value, dict):
        listed = items(value)
        return listed if listed is not None and len(listed) == len(members) else None
    names = [member.get("name") for member in members]
    if len(value) != len(names) or not all(is_of(name, str) and name in value for name in names):
        return None
    return [value[name] for name in names]


def _scalar(kind: str, value: object) -> tuple[Any, str]:
    """The value, None if it is none of the type; and what the type takes, for people."""
    form = _SCALAR.fullmatch(kind)
    if form is not None and form[1]:
        bits, signed = int(form[2]), form[1] == "int"
        low, high = (-(1 << bits - 1), 1 << bits - 1) if signed else (0, 1 << bits)
        number = whole_number(value)
        fits = number is not None and low <= number < high
        ends = f"-2^{bits - 1} to 2^{bits - 1} - 1" if signed else f"0 to 2^{bits} - 1"
        return number if fits else None, f"a whole number from {ends}"
    if kind == "bool":
        return bool(value) if is_bool(value) else None, "True or False"
    if kind == "string":
        return _text(value), "a text of whole characters"
    if kind == "address":
        return address_of(value), "an address: 0x and 40 hexadecimal digits"
    data, count = bytes_of(value), _count(kind, form)
    fits = data is not None and count in (None, len(data))
    wanted = "bytes" if count is None else f"{count} bytes"
    return data if fits else None, f"{wanted}, or 0x and their hexadecimal digits"


def _count(kind: str, form: re.Match[str] | None) -> int | None:
    """How many bytes a type of bytes has; None for any number."""
    if kind == "function":
        return 24
    return int(form[4]) if form is not None and form[4] else None


def _text(value: object) -> str | None:
    text = str.__str__(value) if is_of(value, str) else None
    return None if text is None or any("\ud800" <= c <= "\udfff" for c in text) else text


def bytes_of(value: object) -> bytes | None:
    """Bytes, or what hexadecimal digits after 0x say; None for anything else."""
    if is_of(value, str):
        digits = _HEXADECIMAL.fullmatch(str.__str__(value))
        return bytes.fromhex(digits[1]) if digits else None
    if is_of(value, bytes):
        return bytes.__getitem__(value, slice(None))
    return bytes(value) if type(value) is bytearray else None


def address_of(value: object) -> str | None:
    """An address with its checksum, EIP-55; None for what is none, or has a wrong checksum."""
    if not is_of(value, str) or not ADDRESS.fullmatch(str.__str__(value)):
        return None
    from eth_utils.address import to_checksum_address

    text = str.__str__(value)
    checked = str(to_checksum_address(text.lower()))
    has_one = text[2:] not in (text[2:].lower(), text[2:].upper())
    return None if has_one and text != checked else checked


def _misfit(call: str, path: str, wanted: str) -> ArgumentError:
    return ArgumentError(f"The arguments do not fit {call}.", f"Give {wanted} for {path}.")


# --- answers


def decoded(types: Sequence[str], data: bytes) -> tuple[Any, ...] | None:
    """The values that the bytes hold, if they hold these and nothing else; else None."""
    from eth_abi.abi import decode, encode
    from eth_abi.exceptions import DecodingError

    try:
        values = decode(types, data)
    except (DecodingError, ValueError, OverflowError):  # no text, a length past all memory
        return None
    return values if len(encode(types, values)) == len(data) else None
