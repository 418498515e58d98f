"""Poseidon2: gnark-crypto's compression of two elements, and two permutations.

The same S-boxes as Poseidon's, with cheaper matrices and fewer rounds of them all:

    width  rounds           constants                                   whose
    2      6 full, 50 part. a chain of Keccak-256 from a text           gnark-crypto's default
    3      8 full, 56 part. the Grain LFSR, as Poseidon's               the authors' instance

In rows the partial rounds have `poseidon_plain`'s form: the matrices are small, but sums would grow
with each round.

Source: Grassi, Khovratovich, Schofnegger, "Poseidon2", eprint 2023/323, section 6 and appendix B;
HorizenLabs/poseidon2 for width 3; gnark-crypto, ecc/bn254/fr/poseidon2, for width 2 and the
compression.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import islice
from typing import Any

from zkpipe.accel.bn254 import R
from zkpipe.circuits.gadgets.arguments import elements, misuse
from zkpipe.circuits.gadgets.author import linear_combination
from zkpipe.circuits.gadgets.hashes.keccak_constants import chained_constants
from zkpipe.circuits.gadgets.poseidon_parameters import (
    FULL_ROUNDS,
    PoseidonParameters,
    grain_numbers,
)
from zkpipe.circuits.gadgets.poseidon_rows import permutation

# By width: the matrices of full and of partial rounds, which the paper calls M_E and M_I.
MATRICES = {
    2: (((2, 1), (1, 2)), ((2, 1), (1, 3))),
    3: (((2, 1, 1), (1, 2, 1), (1, 1, 2)), ((2, 1, 1), (1, 2, 1), (1, 1, 3))),
}
GNARK_ROUNDS = 6, 50
PARTIAL_ROUNDS_OF_THREE = 56


def poseidon2(inputs: Sequence[Any]) -> Any:
    """The hash of two field elements: gnark-crypto's Poseidon2 compression, for trees.

    It is the second element of the permuted pair plus the second input. gnark's Merkle-Damgard
    hasher of more elements is this function from 0 on: h = poseidon2([h, x]) for each x.

    inputs  a list or an array of two; an integer x with -r < x < r stands for its residue

    Raises InputError, or in a circuit CompileError, for another number of inputs, and if one is not
    an element of the field.

    Cost: 186 rows, three for each of 62 S-boxes; 0.2 ms on integers.
    """
    left, right = _elements("poseidon2()", "inputs", inputs, (2,))
    return linear_combination([1, 1], [poseidon2_permutation([left, right])[1], right])


def poseidon2_permutation(state: Sequence[Any]) -> list[Any]:
    """Poseidon2's permutation of a state of two elements (gnark-crypto's) or three (the authors').

    Raises InputError, or in a circuit CompileError, for another number of elements, and if one is
    not an element of the field.

    Cost: 186 rows for two elements, 240 for three.
    """
    values = _elements("poseidon2_permutation()", "state", state, tuple(MATRICES))
    parameters = poseidon2_parameters(len(values))
    mixed = [linear_combination(row, values) for row in parameters.matrix]
    return permutation(parameters, len(values))(mixed)


@cache
def poseidon2_parameters(width: int) -> PoseidonParameters:
    """The parameters of a state of two or three elements.

    The linear layer that Poseidon2 begins with is not part of them.

    Cost: 30 ms for two elements, 2 ms for three, once.
    """
    if width == 2:
        full, partial = GNARK_ROUNDS
        seed = f"Poseidon2-BN254[t=2,rF={full},rP={partial},d=5]"
        constants = chained_constants(seed, full * width + partial)
    else:
        full, partial = FULL_ROUNDS, PARTIAL_ROUNDS_OF_THREE
        numbers = (x for x in grain_numbers(width, partial) if x < R)
        constants = tuple(islice(numbers, full * width + partial))
    half = full // 2 * width
    rounds = [
        *(constants[i : i + width] for i in range(0, half, width)),
        *((c, *[0] * (width - 1)) for c in constants[half : half + partial]),
        *(constants[i : i + width] for i in range(half + partial, len(constants), width)),
    ]
    return PoseidonParameters("poseidon2", full, partial, tuple(rounds), *MATRICES[width])


def _elements(gadget: str, name: str, values: object, counts: tuple[int, ...]) -> list[Any]:
    found = elements(gadget, name, values)
    if len(found) not in counts:
        wanted = " or ".join(map(str, counts))
        raise misuse(
            gadget,
            f"takes {wanted} elements, not {len(found)}.",
            "Hash other numbers of values with poseidon_sponge().",
            name,
        )
    return found
