"""Many hashes at once, on arrays: what trees are made of, level by level.

    poseidon_many    Poseidon of n lists of the same length, on all threads
    hashes_of_rows   the same for any gadget that hashes a list: by a kernel where there is one

Source: accel.hashes.permutations has the kernels, `poseidon` and `poseidon2` their constants.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words, ints_from_words, words_from_ints
from zkpipe.accel.fields.ranges import first_not_below
from zkpipe.circuits.gadgets.arguments import whole
from zkpipe.circuits.gadgets.hashes.poseidon2 import poseidon2, poseidon2_parameters
from zkpipe.circuits.gadgets.poseidon import MAX_INPUTS, poseidon, poseidon_ex
from zkpipe.circuits.gadgets.poseidon_parameters import PoseidonParameters, poseidon_parameters
from zkpipe.circuits.gadgets.poseidon_plain import partial_rounds
from zkpipe.ground.errors import RangeError, ShapeError
from zkpipe.ground.kinds import describe, is_masked

if TYPE_CHECKING:
    from zkpipe.accel.hashes.permutations import ManyHashes

MOST_ROWS = 1 << 31  # that an index of a kernel tells apart
FEW = 16  # hashes that are not worth the second that it takes to load kernels

Index = NDArray[np.uint32]
HashFunction = Callable[[Sequence[Any]], Any]


def poseidon_many(inputs: Words, initial_state: int = 0) -> Words:
    """The hashes of n lists of k field elements, 1 to 16: poseidon(list) for each.

    inputs         (n, k, 4) uint64   canonical, four words each, the least significant first
    initial_state  what the element of capacity starts with, the same for all
    result         (n, 4) uint64      canonical

    Raises ShapeError for another array, RangeError for an element of r or more.

    Cost: on one thread at 2.1 GHz 1.9 us with AVX-512 and 13 us without for k = 2, 11 and 100 us
    for k = 16. Threads share them. The first call of a process prepares the constants, 5 to 50 ms.
    """
    _check_inputs(inputs)
    tag = whole("poseidon_many()", "initial_state", initial_state, 0, R - 1, "Reduce it mod r.")
    n, k, _ = inputs.shape
    rows = np.ascontiguousarray(inputs).reshape(n * k, 4)
    found = first_not_below(rows, R)
    if found is not None:
        raise RangeError(
            f"Element {found % k} of list {found // k} is no field element.",
            "Give canonical elements, from 0 to r - 1.",
        )
    return hashes_of_rows(poseidon, rows, in_turn(n, k), tag)


def hashes_of_rows(function: HashFunction, rows: Words, index: Index, tag: int = 0) -> Words:
    """The digest of each column of `index`, whose row j says in which row input j lies.

    rows    (m, 4) uint64       canonical
    index   (inputs, n) uint32  below m
    tag     the element of capacity, of `poseidon` alone
    result  (n, 4) uint64       canonical

    Other functions than `poseidon` and `poseidon2` are called for each list, and for a few lists
    these are, too.
    """
    if len(rows) > MOST_ROWS or (index.size and int(index.max()) >= len(rows)):
        raise RangeError(f"An index is not of the {len(rows)} rows.", "Give numbers of rows.")
    inputs, n = index.shape
    if n >= FEW and function is poseidon:
        return _kernel(poseidon_parameters(inputs + 1), False)(rows, index, tag)
    if n >= FEW and function is poseidon2 and inputs == 2:
        return _kernel(poseidon2_parameters(2), True)(rows, index)
    lists = zip(*(ints_from_words(rows[row]) for row in index), strict=True)
    if function is poseidon:
        return words_from_ints(poseidon_ex(list(values), tag, 1)[0] for values in lists)
    return words_from_ints(digest_of(function, list(values)) for values in lists)


def digest_of(function: HashFunction, values: Sequence[int]) -> int:
    """The digest of a list of integers. Raises InputError for a function that gives another."""
    fix = "Give a function that gives a canonical integer for integers: reduce it mod r."
    return whole("node_hash", "its result", function(values), 0, R - 1, fix)


def in_turn(n: int, inputs: int) -> Index:
    """The index of lists that lie one behind the other: input j of list i is row inputs * i + j."""
    return np.arange(n * inputs, dtype=np.uint32).reshape(n, inputs).T


def _kernel(parameters: PoseidonParameters, compresses: bool) -> Callable[..., Words]:
    from zkpipe.accel.machines.backend import machine  # numba takes a second

    return _hasher(parameters, compresses, machine().name).of


@cache
def _hasher(parameters: PoseidonParameters, compresses: bool, machine_name: str) -> ManyHashes:
    from zkpipe.accel.hashes.permutations import ManyHashes, Rounds

    partial, half = partial_rounds(parameters), parameters.full_rounds // 2
    constants = parameters.round_constants
    return ManyHashes(
        Rounds(
            full=(*constants[:half], *constants[-half:]),
            matrix=parameters.matrix,
            entry=partial.entry,
            exit=partial.exit,
            feedback=partial.feedback,
            output=partial.output,
            partial=(partial.entry_constant, partial.constants, partial.exit_constants),
        ),
        compresses,
    )


def _check_inputs(inputs: object) -> None:
    fix = f"Give an (n, k, 4) array of uint64 words, k from 1 to {MAX_INPUTS}."
    if not isinstance(inputs, np.ndarray) or is_masked(inputs):
        raise ShapeError(f"Inputs were given as {describe(inputs)}, not as an array.", fix)
    is_fit = inputs.ndim == 3 and inputs.shape[2] == 4 and inputs.dtype == np.uint64
    if not is_fit or not 1 <= inputs.shape[1] <= MAX_INPUTS:
        raise ShapeError(f"Inputs have shape {inputs.shape} and dtype {inputs.dtype.str}.", fix)
    if inputs.shape[0] * inputs.shape[1] > MOST_ROWS:
        raise ShapeError(f"Inputs have shape {inputs.shape}.", "Hash them in parts.")
