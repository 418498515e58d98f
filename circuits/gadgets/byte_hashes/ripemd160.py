"""RIPEMD-160 of bytes.

Source: Dobbertin, Bosselaers, Preneel, "RIPEMD-160: A Strengthened Version of RIPEMD".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.circuits.gadgets.byte_hashes import ripemd160_plain, ripemd160_rows
from zkpipe.circuits.gadgets.byte_hashes.messages import BYTE, message_bytes
from zkpipe.circuits.gadgets.on_integers import on_integers
from zkpipe.circuits.language.values.types import UInt


def ripemd160(message: Any) -> list[Any]:
    """The 20 bytes of RIPEMD-160: UInt[8] values, or of integers alone integers.

    message  a list of bytes, as UInt[8] values or integers from 0 to 255, also mixed; or Python's
             bytes. Its length is known when the circuit is compiled

    Of a key's SHA-256 it is Bitcoin's HASH160. With 20 bytes, two messages of the same hash can be
    found by 2^80 trials: use it where a format asks for it.

    Raises InputError, or in a circuit CompileError, for values that are no bytes.

    Cost: 15,770 constraints for 32 bytes, and 15,912 for each further block of 64; less where bytes
    are constant, as the padding is. The bytes' own are 8 each.
    """
    return _ripemd160(message_bytes("ripemd160()", message))  # type: ignore[no-any-return]


def _plain(message: Sequence[int]) -> list[int]:
    return list(ripemd160_plain.ripemd160(bytes(message)))


@on_integers(_plain, UInt[BYTE])
def _ripemd160(message: Sequence[Any]) -> list[Any]:
    return ripemd160_rows.digest(message)
