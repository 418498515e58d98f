"""RIPEMD-160 in rows of a circuit: 15,770 for a first block, 15,912 for each further one.

A word is 32 bits, lowest first, each a wire; rotations are free. A block has two lines of 80 steps.
Where the rows of a step go, 99 in all:

    f(b, c, d)  32       each of the five functions is a gate of one row, or one turned over:
                         x ^ y ^ z, choices, and (x | ~y) ^ z = 1 - (z ^ (~x & y))
    s           32 + 2   a + f + word + constant, below 2^34
    b           32 + 1   s <<< shift + e, below 2^33

The top bit of x ^ y ^ z stands in the sum as x + y + z, which differs from it by 0 or 2, so by a
multiple of 2^32. The rounds that have this function have no constant, so the sum stays below 2^34.

The last b of a line stands in sums alone, so it is the two words that it is the sum of: 66 rows
less. The state after the block is five sums of three or four words, 34 each. Constants cost
nothing: of the first block, whose state is known, f of the first two steps, and two carries.

Every sum is below 2^35, so its bits are its only digits as an integer.

bellpepper-gadgets has 22,893 rows for the first block.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from zkpipe.circuits.define.component import component
from zkpipe.circuits.gadgets.byte_hashes.ripemd160_plain import (
    BLOCK,
    INITIAL,
    LEFT,
    RIGHT,
    Step,
    padding,
)
from zkpipe.circuits.gadgets.byte_hashes.words import (
    WORD,
    Bits,
    Terms,
    known_bits,
    little_bytes,
    little_words,
    rotated_left,
    sum_word,
    word,
)
from zkpipe.circuits.gadgets.gates import chi, choose, exclusive_or
from zkpipe.circuits.language.values.types import Array, Bool

TURN = 10  # places by which c is rotated

_FUNCTIONS: tuple[Callable[[Any, Any, Any], Any], ...] = (
    exclusive_or,
    choose,
    lambda x, y, z: 1 - chi(z, x, y),
    lambda x, y, z: choose(z, x, y),
    lambda x, y, z: 1 - chi(x, y, z),
)


def digest(message: Sequence[Any]) -> list[Any]:
    """The 20 bytes of the hash."""
    padded = [*message, *padding(len(message))]
    state: Any = [known_bits(number) for number in INITIAL]
    for begin in range(0, len(padded), BLOCK):
        state = compress(state, little_words(padded[begin : begin + BLOCK]))
    return little_bytes(state)


@component
def compress(state: Array[Bool, 5, 32], block: Array[Bool, 16, 32]) -> Array[Bool, 5, 32]:
    """The state after a block."""
    left, right = (_line(steps, state, block) for steps in (LEFT, RIGHT))
    return [
        sum_word([*word(state[(i + 1) % 5]), *left[(i + 2) % 5], *right[(i + 3) % 5]])
        for i in range(5)
    ]


def _line(steps: Sequence[Step], state: Sequence[Bits], block: Sequence[Bits]) -> list[Terms]:
    """The five words after a line, as terms of sums."""
    a, b, c, d, e = state
    for step in steps[:-1]:
        new_b = sum_word(step_terms(step, a, b, c, d, e, block))
        a, b, c, d, e = e, new_b, b, rotated_left(c, TURN), d
    last = step_terms(steps[-1], a, b, c, d, e, block)
    return [word(e), last, word(b), word(rotated_left(c, TURN)), word(d)]


def step_terms(
    step: Step, a: Bits, b: Bits, c: Bits, d: Bits, e: Bits, block: Sequence[Bits]
) -> Terms:
    """The terms of a step's new b."""
    mixed = _mixed(step.function, b, c, d)
    total = sum_word([*word(a), *mixed, *word(block[step.place])], step.constant)
    return [*word(rotated_left(total, step.shift)), *word(e)]


def _mixed(function: int, x: Bits, y: Bits, z: Bits) -> Terms:
    """f(x, y, z), to be added."""
    rows = list(zip(x, y, z, strict=True))
    if function:
        return word(_FUNCTIONS[function](*bits) for bits in rows)
    top = [(1 << WORD - 1, bit) for bit in rows.pop()]
    return [*word(exclusive_or(*bits) for bits in rows), *top]
