"""Poseidon, circomlib's: a hash of 1 to 16 field elements that costs few constraints.

Elements fill a state behind one element of capacity, the permutation mixes the state, and the hash
is the state's first element. An input is a Python integer or a circuit's value, also side by side;
of integers alone the hash is an integer, computed at once.

    poseidon_parameters   the constants
    poseidon_plain        the permutation on integers
    poseidon_rows         the permutation in rows of a circuit

Source: eprint 2019/458; PoseidonEx of circomlib 2.0.5 for the arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.circuits.gadgets.arguments import element, elements, misuse, whole
from zkpipe.circuits.gadgets.poseidon_parameters import poseidon_parameters
from zkpipe.circuits.gadgets.poseidon_rows import permutation

MAX_INPUTS = 16


def poseidon(inputs: Sequence[Any]) -> Any:
    """The hash of 1 to 16 field elements: circomlib's Poseidon(n).

    An integer x with -r < x < r stands for its residue. The number of inputs chooses the
    permutation, so hashes of different numbers of inputs have nothing to do with each other.

    inputs  a list or an array of them, in their order

    Raises InputError, or in a circuit CompileError, if there are no inputs or too many, or one is
    not an element of the field.

    Cost: 213, 240, 261, 297 constraints for 1 to 4 inputs, 354 for 6, 609 for 16, less where an
    input is a constant; 0.15 ms for two integers, 0.9 ms for 16.
    """
    return poseidon_ex(inputs, 0, 1)[0]


def poseidon_ex(inputs: Sequence[Any], initial_state: Any, outputs: int) -> list[Any]:
    """The first `outputs` elements of the mixed state: circomlib's PoseidonEx(n, outputs).

    initial_state  what the element of capacity starts with; 0 in `poseidon`
    outputs        from 1 to one more than the number of inputs

    Raises InputError or CompileError as `poseidon` does, and for a wrong number of outputs.

    Cost: as `poseidon`; three constraints more if the initial state is no constant.
    """
    values = elements("poseidon()", "inputs", inputs)
    if not 1 <= len(values) <= MAX_INPUTS:
        raise misuse(
            "poseidon()",
            f"takes 1 to {MAX_INPUTS} inputs, not {len(values)}.",
            "Hash any number of values with poseidon_sponge().",
            "inputs",
        )
    outputs = whole(
        "poseidon_ex()",
        "outputs",
        outputs,
        1,
        len(values) + 1,
        f"The state has {len(values) + 1} elements: ask for 1 to {len(values) + 1}.",
    )
    state = [element("poseidon()", "initial_state", initial_state), *values]
    return permutation(poseidon_parameters(len(state)), outputs)(state)
