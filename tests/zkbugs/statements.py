"""Conditions that were forgotten, or checked of something else than was meant."""

from __future__ import annotations

from itertools import pairwise

from tests.zkbugs.corpus import Bug
from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    Bool,
    Field,
    Private,
    Public,
    UInt,
    check,
    circuit,
    hint,
    select,
)
from zkpipe.circuits.gadgets import merkle_root, poseidon, to_bits

# --- circomlib, Decoder: out[i] (inp - i) = 0, and nobody asks for a success


def one_hot(index: int) -> list[int]:
    return [int(i == index) for i in range(4)]


@circuit
def decoder_broken(index: Private[UInt[3]]) -> Public[Array[Field, 4]]:
    out = hint(one_hot, index, returns=Array[Field, 4])
    for i, chosen in enumerate(out):
        check(chosen * (index - i) == 0)
    return out


@circuit
def decoder_corrected(index: Private[UInt[3]]) -> Public[Array[Field, 4]]:
    out = hint(one_hot, index, returns=Array[Field, 4])
    for i, chosen in enumerate(out):
        check(chosen * (index - i) == 0)
    check(sum(out) == 1, "no such output")
    return out


DECODER = Bug(
    "Decoder accepting bogus output signal",
    decoder_broken,
    decoder_corrected,
    {"index": 2},
    wire="out",
    lie={0: [0, 0, 0, 0]},
    forbidden=[({"index": 5}, "no such output")],
)

# --- mpt-circuit, OneHot: flags of a right weighted sum, of which several may be set


@circuit
def one_hot_broken(index: Private[UInt[2]]) -> Public[Array[Bool, 4]]:
    flags = hint(one_hot, index, returns=Array[Bool, 4])
    check(sum(i * flag for i, flag in enumerate(flags)) == index, "another index")
    return flags


@circuit
def one_hot_corrected(index: Private[UInt[2]]) -> Public[Array[Bool, 4]]:
    flags = hint(one_hot, index, returns=Array[Bool, 4])
    check(sum(flags) == 1, "several at once")
    for i, flag in enumerate(flags):
        check(flag * (index - i) == 0, "another index")
    return flags


ONE_HOT = Bug(
    "The OneHot primitive allows more than one value at once",
    one_hot_broken,
    one_hot_corrected,
    {"index": 3},
    wire="out",
    lie={0: [0, 1, 1, 0]},
)

# --- selfxyz, BinaryMerkleRoot: the places of a path are no bits


@circuit
def path_broken(
    root: Public[Field],
    leaf: Private[Field],
    siblings: Private[Array[Field, 2]],
    places: Private[Array[Field, 2]],
) -> None:
    digest = leaf
    for sibling, place in zip(siblings, places, strict=True):
        left = digest + place * (sibling - digest)
        digest = poseidon([left, digest + sibling - left])
    check(digest == root, "another root")


@circuit
def path_corrected(
    root: Public[Field],
    leaf: Private[Field],
    siblings: Private[Array[Field, 2]],
    places: Private[Array[Bool, 2]],
) -> None:
    check(merkle_root(leaf, siblings, places) == root, "another root")


_ROOT = merkle_root(7, [8, 9], [0, 1])
_FAKE, _BESIDE = 666, 7 + 8 - 666
PATH = Bug(
    "Missing boolean constraints in the Merkle tree path leads to an attacker being able to craft "
    "a fake Merkle proof for an arbitrary leaf",
    path_broken,
    path_corrected,
    {"root": _ROOT, "leaf": 7, "siblings": [8, 9], "places": [0, 1]},
    forbidden=[
        (
            {
                "root": _ROOT,
                "leaf": _FAKE,
                "siblings": [_BESIDE % R, 9],
                "places": [(7 - _FAKE) * pow(_BESIDE - _FAKE, -1, R) % R, 1],
            },
            "takes a Bool",
        )
    ],
)

# --- Semaphore: the empty leaf is a member


@circuit
def zero_leaf_broken(
    root: Public[Field], leaf: Private[Field], siblings: Private[Array[Field, 1]],
    places: Private[Array[Bool, 1]],
) -> None:  # fmt: skip
    check(merkle_root(leaf, siblings, places) == root, "no member")


@circuit
def zero_leaf_corrected(
    root: Public[Field], leaf: Private[Field], siblings: Private[Array[Field, 1]],
    places: Private[Array[Bool, 1]],
) -> None:  # fmt: skip
    check(leaf != 0, "nobody's leaf")
    check(merkle_root(leaf, siblings, places) == root, "no member")


_HALF_FULL = merkle_root(7, [0], [0])
ZERO_LEAF = Bug(
    "No Zero Value Validation",
    zero_leaf_broken,
    zero_leaf_corrected,
    {"root": _HALF_FULL, "leaf": 7, "siblings": [0], "places": [0]},
    forbidden=[({"root": _HALF_FULL, "leaf": 0, "siblings": [7], "places": [1]}, "nobody's leaf")],
)

# --- protocol-solidity, SetMembership: the product of differences begins with the element


@circuit
def in_set_broken(element: Private[Field], members: Public[Array[Field, 3]]) -> None:
    product = element
    for member in members:
        product = product * (element - member)
    check(product == 0, "no member")


@circuit
def in_set_corrected(element: Private[Field], members: Public[Array[Field, 3]]) -> None:
    product = 1
    for member in members:
        product = product * (element - member)
    check(product == 0, "no member")


IN_SET = Bug(
    "Incorrect Initialization in Membership Circuits",
    in_set_broken,
    in_set_corrected,
    {"element": 6, "members": [5, 6, 7]},
    forbidden=[({"element": 0, "members": [5, 6, 7]}, "no member")],
)

# --- zkopru, OwnershipProof: the verifier of signatures is not enabled


@circuit
def ownership_broken(key: Public[Field], note: Private[Field], signature: Private[Field]) -> None:
    enabled = 0
    check((poseidon([key, note]) - signature) * enabled == 0, "no owner")


@circuit
def ownership_corrected(
    key: Public[Field], note: Private[Field], signature: Private[Field]
) -> None:
    enabled = 1
    check((poseidon([key, note]) - signature) * enabled == 0, "no owner")


OWNERSHIP = Bug(
    "Previously Correct Ownership Proof Disabled via Code Changes",
    ownership_broken,
    ownership_corrected,
    {"key": 5, "note": 6, "signature": poseidon([5, 6])},
    forbidden=[({"key": 5, "note": 6, "signature": 1}, "no owner")],
)

# --- Herodotus: a division that is a shift only if the divisor is a power of two


@circuit
def shift_broken(x: Private[UInt[16]], power: Private[UInt[8]]) -> Public[UInt[16]]:
    return x // power


@circuit
def shift_corrected(x: Private[UInt[16]], power: Private[UInt[8]]) -> Public[UInt[16]]:
    check(sum(to_bits(power, 8)) == 1, "no power of two")
    return x // power


SHIFT = Bug(
    "Function doesn’t ensure that “y” is a power of two.",
    shift_broken,
    shift_corrected,
    {"x": 1000, "power": 8},
    forbidden=[({"x": 1000, "power": 7}, "no power of two")],
)

# --- mpt-circuit, configure_balance: for a new account the sibling must be nothing


@circuit
def new_account_broken(
    is_new: Private[Bool], sibling: Private[Field], balance: Private[Field]
) -> Public[Field]:
    return poseidon([select(is_new, balance, poseidon([balance, 1])), sibling])


@circuit
def new_account_corrected(
    is_new: Private[Bool], sibling: Private[Field], balance: Private[Field]
) -> Public[Field]:
    check(is_new * sibling == 0, "a new account beside another")
    return poseidon([select(is_new, balance, poseidon([balance, 1])), sibling])


NEW_ACCOUNT = Bug(
    "Missing constraints for new account in configure_balance",
    new_account_broken,
    new_account_corrected,
    {"is_new": 1, "sibling": 0, "balance": 100},
    forbidden=[({"is_new": 1, "sibling": 5, "balance": 100}, "a new account beside another")],
)

# --- mpt-circuit, configure_empty_storage: nothing may change where nothing is


@circuit
def empty_storage_broken(
    is_empty: Private[Bool], old: Public[Field], new: Public[Field], value: Private[Field]
) -> None:
    check((poseidon([old, value]) == new) | is_empty, "another update")


@circuit
def empty_storage_corrected(
    is_empty: Private[Bool], old: Public[Field], new: Public[Field], value: Private[Field]
) -> None:
    check(select(is_empty, old, poseidon([old, value])) == new, "another update")


EMPTY_STORAGE = Bug(
    "Missing constraints in configure_empty_storage",
    empty_storage_broken,
    empty_storage_corrected,
    {"is_empty": 1, "old": 5, "new": 5, "value": 0},
    forbidden=[({"is_empty": 1, "old": 5, "new": 666, "value": 0}, "another update")],
)

# --- zkevm-circuits, Tx circuit: ids follow each other, from anywhere


@circuit
def first_id_broken(ids: Private[Array[UInt[8], 3]]) -> Public[Field]:
    for before, after in pairwise(ids):
        check(after == before + 1, "not the next id")
    return poseidon(ids)


@circuit
def first_id_corrected(ids: Private[Array[UInt[8], 3]]) -> Public[Field]:
    check(ids[0] == 1, "not the first id")
    for before, after in pairwise(ids):
        check(after == before + 1, "not the next id")
    return poseidon(ids)


FIRST_ID = Bug(
    "Missing constraint for the first tx_id in Tx Circuit",
    first_id_broken,
    first_id_corrected,
    {"ids": [1, 2, 3]},
    forbidden=[({"ids": [7, 8, 9]}, "not the first id")],
)

# --- selfxyz, ProveCountryIsNotInList: letters of the i-th country looked up at i, not at 3 i


@circuit
def country_list_broken(
    country: Private[Array[UInt[7], 3]], forbidden: Public[Array[UInt[7], 6]]
) -> None:
    for i in range(2):
        same = [country[k] == forbidden[i + k] for k in range(3)]
        check(~(same[0] & same[1] & same[2]), "a forbidden country")


@circuit
def country_list_corrected(
    country: Private[Array[UInt[7], 3]], forbidden: Public[Array[UInt[7], 6]]
) -> None:
    for i in range(2):
        same = [country[k] == forbidden[3 * i + k] for k in range(3)]
        check(~(same[0] & same[1] & same[2]), "a forbidden country")


COUNTRY_LIST = Bug(
    "Exclusion Check Of Forbidden Countries Is Unsound And Incomplete Due To Incorrect Indexing",
    country_list_broken,
    country_list_corrected,
    {"country": list(b"CHE"), "forbidden": list(b"RUSPRK")},
    forbidden=[({"country": list(b"PRK"), "forbidden": list(b"RUSPRK")}, "a forbidden country")],
)

# --- zkopru: sums are compared for the tokens of the inputs only


@circuit
def token_sum_broken(
    token: Private[Field], spent: Private[UInt[32]], tokens: Private[Array[Field, 2]],
    made: Private[Array[UInt[32], 2]],
) -> None:  # fmt: skip
    of_token = [select(t == token, amount, 0) for t, amount in zip(tokens, made, strict=True)]
    check(sum(of_token) == spent, "another sum")


@circuit
def token_sum_corrected(
    token: Private[Field], spent: Private[UInt[32]], tokens: Private[Array[Field, 2]],
    made: Private[Array[UInt[32], 2]],
) -> None:  # fmt: skip
    for t, amount in zip(tokens, made, strict=True):
        check((t == token) | (amount == 0), "a token from nowhere")
    check(sum(made) == spent, "another sum")


TOKEN_SUM = Bug(
    "Circuit Does Not Check the ERC-20 Sum Correctly ",
    token_sum_broken,
    token_sum_corrected,
    {"token": 5, "spent": 30, "tokens": [5, 5], "made": [10, 20]},
    forbidden=[
        (
            {"token": 5, "spent": 30, "tokens": [5, 9], "made": [30, 10**9]},
            "a token from nowhere",
        )
    ],
)

BUGS = [
    DECODER,
    ONE_HOT,
    PATH,
    ZERO_LEAF,
    IN_SET,
    OWNERSHIP,
    SHIFT,
    NEW_ACCOUNT,
    EMPTY_STORAGE,
    FIRST_ID,
    COUNTRY_LIST,
    TOKEN_SUM,
]
