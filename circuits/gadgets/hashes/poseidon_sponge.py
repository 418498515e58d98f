"""A hash of any number of field elements, by a sponge over circomlib's Poseidon permutations.

To hash the values x_1, ..., x_n:

 1. The capacity starts with the tag D 2^64 + n, where D is the big-endian integer of the ASCII text
    "zkpipe.poseidon_sponge".
 2. The values are cut into blocks of 16. The last block has the rest, and is not padded. If there
    are no values, there is one block with a 0.
 3. For each block the permutation of width (block's length + 1) takes the capacity and the block.
    Its first element is the next capacity: PoseidonEx(length, 2) of circomlib.
 4. The hash is the second element of the last permutation's result.

It is a sponge in overwrite mode. The tag fixes the number of values and with it all blocks, so
hashes of different numbers of values have nothing to do with each other, and no hash can be
extended. A collision is one of the capacity, 254 bits, at the cost of some 2^127 permutations. No
other hash of this package starts from such a tag: `poseidon` starts from 0, `merkle_leaf` from a
number below 2^69.

16 is the rate that costs least, 612 / 16 = 38.25 rows a value; the others take 38.4 for 15, 38.6
for 14, and 72 for 3.

Source: Bertoni, Daemen, Peeters, Van Assche, "Duplexing the sponge", eprint 2011/499, section 6.2
(overwrite mode); eprint 2019/458, section 4.2 (a tag in the capacity).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.circuits.gadgets.arguments import element
from zkpipe.circuits.gadgets.on_integers import on_integers
from zkpipe.circuits.gadgets.poseidon import MAX_INPUTS, poseidon_ex
from zkpipe.circuits.language.values.structure import leaves, with_lists

DOMAIN = int.from_bytes(b"zkpipe.poseidon_sponge", "big")


def poseidon_sponge(values: Any) -> Any:
    """The hash of any number of field elements, also of none; of integers alone an integer.

    values  a value, or a nest of lists, tuples, arrays and records. They are read in their order.
            An integer x with -r < x < r stands for its residue

    The hash binds the values, their order and their number. It does not bind how they are nested:
    [[1, 2], 3] and [1, [2, 3]] have the same hash. Where a nest has lists of different lengths, put
    their lengths in front of them. Nor does it bind types: 1 and True have the same hash.

    Raises InputError, or in a circuit CompileError, for what is not an element of the field;
    CompileError for a list that holds itself.

    Cost: for each 16 values 612 rows, for a rest of m values what `poseidon` takes for m, and 3. A
    first block takes 3 less. So 240 for 2 values, 609 for 16, 3969 for 100; 0 for
    constants alone.
    """
    name = "poseidon_sponge()"
    found = [
        element(name, f"value {i}", value) for i, value in enumerate(leaves(with_lists(values)))
    ]
    return _hashed(found)


def _absorbed(values: Sequence[Any]) -> Any:
    capacity: Any = (DOMAIN << 64) + len(values)
    digest: Any = 0
    for start in range(0, max(len(values), 1), MAX_INPUTS):
        capacity, digest = poseidon_ex(values[start : start + MAX_INPUTS] or [0], capacity, 2)
    return digest


_hashed = on_integers(_absorbed)(_absorbed)  # constants alone stay one, in all blocks
