"""What hashes over bytes take, and bytes as bits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.circuits.gadgets.arguments import Element, element, listed, misuse
from zkpipe.circuits.gadgets.bits import to_bits
from zkpipe.circuits.language.values.signal import Signal

BYTE = 8


def message_bytes(gadget: str, message: object, name: str = "message") -> list[Element]:
    """The bytes of a message: of Python's bytes, or a list of integers and values below 256.

    Raises InputError, or in a circuit CompileError, for anything else.
    """
    if isinstance(message, bytes | bytearray):
        return list(bytes(message))
    if isinstance(message, str):
        fix = "Give its bytes, for example text.encode()."
        raise misuse(gadget, f"has a text for {name}, which has no bytes yet.", fix, name, message)
    entries = listed(gadget, name, message, "bytes")
    checked = [element(gadget, f"{name}[{i}]", x) for i, x in enumerate(entries)]
    for i, x in enumerate(checked):
        if isinstance(x, Signal):
            if x.low is None or x.high is None or x.low < 0 or x.high > 255:
                raise misuse(
                    gadget,
                    f"has {x.kind()} for {name}[{i}], which is no byte.",
                    "Declare it a UInt[8], or narrow it first: narrow(x, UInt[8]).",
                    name,
                )
        elif x > 255:
            raise misuse(
                gadget,
                f"has no byte for {name}[{i}].",
                "Give whole numbers from 0 to 255.",
                name,
                x,
            )
    return checked


def fixed_bytes(gadget: str, name: str, given: object, count: int) -> list[Element]:
    """So many bytes, as message_bytes takes them.

    Raises InputError, or in a circuit CompileError, for anything else.
    """
    found = message_bytes(gadget, given, name)
    if len(found) != count:
        raise misuse(gadget, f"has {len(found)} bytes for {name}.", f"Give {count} bytes.", name)
    return found


def byte_bits(byte: Element) -> list[Any]:
    """The eight bits of a byte, lowest first. No row: its bits are known from its type.

    Those that are constant are integers, also of a byte that is a value of the circuit, as to_words
    makes them of a narrow number: the rows of a hash have fewer terms then, or fall away.
    """
    if isinstance(byte, Signal):
        found = [(bit, bit.engine.integer(bit)) for bit in to_bits(byte, BYTE)]
        return [bit if number is None else number for bit, number in found]
    return [byte >> i & 1 for i in range(BYTE)]


def value_of(bits: Sequence[Any]) -> Any:
    """The integer that bits make, lowest first."""
    total: Any = 0
    for i, bit in enumerate(bits):
        total = total + bit * (1 << i)
    return total
