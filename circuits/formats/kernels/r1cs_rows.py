"""The texts of circuits.formats.r1cs_rows: rows of entries, numbered coefficients."""

from __future__ import annotations

import numpy as np

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.limbs import Words
from zkpipe.circuits.formats.r1cs_words import ENTRY, Counts, Words32


@kernel
def walk_rows(words: Words32, counts: Counts) -> int:
    """Count of each row's entries; returns the first row that does not fit, or their number.

    words   uint32   count, then nine words an entry, row after row
    counts  int64    one for each row, written
    """
    at = 0
    for row in range(len(counts)):
        if at >= len(words):
            return row
        count = int(words[at])
        if count > (len(words) - at - 1) // ENTRY:
            return row
        counts[row] = count
        at += 1 + ENTRY * count
    return len(counts)


@kernel
def gather_entries(
    words: Words32,
    heads: Counts,
    counts: Counts,
    dictionary: tuple[Words, np.uint64, Words32, Counts],
    distinct: int,
    wires: Words32,
    values: Words32,
) -> int:
    """Wires and numbered coefficients of a matrix; returns how many coefficients are known now.

    words       uint32   section 2
    heads       int64    where each row of this matrix begins in it
    counts      int64    how many entries each has
    dictionary  keys (9,) uint64 of the hash; shift, which leaves the bits of an index; table
                uint32 of a number plus one, or zero; first int64, where each number stands first
    distinct    int      numbers given so far
    """
    keys, shift, table, first = dictionary
    mask = np.int64(len(table) - 1)
    entry = 0
    for row in range(len(heads)):
        at = heads[row] + 1
        for _ in range(counts[row]):
            wires[entry] = words[at]
            hashed = keys[8]
            for i in range(8):
                hashed += keys[i] * np.uint64(words[at + 1 + i])
            slot = np.int64(hashed >> shift)
            while True:
                number = np.int64(table[slot]) - 1
                if number < 0:
                    first[distinct] = at + 1
                    values[entry] = distinct
                    distinct += 1
                    table[slot] = distinct
                    break
                same = True
                for i in range(8):
                    same &= words[first[number] + i] == words[at + 1 + i]
                if same:
                    values[entry] = number
                    break
                slot = (slot + 1) & mask
            entry += 1
            at += ENTRY
    return distinct
