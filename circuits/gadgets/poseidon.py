"""Poseidon, circomlib's: a hash of 1 to 16 field elements that costs few constraints.

Elements fill a state behind one element of capacity, the permutation mixes the state, and the hash
is the state's first element. An input is a Python integer or a circuit's value, also side by side;
of integers alone the hash is an integer, computed at once.

Source: eprint 2019/458; the parameters are those of `poseidon_parameters`.
"""

from __future__ import annotations

from collections.abc import Sequence

from accel.bn254 import R
from circuits.errors import InputError
from circuits.gadgets.poseidon_plain import permute

MAX_INPUTS = 16


def poseidon(inputs: Sequence[int]) -> int:
    """The hash of 1 to 16 field elements: circomlib's Poseidon(n).

    An integer x with -r < x < r stands for its residue. The number of inputs chooses the
    permutation, so hashes of different numbers of inputs have nothing to do with each other.

    Raises InputError if there are no inputs or too many, or one is not an element of the field.

    Cost: 213, 240, 261, 297 constraints for 1 to 4 inputs, 354 for 6, 609 for 16; 0.15 ms for two
    integers, 0.9 ms for 16.
    """
    return poseidon_ex(inputs, 0, 1)[0]


def poseidon_ex(inputs: Sequence[int], initial_state: int, outputs: int) -> list[int]:
    """The first `outputs` elements of the mixed state: circomlib's PoseidonEx(n, outputs).

    initial_state  what the element of capacity starts with; 0 in `poseidon`
    outputs        from 1 to one more than the number of inputs

    Raises InputError as `poseidon` does, and for a wrong number of outputs.
    """
    if not 1 <= len(inputs) <= MAX_INPUTS:
        raise InputError(
            f"Poseidon takes 1 to {MAX_INPUTS} inputs, not {len(inputs)}.",
            "Hash more of them as a tree, or in turns: poseidon([poseidon(first), *rest]).",
            "inputs",
        )
    if not 1 <= outputs <= len(inputs) + 1:
        raise InputError(
            f"A state of {len(inputs) + 1} elements does not give {outputs} outputs.",
            f"Ask for 1 to {len(inputs) + 1}.",
            "outputs",
        )
    names = ["initial_state", *(f"inputs[{i}]" for i in range(len(inputs)))]
    state = [_residue(x, name) for x, name in zip([initial_state, *inputs], names, strict=True)]
    return permute(state)[:outputs]


def _residue(value: object, name: str) -> int:
    if not isinstance(value, int) or not -R < value < R:
        raise InputError(
            f"`{name}` of Poseidon is not a field element.",
            "Give a whole number strictly between -r and r.",
            name,
            value,
        )
    return value % R
