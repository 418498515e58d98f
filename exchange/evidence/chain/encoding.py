"""RLP, Ethereum's encoding of lists and bytes, read strictly; and digests as texts.

The files of a bundle that hold what blocks are made of are in the form that Ethereum hashes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from zkpipe.exchange.errors import BundleError

Item: TypeAlias = "bytes | Sequence[Item]"

AGAIN = "Ask who made the bundle for another one, and another node."


def hexadecimal(data: bytes) -> str:
    """Bytes as nodes write them."""
    return f"0x{data.hex()}"


def encoded(item: Item) -> bytes:
    """The one text that an item has."""
    import rlp

    return bytes(rlp.encode(item))


def decoded(data: bytes, place: str) -> Item:
    """The item that bytes encode. Raises BundleError, with the place, if they are another text."""
    import rlp
    from rlp.exceptions import RLPException

    try:
        item: Item = rlp.decode(data)
        is_whole = encoded(item) == data
    except (RLPException, RecursionError):
        is_whole = False
    if not is_whole:
        raise BundleError(place, "this is not a list in RLP.", AGAIN)
    return item


def texts(item: Item, place: str) -> list[bytes]:
    """A list whose entries are bytes. Raises BundleError."""
    if isinstance(item, bytes) or not all(isinstance(one, bytes) for one in item):
        raise BundleError(place, "this is not a list of byte strings.", AGAIN)
    return [one for one in item if isinstance(one, bytes)]


def number_of(data: bytes, most: int = 32) -> int | None:
    """The number that bytes stand for in RLP; None for too many, or with zeros before it."""
    return None if data[:1] == b"\0" or len(data) > most else int.from_bytes(data, "big")


def quantity(told: Mapping[str, object], name: str) -> bytes:
    """A number of a node's JSON as RLP has it. Raises ValueError."""
    text = told.get(name)
    if not isinstance(text, str) or not text.startswith("0x"):
        raise ValueError(name)
    number = int(text[2:], 16)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
