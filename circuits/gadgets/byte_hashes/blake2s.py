"""BLAKE2s of bytes, with a key or a personalisation.

Source: RFC 7693; the parameter block with a personalisation is that of eprint 2013/322.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from zkpipe.circuits.gadgets.arguments import misuse
from zkpipe.circuits.gadgets.byte_hashes import blake2s_rows
from zkpipe.circuits.gadgets.byte_hashes.messages import BYTE, message_bytes
from zkpipe.circuits.gadgets.on_integers import on_integers
from zkpipe.circuits.language.values.signal import Signal
from zkpipe.circuits.language.values.types import UInt

MOST_KEY, MOST_PERSON = 32, 8  # bytes


def blake2s(message: Any, key: Any = b"", person: Any = b"") -> list[Any]:
    """The 32 bytes of BLAKE2s: UInt[8] values, or of integers alone integers.

    It is hashlib.blake2s(message, key=key, person=person).

    message  a list of bytes, as UInt[8] values or integers from 0 to 255, also mixed; or Python's
             bytes. Its length is known when the circuit is compiled
    key      up to 32 bytes in the same way: with them the hash is a MAC. They are a block by
             themselves
    person   up to 8 bytes that are constants, such as b"Zcash_nf": another function for each use

    Raises InputError, or in a circuit CompileError, for values that are no bytes, for more of them,
    and for a person that is not constant.

    Cost: 20,680 constraints for 64 bytes, and 20,932 for each further block of 64; less where bytes
    are constant. The bytes' own are 8 each.
    """
    gadget = "blake2s()"
    taken = message_bytes(gadget, message)
    return _blake2s(taken, _key(gadget, key), _person(gadget, person))  # type: ignore[no-any-return]


def _key(gadget: str, key: Any) -> list[Any]:
    taken = message_bytes(gadget, key, "key")
    _at_most(gadget, "key", taken, MOST_KEY)
    return taken


def _person(gadget: str, person: Any) -> list[Any]:
    taken = message_bytes(gadget, person, "person")
    for x in taken:
        if isinstance(x, Signal):
            raise misuse(
                gadget,
                f"has {x.kind()} for person, which must be known when the circuit is compiled.",
                "Give constants, such as b'my-hash1'.",
                "person",
            )
    _at_most(gadget, "person", taken, MOST_PERSON)
    return taken


def _at_most(gadget: str, name: str, taken: Sequence[Any], most: int) -> None:
    if len(taken) > most:
        raise misuse(
            gadget, f"has {len(taken)} bytes for {name}.", f"Give at most {most} bytes.", name
        )


def _plain(message: Sequence[int], key: Sequence[int], person: Sequence[int]) -> list[int]:
    made = hashlib.blake2s(bytes(message), key=bytes(key), person=bytes(person))
    return list(made.digest())


@on_integers(_plain, UInt[BYTE])
def _blake2s(message: Sequence[Any], key: Sequence[Any], person: Sequence[int]) -> list[Any]:
    return blake2s_rows.digest(message, key, person)
