"""MiMC as circomlib has it: the block cipher MiMC7, and a sponge over MiMC-2p/p, a Feistel network.

Both are for circuits that must agree with ones in circom. Poseidon is cheaper and better studied.

Source: Albrecht, Grassi, Rechberger, Roy, Tiessen, "MiMC", eprint 2016/492, sections 2.1 and 2.2;
mimc.circom and mimcsponge.circom of circomlib 2.0.5 for exponents, rounds, constants and order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from zkpipe.accel.bn254 import R
from zkpipe.circuits.define.component import component
from zkpipe.circuits.gadgets.arguments import element, elements, misuse, whole
from zkpipe.circuits.gadgets.author import on_integers, wire
from zkpipe.circuits.gadgets.hashes.keccak_constants import chained_constants
from zkpipe.circuits.language.values.types import Array, Field
from zkpipe.ground.kinds import MOST

ROUNDS = 91  # of MiMC7, log_7 of r rounded up
FEISTEL_ROUNDS = 220


def mimc7(x: Any, k: Any) -> Any:
    """x encrypted under the key k: circomlib's MiMC7(91).

    It is a permutation for each key, so whoever knows k gets x back. It hides or binds x only as
    part of a mode.

    x, k  field elements; an integer strictly between -r and r stands for its residue

    Raises InputError, or in a circuit CompileError, for what is not an element of the field.

    Cost: 364 rows, four for each round; 0.2 ms on integers.
    """
    return _mimc7()(element("mimc7()", "x", x), element("mimc7()", "k", k))


def mimc_sponge(values: Sequence[Any], key: Any, outputs: int) -> list[Any]:
    """The hash of field elements under a key, 0 for none: circomlib's MiMCSponge(n, 220, outputs).

    values   a list or an array of at least one; each is a block
    outputs  how many elements of hash to give, at least 1

    There is no padding, and one more output is what one more value 0 gives: the second output for
    [x] is the first for [x, 0]. Ask for one number of outputs everywhere.

    Raises InputError, or in a circuit CompileError, for no values, for a number of outputs that is
    not known or not positive, and for what is not an element of the field.

    Cost: 660 rows for each value and for each output after the first, less 3: 1317 for two values
    and one output, where circom keeps 3 rows that nothing reads. 0.3 ms each on integers.
    """
    gadget = "mimc_sponge()"
    blocks = elements(gadget, "values", values)
    if not blocks:
        raise misuse(gadget, "has no values.", "Give at least one.", "values")
    key = element(gadget, "key", key)
    outputs = whole(gadget, "outputs", outputs, 1, MOST, "Ask for at least one output.")
    left: Any = 0
    right: Any = 0
    for block in blocks[:-1]:
        left, right = _feistel(2)([left + block, right, key])
    left, found = left + blocks[-1], []
    for _ in range(outputs - 1):
        left, right = _feistel(2)([left, right, key])
        found.append(left)
    return found + _feistel(1)([left, right, key])


@cache
def _mimc7() -> Callable[[Any, Any], Any]:
    constants = (0, *chained_constants("mimc", ROUNDS - 1))

    def plain(x: int, k: int) -> int:
        for constant in constants:
            x = pow(x + k + constant, 7, R)
        return x + k

    @on_integers(plain)
    @component
    def mimc7(x: Field, k: Field) -> Field:
        for constant in constants:
            x = (x + k + constant) ** 7
        return x + k

    return mimc7


@cache
def _feistel(outputs: int) -> Callable[[list[Any]], list[Any]]:
    """The network on [left, right, key]: its left half, or with 2 outputs both.

    The last round does not swap, and changes the right half alone.
    """
    constants = (0, *chained_constants("mimcsponge", FEISTEL_ROUNDS - 2))

    def plain(state: list[int]) -> list[int]:
        left, right, key = state
        for constant in constants:
            left, right = (right + pow(left + key + constant, 5, R)) % R, left
        return [left, right + pow(left + key, 5, R)][:outputs]

    @on_integers(plain)
    @component
    def mimc_feistel(state: Array[Field, 3]) -> Array[Field, outputs]:
        left, right, key = state
        for constant in constants:
            left, right = wire(right + (left + key + constant) ** 5), left
        return [left] if outputs == 1 else [left, wire(right + (left + key) ** 5)]

    return mimc_feistel
