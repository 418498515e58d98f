"""Commitments of the data exchange as their definition has them, on integers.

Nothing of zkpipe.exchange is imported: Poseidon goes round by round, an element is a text of bits.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from tests.circuits.oracles.poseidon import permutation_by_definition
from zkpipe.circuits.gadgets.poseidon_parameters import poseidon_parameters

R = 21888242871839275222246405745257275088548364400416034343698204186575808495617


def tagged(name: str, values: Sequence[int]) -> int:
    """P[NAME](values)."""
    capacity = int.from_bytes(b"zkpipe.v1." + name.encode(), "big")
    parameters = poseidon_parameters(len(values) + 1)
    return permutation_by_definition(parameters, [capacity, *values])[0]


def salt(key: bytes, column: int, chunk: int) -> int:
    """HMAC-SHA512(key, column, chunk) mod r."""
    message = column.to_bytes(4, "big") + chunk.to_bytes(4, "big")
    return int(hmac.new(key, message, hashlib.sha512).hexdigest(), 16) % R


def element(slots: Sequence[int], width: int) -> int:
    """Slots side by side, the first in the lowest bits."""
    return int("".join(f"{slot:0{width}b}" for slot in reversed(slots)), 2)


def column_digest(
    slots: Sequence[int], salts: Sequence[int], width: int, low: int, high: int, segment_class: int
) -> int:
    """The digest of 2^segment_class slots."""
    assert len(slots) == 2**segment_class
    a_chunk = {15: 128, 62: 32}[width]
    level = []
    for c, first in enumerate(range(0, len(slots), a_chunk)):
        here = [*slots[first : first + a_chunk]]
        here += [0] * (a_chunk - len(here))
        size = a_chunk // 8
        elements = [element(here[i : i + size], width) for i in range(0, a_chunk, size)]
        level.append(tagged("CHUNK", [*elements, salts[c]]))
    depth = 0
    while True:
        level += [0] * (-len(level) % 8)
        level = [tagged(f"NODE.{depth}", level[i : i + 8]) for i in range(0, len(level), 8)]
        depth += 1
        if len(level) == 1:
            return tagged("COL", [level[0], width, segment_class, low % R, high % R])


def root(schema_word: int, columns: Sequence[int]) -> int:
    """The root over the digests of up to 64 columns."""
    groups = []
    for g in range(8):
        part = [*columns[8 * g : 8 * g + 8]]
        groups.append(tagged("COLS.0", [*part, *[0] * (8 - len(part))]) if part else 0)
    return tagged("ROOT", [schema_word, tagged("COLS.1", groups)])


def commitment(
    schema_word: int,
    columns: Sequence[tuple[Sequence[int], int, int, int]],
    key: bytes,
    segment_class: int,
) -> tuple[list[int], int]:
    """The digests of columns, each (slots, width, low, high), and the root."""
    digests = []
    for j, (slots, width, low, high) in enumerate(columns):
        chunks = max(1, 2**segment_class // {15: 128, 62: 32}[width])
        salts = [salt(key, j, c) for c in range(chunks)]
        digests.append(column_digest(slots, salts, width, low, high, segment_class))
    return digests, root(schema_word, digests)
