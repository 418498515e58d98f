"""Are these words below a modulus? For whole arrays of field elements that come from a file."""

from __future__ import annotations

import numpy as np

from zkpipe.accel.fields.limbs import Words, words_from_ints


def first_not_below(words: Words, modulus: int) -> int | None:
    """Index of the first element that is the modulus or more; None if all are below.

    words  (n, 4) uint64, little-endian words; may be unaligned

    Cost: one pass over the top words; the others are looked at where the top word ties.
    """
    limit = words_from_ints([modulus])[0]
    top = words[:, 3]
    if not len(words) or top.max() < limit[3]:  # nearly always
        return None
    ties = np.flatnonzero(top >= limit[3])
    rows = np.asarray(words[ties])
    above = np.ones(len(rows), dtype=bool)  # equality counts as not below
    for word in range(4):  # the most significant word decides last
        column = rows[:, word]
        above = (column > limit[word]) | ((column == limit[word]) & above)
    found = ties[above]
    return int(found[0]) if len(found) else None
