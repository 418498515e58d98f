"""Commitments to segments: all chunks of a column, of all segments at once, by Poseidon's kernel.

What is hashed says `digests`, which computes the same of integers and in circuits; here it is on
arrays: a column's slots are packed into words of 64 bits, a segment's levels follow one another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words, ints_from_words, words_from_ints
from zkpipe.circuits.gadgets import poseidon_many
from zkpipe.exchange.errors import ExchangeError
from zkpipe.exchange.tables.formats import CHILDREN, ELEMENTS, SLOTS, Format, chunk_count
from zkpipe.exchange.tables.salts import check_key, salts
from zkpipe.exchange.tables.segments import Slots, Table
from zkpipe.exchange.words import tag

WORD = 64
PIECE = 1 << 15  # chunks hashed at once: 9 MB


@dataclass(frozen=True, eq=False)
class Commitment:
    """What commits to a segment, with all that opens it. Private, but for the root.

    table    of one segment
    root     public
    digests  of its columns
    key      of its salts
    """

    table: Table
    root: int
    digests: tuple[int, ...]
    key: bytes

    def __repr__(self) -> str:
        return f"<Commitment {self.root:#066x}>"

    def column(self, j: int) -> int:
        """The digest of a committed column."""
        return self.digests[j]

    def cell(self, j: int, i: int) -> int:
        """The code in slot i of column j."""
        return int(self.table.columns[j][0, i])

    def slots(self, j: int) -> list[int]:
        """The codes of a column, a slot each."""
        return [int(code) for code in self.table.columns[j][0].tolist()]

    def salts(self, j: int) -> list[int]:
        """The salts of a column, a chunk each."""
        count = chunk_count(self.table.schema.formats[j].width, self.table.segment_class)
        return ints_from_words(salts([self.key], j, count))


def commit(table: Table, key: bytes) -> Commitment:
    """The commitment to a table of one segment.

    key  32 random bytes, for this segment alone: `segment_key`

    Raises ExchangeError for a table of more segments, and for what is no key.
    """
    if len(table) != 1:
        raise ExchangeError(
            f"A table of {len(table)} segments has as many commitments.",
            "Commit with commit_segments(table, keys), or to table.segment(i).",
        )
    (only,) = commit_segments(table, [key])
    return only


def commit_segments(table: Table, keys: Sequence[bytes]) -> list[Commitment]:
    """The commitments to a table's segments, in order.

    keys  one for each segment, all different

    Raises ExchangeError if keys are not as many, or are no keys.

    Cost: 10^6 rows in 20 columns of 15 bits and one of 62: 3 s on one thread with AVX-512, 14 s
    without.
    """
    checked = [check_key(key) for key in keys]
    if len(checked) != len(table) or len(set(checked)) < len(checked):
        raise ExchangeError(
            f"A table of {len(table)} segments got {len(set(checked))} different keys.",
            "Give each segment a key of its own, by segment_key().",
        )
    columns = [
        _column_digests(slots, j, format_, checked, table.segment_class)
        for j, (slots, format_) in enumerate(zip(table.columns, table.schema.formats, strict=True))
    ]
    roots = ints_from_words(_roots(table.schema.word, columns))
    digests = [ints_from_words(column) for column in columns]
    return [
        Commitment(table.segment(i), root, tuple(column[i] for column in digests), checked[i])
        for i, root in enumerate(roots)
    ]


def _column_digests(
    slots: Slots, column: int, format_: Format, keys: Sequence[bytes], segment_class: int
) -> Words:
    """The digest of a column in each segment."""
    segments = len(slots)
    count = chunk_count(format_.width, segment_class)
    level = np.empty((segments * count, 4), np.uint64)
    step = max(1, PIECE // count)  # segments at once
    for first in range(0, segments, step):
        here = slice(first, min(first + step, segments))
        inputs = np.zeros(((here.stop - first) * count, ELEMENTS + 1, 4), np.uint64)
        elements = packed(slots[here], format_.width)
        inputs[:, : elements.shape[1]] = elements
        inputs[:, ELEMENTS] = salts(keys[here], column, count)
        level[first * count : here.stop * count] = poseidon_many(inputs, tag("CHUNK"))
    depth = 0
    while depth == 0 or count > 1:
        level, count = _nodes(level.reshape(segments, count, 4), f"NODE.{depth}")
        depth += 1
    ends = [format_.width, segment_class, format_.low % R, format_.high % R]
    tops = np.empty((segments, 5, 4), np.uint64)
    tops[:, 0] = level
    tops[:, 1:] = words_from_ints(ends)
    return poseidon_many(tops, tag("COL"))


def packed(slots: Slots, width: int) -> Words:
    """Slots as the elements of chunks: (chunks, elements, 4), 8 elements or fewer."""
    fitting = SLOTS[width]
    flat = np.ascontiguousarray(slots)
    if flat.shape[1] % fitting:
        flat = np.pad(flat, ((0, 0), (0, fitting - flat.shape[1] % fitting)))
    parts = flat.reshape(-1, fitting)
    out = np.zeros((len(parts), 4), np.uint64)
    for s in range(fitting):
        word, shift = divmod(width * s, WORD)
        slot = parts[:, s].astype(np.uint64)
        out[:, word] |= slot << np.uint64(shift)
        if shift + width > WORD:
            out[:, word + 1] |= slot >> np.uint64(WORD - shift)
    a_segment = flat.shape[1] // fitting
    return out.reshape(-1, min(a_segment, ELEMENTS), 4)


def _nodes(level: Words, name: str) -> tuple[Words, int]:
    """The nodes over a level, (segments, count, 4): as (segments * nodes, 4), and nodes."""
    segments, count, _ = level.shape
    nodes = -(-count // CHILDREN)
    children = np.zeros((segments, nodes * CHILDREN, 4), np.uint64)
    children[:, :count] = level
    return poseidon_many(children.reshape(-1, CHILDREN, 4), tag(name)), nodes


def _roots(schema_word: int, columns: Sequence[Words]) -> Words:
    segments = len(columns[0])
    groups: NDArray[np.uint64] = np.zeros((segments, CHILDREN, 4), np.uint64)
    for g in range(0, len(columns), CHILDREN):
        part = np.stack(columns[g : g + CHILDREN], axis=1)
        groups[:, g // CHILDREN] = _nodes(part, "COLS.0")[0]
    inputs = np.empty((segments, 2, 4), np.uint64)
    inputs[:, 0] = words_from_ints([schema_word])
    inputs[:, 1] = poseidon_many(groups, tag("COLS.1"))
    return poseidon_many(inputs, tag("ROOT"))
