"""What hashes over bytes take, and bytes as bits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.circuits.gadgets.arguments import Element, elements, misuse
from zkpipe.circuits.gadgets.bits import to_bits
from zkpipe.circuits.language.values.signal import Signal

BYTE = 8


def message_bytes(gadget: str, message: object) -> list[Element]:
    """The bytes of a message: of Python's bytes, or a list of integers and values below 256.

    Raises InputError, or in a circuit CompileError, for anything else.
    """
    if isinstance(message, bytes | bytearray | memoryview):
        return list(bytes(message))
    checked = elements(gadget, "message", message)
    for i, x in enumerate(checked):
        if isinstance(x, Signal):
            if x.low is None or x.high is None or x.low < 0 or x.high > 255:
                raise misuse(
                    gadget,
                    f"has {x.kind()} for message[{i}], which is no byte.",
                    "Declare it a UInt[8], or narrow it first: narrow(x, UInt[8]).",
                    "message",
                )
        elif x > 255:
            raise misuse(
                gadget,
                f"has no byte for message[{i}].",
                "Give whole numbers from 0 to 255.",
                "message",
                x,
            )
    return checked


def byte_bits(byte: Element) -> list[Any]:
    """The eight bits of a byte, lowest first. No row: its bits are known from its type."""
    if isinstance(byte, Signal):
        return to_bits(byte, BYTE)
    return [byte >> i & 1 for i in range(BYTE)]


def value_of(bits: Sequence[Any]) -> Any:
    """The integer that bits make, lowest first."""
    total: Any = 0
    for i, bit in enumerate(bits):
        total = total + bit * (1 << i)
    return total
