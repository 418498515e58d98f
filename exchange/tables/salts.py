"""The salts of chunks: HMAC-SHA512(segment key, column, chunk) mod r.

column and chunk are four bytes each, big-endian. A segment's key is 32 random bytes of its own.
Once it is erased, nobody can open the segment's root again.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.exchange.errors import ExchangeError

KEY_SIZE = 32


def segment_key() -> bytes:
    """A new key for one segment."""
    return secrets.token_bytes(KEY_SIZE)


def check_key(key: object) -> bytes:
    """The key, if it is one. Raises ExchangeError, which does not show it."""
    if not isinstance(key, bytes) or len(key) != KEY_SIZE:
        raise ExchangeError(
            f"A segment's key is not {KEY_SIZE} bytes.", "Make one by segment_key()."
        )
    return key


def salts(keys: Sequence[bytes], column: int, chunks: int) -> Words:
    """The salts of a column in each segment: (len(keys) * chunks, 4), segment by segment.

    Cost: 3 us each.
    """
    place = column.to_bytes(4, "big")
    messages = [place + chunk.to_bytes(4, "big") for chunk in range(chunks)]
    digest, number = hmac.digest, int.from_bytes
    return words_from_ints(
        number(digest(key, message, "sha512"), "big") % R for key in keys for message in messages
    )
