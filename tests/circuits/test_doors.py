"""What the language, the gadgets, the analysis and systems are given: one rule at every door."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.doors import ANYTHING, Door, all_faults, public_callables
from tests.zoo import Column
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import words_from_ints
from zkpipe.circuits import (
    Array,
    Bool,
    ConstraintSystem,
    Decimal,
    Field,
    Fixed,
    Int,
    Point,
    Private,
    Public,
    Rounded,
    UFixed,
    UInt,
    Witness,
    all_of,
    any_of,
    check,
    circuit,
    component,
    hint,
    lookup,
    maximum,
    member,
    minimum,
    narrow,
    select,
)
from zkpipe.circuits.errors import CompileError, InputError
from zkpipe.circuits.gadgets import (
    ElGamalCiphertext,
    Gap,
    GapTree,
    MerkleBatch,
    MerklePath,
    MerkleTree,
    Signature,
    SparseChange,
    SparseMerkleTree,
    SparsePath,
    StoredSparseMerkleTree,
    argmax,
    argmin,
    blake2s,
    check_merkle_absence,
    check_merkle_membership,
    ecdh,
    eddsa_mimc_sponge_verify,
    eddsa_mimc_verify,
    eddsa_verify,
    elgamal_decrypt,
    elgamal_encrypt,
    from_bits,
    from_words,
    keccak256,
    less_than,
    merkle_append,
    merkle_leaf,
    merkle_root,
    merkle_root_at,
    merkle_root_of_children,
    merkle_root_of_many,
    merkle_root_of_pairs,
    merkle_update,
    mimc7,
    mimc_sponge,
    not_member,
    one_hot,
    pack,
    pedersen_commit,
    pedersen_hash,
    pedersen_hash_of_bits,
    poseidon,
    poseidon2,
    poseidon2_permutation,
    poseidon_decrypt,
    poseidon_encrypt,
    poseidon_ex,
    poseidon_many,
    poseidon_sponge,
    ripemd160,
    rotate_left,
    rotate_right,
    round_div,
    schnorr_verify,
    sha3_256,
    sha256,
    sha256_compress,
    sha512,
    smt_delete,
    smt_insert,
    smt_root,
    smt_root_without,
    smt_update,
    sort,
    stream_decrypt,
    stream_encrypt,
    switcher,
    to_bits,
    to_words,
    unpack,
    unwrap_key,
    wrap_key,
)
from zkpipe.circuits.gadgets.baby_jubjub import (
    Encrypted,
    PrivateKey,
    decrypt,
    encrypt,
    pack_point,
    pack_signature,
    schnorr_sign,
    sign,
    sign_mimc,
    sign_mimc_sponge,
    unpack_point,
    unpack_signature,
)
from zkpipe.circuits.gadgets.gates import chi, choose, exclusive_or, majority, sum_bits
from zkpipe.circuits.soundness import analyse, analyse_every_wire
from zkpipe.circuits.testing import accepts, agrees, costs, deletions, lies, mutations, rejects
from zkpipe.ground.errors import ShapeError
from zkpipe.prover import DEVELOPMENT, prove, setup

# What several doors take of the zoo, beside what they are given here.
WHOLE = ("enum", "np.uint8", "0-d", "odd number")
PLACE = ("enum", "0-d", "odd number")  # the same, of those below 200
BOOLS = ("True", "np.True")
CONSTANTS = (*BOOLS, *WHOLE, "minus one", "np.int64", "np.uint64")
FLOATS = ("float", "whole float", "np.float32", "np.longdouble", "minus zero")
REALS = ("r", "huge", *FLOATS, "Decimal", "Fraction")
NUMBERS = (*CONSTANTS, *REALS)
ARRAYS = ("array", "array of bools", "array in steps", "big-endian array")
SEQUENCES = ("deque", "column", "named tuple", "user's list", "array of Python")
BITS = (*ARRAYS, *SEQUENCES)  # in their order
EMPTY = ("empty list", "empty tuple", "empty array")
BYTES = ("bytes", "bytearray", "np.bytes_")
UNORDERED = ("set", "frozenset", "dict view", "generator", "iterator", "map", "mock")
FLAGS = (*BITS, *EMPTY, *UNORDERED, "list of lists", "words", "big-endian words")
TEXTS = ("text", "digits", "empty text", "surrogate")
ANY_TEXT = (*TEXTS, "np.str_", "odd text")
PATHS = ("digits",)
ROWS = ("list of lists", "words", "big-endian words")
GOOD = {"x": 3, "flags": [0, 1]}


@circuit
def square(x: Private[UInt[8]], flags: Private[Array[Bool, 2]]) -> Public[UInt[16]]:
    return x * x + flags[0] + flags[1]


@component
def twice(x: Field, flags: Array[Bool, 2]) -> Field:
    return x + x + flags[0]


def _language() -> dict[str, Door]:
    numbers = {0: NUMBERS, 1: NUMBERS}
    return {
        "all_of": Door(all_of, ([1, 0],), takes={0: FLAGS}),
        "any_of": Door(any_of, ([1, 0],), takes={0: FLAGS}),
        "check": Door(check, (True, "why"), takes={0: (*BOOLS, *PLACE), 1: ("None", *ANY_TEXT)}),
        "circuit": Door(circuit, (square.function,)),
        "component": Door(component, (twice.function,)),
        "hint": Door(
            hint,
            (abs, 3),
            {"returns": Field, "waive": None},
            takes={0: ("type",), 1: CONSTANTS, "waive": ("None", *ANY_TEXT[:2], *ANY_TEXT[3:])},
        ),
        "lookup": Door(
            lookup,
            ([4, 5], 1),
            takes={0: (*BITS, *ROWS, "array of floats", "masked array"), 1: PLACE},
        ),
        "maximum": Door(maximum, (4, 5), takes=numbers),
        "minimum": Door(minimum, (4, 5), takes=numbers),
        "member": Door(
            member,
            (1, [1, 0]),
            takes={
                0: NUMBERS,
                1: (*BITS, *EMPTY, *UNORDERED, "array of floats"),
            },
        ),
        "narrow": Door(narrow, (1, UInt[8]), takes={0: (*BOOLS, *WHOLE)}),
        "select": Door(select, (1, 4, 5), takes={0: (*BOOLS, *PLACE), 1: NUMBERS, 2: NUMBERS}),
        "select of lists": Door(
            select,
            (1, [4, 5], (6, 7)),
            takes={
                0: (*BOOLS, *PLACE),
                1: (*BITS, "array of floats"),
                2: (*BITS, "array of floats"),
            },
        ),
        "Field": Door(
            Field,
            (1,),
            takes={0: (*CONSTANTS, "empty list", "empty tuple", "list of lists", "named tuple")},
        ),
        "a circuit": Door(square, (3, [0, 1]), takes={0: WHOLE, 1: BITS}),
        "a component": Door(twice, (3, [0, 1]), takes={0: CONSTANTS, 1: BITS}),
    }


def _types() -> dict[str, Door]:
    """Types are written with brackets; called they refuse."""
    return {
        "Array": Door(lambda n: Array[Field, n], (4,), takes={0: ("Ellipsis", *WHOLE)}),
        "Array of types": Door(lambda type_: Array[type_, 4], (Field,)),
        "Bool": Door(Bool, (1,)),
        "Fixed": Door(lambda n, f: Fixed[n, f], (32, 16), takes={0: ("np.uint8",), 1: PLACE}),
        "Int": Door(lambda n: Int[n], (8,), takes={0: WHOLE}),
        "Private": Door(lambda type_: Private[type_], (Field,)),
        "Public": Door(lambda type_: Public[type_], (Field,)),
        "UFixed": Door(
            lambda n, f: UFixed[n, f], (8, 4), takes={0: ("np.uint8", *PLACE), 1: PLACE}
        ),
        "Decimal": Door(lambda n, p: Decimal[n, p], (8, 4), takes={0: (), 1: PLACE}),
        "Rounded": Door(lambda type_: Rounded[type_], (Fixed[32, 16],)),
        "UInt": Door(lambda n: UInt[n], (8,), takes={0: WHOLE}),
    }


def _systems(folder: Path) -> dict[str, Door]:
    system = square.compile()
    witness = system.solve(x=3, flags=[0, 1])
    key = setup(system, DEVELOPMENT)
    system.save(folder / "s.r1cs")
    witness.save(folder / "w.wtns")
    parts = {f.name: getattr(system, f.name) for f in fields(ConstraintSystem) if f.init}
    return {
        "ConstraintSystem": Door(
            ConstraintSystem,
            (),
            parts,
            takes={
                "name": TEXTS,
                "symbols": ("None",),
                "program": ("None",),
                "dropped_inputs": ("dict", "dict of names"),
            },
        ),
        "ConstraintSystem.save": Door(system.save, (folder / "t",), takes={0: PATHS}),
        "ConstraintSystem.load": Door(ConstraintSystem.load, (folder / "s.r1cs",)),
        "ConstraintSystem.solve": Door(system.solve, (), GOOD, takes={"x": WHOLE, "flags": BITS}),
        "ConstraintSystem.check": Door(system.check, (witness,)),
        # A witness is checked where it is used, not where it is made.
        "Witness": Door(Witness, (witness.values, 1), takes={0: ANYTHING, 1: ANYTHING}),
        "Witness and check": Door(
            lambda values: system.check(Witness(values, 1)), (witness.values,)
        ),
        "Witness and save": Door(
            lambda values: Witness(values, 1).save(folder / "u"), (witness.values,)
        ),
        "Witness and prove": Door(lambda values: prove(key, Witness(values, 1)), (witness.values,)),
        "Witness and public": Door(
            lambda values, count: Witness(values, count).public,
            (witness.values, 1),
            takes={0: ("words",)},
        ),
        "Witness.public_for": Door(witness.public_for, (system,)),
        "Witness.named_public_for": Door(witness.named_public_for, (system,)),
        "Witness.save": Door(witness.save, (folder / "v",), takes={0: PATHS}),
        "Witness.load": Door(Witness.load, (folder / "w.wtns",)),
    }


def _gadgets() -> dict[str, Door]:
    tree = MerkleTree(2, [[1], [2], [3]])
    path, digest = tree.path(1), merkle_leaf([2])
    bits, siblings = path.index_bits, path.siblings
    leaf = {0: BITS}
    return {
        "MerklePath": Door(
            MerklePath,
            (1, siblings),
            takes={0: PLACE, 1: (*ROWS, *({*BITS} - {"array of bools"}))},
        ),
        "MerklePath.pairs": Door(path.pairs, ([2],), takes=leaf),
        "MerklePath.verify": Door(
            path.verify,
            (tree.root, 2, [2]),
            takes={
                0: (*WHOLE, "minus one", "np.int64", "np.uint64", "r", "huge"),
                1: PLACE,
                2: BITS,
            },
        ),
        "MerkleTree": Door(
            MerkleTree, (2, [[1], [2]]), takes={0: PLACE, 1: (*EMPTY, *ROWS, "mock")}
        ),
        "MerkleTree.append": Door(lambda leaf: MerkleTree(2).append(leaf), ([4],), takes=leaf),
        "MerkleTree.path": Door(tree.path, (1,), takes={0: PLACE}),
        "MerkleTree.remove": Door(tree.remove, (2,), takes={0: PLACE}),
        "MerkleTree.replace": Door(tree.replace, (1, [2]), takes={0: PLACE, 1: BITS}),
        "check_merkle_membership": Door(
            check_merkle_membership, (tree.root, [2], siblings, bits), takes={3: BITS}
        ),
        "from_bits": Door(from_bits, ([1, 0],), takes={0: (*BITS, *EMPTY)}),
        "merkle_leaf": Door(merkle_leaf, ([1, 0],), takes=leaf),
        "merkle_root": Door(
            merkle_root, (digest, siblings, bits), takes={0: CONSTANTS, 1: BITS, 2: BITS}
        ),
        "merkle_root_of_pairs": Door(merkle_root_of_pairs, (digest, path.pairs([2]))),
        "poseidon": Door(poseidon, ([1, 0],), takes=leaf),
        "poseidon_ex": Door(poseidon_ex, ([1, 0], 0, 1), takes={0: BITS, 1: CONSTANTS, 2: PLACE}),
        "to_bits": Door(to_bits, (1, 8), takes={0: (*BOOLS, *WHOLE), 1: WHOLE}),
    }


def _more_gadgets() -> dict[str, Door]:
    elements = {0: CONSTANTS, 1: CONSTANTS}
    numbers = (*WHOLE, "np.int64", "np.uint64")
    key, signed = Point.BASE * 3, Signature(Point.BASE * 5, 7)
    tree = SparseMerkleTree()
    octets = (*BITS, *EMPTY, "bytes", "bytearray", "np.bytes_")
    signed, bools = (*numbers, "minus one"), (*BOOLS, *WHOLE)
    gaps = GapTree([5, 10], 2)
    gap = gaps.gap(7)
    tree.insert(5, 6)
    way = tree.path(7)
    return {
        "Point": Door(Point, (key.x, key.y)),
        "Point.times": Door(key.times, ([1, 0],), takes={0: (*BITS, *EMPTY)}),
        "Signature": Door(Signature, (key, 7), takes={1: numbers}),
        "SparseMerkleTree": Door(SparseMerkleTree, (tree.nodes, tree.root), takes={0: ("None",)}),
        "SparseMerkleTree.delete": Door(lambda k: _grown().delete(k), (5,)),
        "SparseMerkleTree.insert": Door(
            lambda k, v: _grown().insert(k, v), (9, 1), takes={0: numbers, 1: numbers}
        ),
        "SparseMerkleTree.path": Door(tree.path, (5,), takes={0: numbers}),
        "SparseMerkleTree.update": Door(
            lambda k, v: _grown().update(k, v), (5, 1), takes={1: numbers}
        ),
        "SparsePath": Door(
            SparsePath,
            (5, 6, (1, 0), (3, 4)),
            takes={0: numbers, 1: ("None", *numbers), 2: (*BITS, *EMPTY), 3: ("None", *BITS)},
        ),
        "SparsePath.padded": Door(way.padded, (8,), takes={0: WHOLE}),
        "eddsa_mimc_sponge_verify": Door(
            eddsa_mimc_sponge_verify, (key, signed, 7), takes={2: CONSTANTS}
        ),
        "eddsa_mimc_verify": Door(eddsa_mimc_verify, (key, signed, 7), takes={2: CONSTANTS}),
        "eddsa_verify": Door(eddsa_verify, (key, signed, 7), takes={2: CONSTANTS}),
        "argmax": Door(argmax, ([4, 5],), takes={0: (*BITS, "array of floats")}),
        "argmin": Door(argmin, ([4, 5],), takes={0: (*BITS, "array of floats")}),
        "check_merkle_absence": Door(
            check_merkle_absence,
            (gaps.root, 7, [6, 9], gap.path.siblings, gap.path.index_bits),
            takes={4: BITS},
        ),
        "Gap": Door(Gap, (6, 9, gap.path), takes=dict.fromkeys(range(3), ANYTHING)),
        "GapTree": Door(
            GapTree, ([1, 0], 2, 8), takes={0: (*BITS, *EMPTY, *UNORDERED), 1: PLACE, 2: WHOLE}
        ),
        "GapTree.gap": Door(gaps.gap, (7,), takes={0: numbers}),
        "not_member": Door(
            not_member,
            (3, [1, 0]),
            takes={0: CONSTANTS, 1: (*BITS, *EMPTY, *UNORDERED)},
        ),
        "round_div": Door(round_div, (7, 2), takes={0: CONSTANTS, 1: CONSTANTS}),
        "sort": Door(sort, ([4, 5],), takes={0: (*BITS, *EMPTY, "array of floats")}),
        "from_words": Door(from_words, ([1, 0], 8, "big"), takes={0: octets, 1: WHOLE}),
        "one_hot": Door(one_hot, (1, 2), takes={0: WHOLE, 1: WHOLE}),
        "pack": Door(pack, ([1, 0], 8, "big"), takes={0: octets, 1: WHOLE}),
        "rotate_left": Door(rotate_left, (1, 1, 8), takes={0: bools, 1: WHOLE, 2: WHOLE}),
        "rotate_right": Door(rotate_right, (1, 1, 8), takes={0: bools, 1: WHOLE, 2: WHOLE}),
        "switcher": Door(switcher, (1, 4, 5), takes={0: (*BOOLS, *PLACE), 1: signed, 2: signed}),
        "to_words": Door(to_words, (1, 2, 8, "big"), takes={0: bools, 1: WHOLE, 2: WHOLE}),
        "unpack": Door(unpack, ([1], 2, 8, "big"), takes={0: BITS, 1: WHOLE, 2: WHOLE}),
        "less_than": Door(less_than, (1, 2), takes=elements),
        "mimc7": Door(mimc7, (1, 2), takes=elements),
        "mimc_sponge": Door(mimc_sponge, ([1, 0], 2, 1), takes={0: BITS, 1: CONSTANTS, 2: WHOLE}),
        "pedersen_commit": Door(pedersen_commit, (1, 2), takes={0: numbers, 1: numbers}),
        "pedersen_hash": Door(pedersen_hash, (b"data",), takes={0: octets}),
        "pedersen_hash_of_bits": Door(pedersen_hash_of_bits, ([1, 0],), takes={0: (*BITS, *EMPTY)}),
        "poseidon2": Door(poseidon2, ([1, 0],), takes={0: BITS}),
        "poseidon2_permutation": Door(poseidon2_permutation, ([1, 0],), takes={0: BITS}),
        "poseidon_many": Door(
            poseidon_many,
            (words_from_ints([1, 2]).reshape(1, 2, 4), 0),
            takes={1: (*WHOLE, "np.uint64")},
        ),
        "poseidon_sponge": Door(
            poseidon_sponge, ([1, 0],), takes={0: (*BITS, *EMPTY, *ROWS, *CONSTANTS)}
        ),
        "schnorr_verify": Door(schnorr_verify, (key, signed, 7), takes={2: CONSTANTS}),
        "smt_root": Door(smt_root, (1, 2, [1, 0]), takes={**elements, 2: (*BITS, *EMPTY)}),
        "smt_root_without": Door(
            smt_root_without,
            (1, [1, 0], 2, 3, 0),
            takes={
                0: CONSTANTS,
                1: (*BITS, *EMPTY),
                2: CONSTANTS,
                3: CONSTANTS,
                4: (*BOOLS, *PLACE),
            },
        ),
    }


def _encryption() -> dict[str, Door]:
    numbers = (*WHOLE, "np.int64", "np.uint64")
    key = Point.BASE * 3
    made = elgamal_encrypt(Point.BASE * 5, key, 7)
    pair, body = [1, 2], poseidon_encrypt([5], [1, 2], 7)
    return {
        "ElGamalCiphertext": Door(ElGamalCiphertext, (key, key)),
        "ecdh": Door(ecdh, (7, key), takes={0: numbers}),
        "elgamal_decrypt": Door(elgamal_decrypt, (made, 3), takes={1: numbers}),
        "elgamal_encrypt": Door(elgamal_encrypt, (key, key, 7), takes={2: numbers}),
        "poseidon_decrypt": Door(poseidon_decrypt, (body, pair, 7, 1), takes={3: PLACE}),
        "poseidon_encrypt": Door(
            poseidon_encrypt, ([1, 0], pair, 7), takes={0: BITS, 1: BITS, 2: numbers}
        ),
        "stream_decrypt": Door(
            stream_decrypt, ([1, 0], 7), takes={0: (*BITS, *EMPTY), 1: CONSTANTS}
        ),
        "stream_encrypt": Door(
            stream_encrypt, ([1, 0], 7), takes={0: (*BITS, *EMPTY), 1: CONSTANTS}
        ),
        "unwrap_key": Door(unwrap_key, (1, key, 7), takes={0: CONSTANTS, 2: numbers}),
        "wrap_key": Door(wrap_key, (1, key, 7), takes={0: CONSTANTS, 2: numbers}),
    }


def _byte_hashes() -> dict[str, Door]:
    block, taken = bytes(64), {0: (*BITS, *EMPTY, *BYTES)}
    return {
        "blake2s": Door(blake2s, ([1, 0], [1], b"z"), takes=dict.fromkeys(range(3), taken[0])),
        "keccak256": Door(keccak256, ([1, 0],), takes=taken),
        "ripemd160": Door(ripemd160, ([1, 0],), takes=taken),
        "sha256": Door(sha256, ([1, 0],), takes=taken),
        "sha3_256": Door(sha3_256, ([1, 0],), takes=taken),
        "sha256_compress": Door(sha256_compress, (block, block[:32]), takes={1: ("None",)}),
        "sha512": Door(sha512, ([1, 0],), takes=taken),
    }


def _gates() -> dict[str, Door]:
    of_three = dict.fromkeys(range(3), (*BOOLS, *PLACE))
    return {
        "chi": Door(chi, (1, 0, 1), takes=of_three),
        "choose": Door(choose, (1, 0, 1), takes=of_three),
        "exclusive_or": Door(exclusive_or, (1, 0, 1), takes=of_three),
        "majority": Door(majority, (1, 0, 1), takes=of_three),
        "sum_bits": Door(
            sum_bits,
            ([1, 2], [1, 0], 5, 2),
            takes={0: BITS, 1: BITS, 2: CONSTANTS, 3: WHOLE},
        ),
    }


def _trees() -> dict[str, Door]:
    tree = MerkleTree(2, [[1], [2], [3]])
    path, batch, digest = tree.path(1), tree.batch([0, 1], 1), merkle_leaf([2])
    siblings, children = path.siblings, path.children([2])
    root = {0: (*WHOLE, "minus one", "np.int64", "np.uint64", "r", "huge"), 1: PLACE}
    places = (*WHOLE, "np.uint64")
    digests = tuple({*BITS} - {"array of bools"})
    return {
        "MerkleBatch": Door(
            MerkleBatch,
            (batch.indices, batch.siblings, batch.cap),
            takes={0: digests, 1: ROWS, 2: digests},
        ),
        "MerkleBatch.verify": Door(
            batch.verify, (tree.root, 2, [[1], [2]]), takes={**root, 2: (*EMPTY, *ROWS)}
        ),
        "MerklePath.children": Door(path.children, ([2],), takes={0: BITS}),
        "MerkleTree.batch": Door(tree.batch, ([0, 1], 1), takes={0: BITS, 1: ("None", *PLACE)}),
        "MerkleTree.extend": Door(
            lambda leaves: MerkleTree(8).extend(leaves),
            ([[4]],),
            takes={0: (*EMPTY, *ROWS, "mock")},
        ),
        "MerkleTree.next_siblings": Door(tree.next_siblings, (0,)),
        "MerkleTree.of_digests": Door(
            MerkleTree.of_digests,
            (8, [1, 0]),
            {"arity": 2},
            takes={0: PLACE, 1: (*BITS, *EMPTY, "words")},
        ),
        "MerkleTree.replace_many": Door(
            lambda leaves: MerkleTree(2, [[1], [2]]).replace_many(leaves), ({0: [4]},)
        ),
        "merkle_append": Door(
            merkle_append,
            ([1, 0], siblings, 4),
            takes={0: BITS, 1: (*BITS, "list of lists"), 2: PLACE},
        ),
        "merkle_root_at": Door(
            merkle_root_at,
            (digest, siblings, 1),
            takes={0: CONSTANTS, 1: (*BITS, *ROWS), 2: places},
        ),
        "merkle_root_of_children": Door(merkle_root_of_children, (digest, children)),
        "merkle_root_of_many": Door(
            merkle_root_of_many, ([1], [[2, 3]], [0], [poseidon([poseidon([1, 2]), 3])])
        ),
        "merkle_update": Door(
            merkle_update,
            (1, 2, siblings, 1),
            takes={0: CONSTANTS, 1: CONSTANTS, 2: (*BITS, *ROWS), 3: places},
        ),
    }


def _changes(folder: Path) -> dict[str, Door]:
    tree, numbers = SparseMerkleTree(), (*WHOLE, "np.int64", "np.uint64")
    change = tree.insert(5, 6)
    beside = (*BITS, *EMPTY)
    inserted = {
        0: CONSTANTS,
        1: CONSTANTS,
        2: beside,
        3: CONSTANTS,
        4: CONSTANTS,
        5: (*BOOLS, *PLACE),
    }
    files = iter(range(10**6))
    return {
        "SparseChange": Door(
            SparseChange,
            (5, 6, 7, (1, 0), (3, 4), (1, 2)),
            takes={
                0: numbers,
                1: ("None", *numbers),
                2: ("None", *numbers),
                3: beside,
                4: ("None", *BITS),
                5: ("None", *BITS),
            },
        ),
        "SparseChange.padded": Door(change.padded, (8,), takes={0: WHOLE}),
        "SparseChange.roots": Door(change.roots),
        "SparseMerkleTree.change_many": Door(
            lambda entries: SparseMerkleTree().change_many(entries), ({5: 6},), takes={0: ("dict",)}
        ),
        "StoredSparseMerkleTree": Door(
            StoredSparseMerkleTree, (folder / "tree",), takes={0: (*PATHS, "np.str_", "odd text")}
        ),
        "StoredSparseMerkleTree.close": Door(
            lambda: StoredSparseMerkleTree(folder / f"tree{next(files)}").close()
        ),
        **{
            f"StoredSparseMerkleTree.{name}": Door(lambda: None)  # as in memory: only nodes differ
            for name in ("change_many", "delete", "insert", "path", "update")
        },
        "smt_delete": Door(
            smt_delete, (5, 6, [1, 0], 2, 3, 0, [1, 0]), takes={**inserted, 6: BITS}
        ),
        "smt_insert": Door(smt_insert, (5, 6, [1, 0], 2, 3, 1), takes=inserted),
        "smt_update": Door(
            smt_update,
            (5, 6, 7, [1, 0]),
            takes={0: CONSTANTS, 1: CONSTANTS, 2: CONSTANTS, 3: beside},
        ),
    }


def _grown() -> SparseMerkleTree:
    tree = SparseMerkleTree()
    tree.insert(5, 6)
    return tree


def _baby_jubjub() -> dict[str, Door]:
    key = PrivateKey(bytes(32))
    public, signature = key.public_key, sign(key, 7)
    elements = {1: (*WHOLE, "minus one", "np.int64", "np.uint64")}
    made = encrypt([5], public)
    return {
        "Encrypted": Door(Encrypted, (made.ephemeral, made.body, 1), takes={2: PLACE}),
        "PrivateKey": Door(PrivateKey, (key.seed,)),
        "PrivateKey.shared_point": Door(key.shared_point, (public,)),
        "decrypt": Door(decrypt, (made, key)),
        "encrypt": Door(encrypt, ([1, 0], public), takes={0: BITS}),
        "pack_point": Door(pack_point, (public,)),
        "schnorr_sign": Door(schnorr_sign, (key, 7), takes=elements),
        "sign": Door(sign, (key, 7), takes=elements),
        "sign_mimc": Door(sign_mimc, (key, 7), takes=elements),
        "sign_mimc_sponge": Door(sign_mimc_sponge, (key, 7), takes=elements),
        "unpack_point": Door(unpack_point, (pack_point(public),)),
        "pack_signature": Door(pack_signature, (signature,)),
        "unpack_signature": Door(unpack_signature, (pack_signature(signature),)),
    }


def _soundness() -> dict[str, Door]:
    system = square.compile()
    names = [""] * system.wire_count
    return {
        "analyse": Door(analyse, (system, names), takes={1: ("None",)}),
        "analyse_every_wire": Door(analyse_every_wire, (system, names), takes={1: ("None",)}),
    }


def _testing() -> dict[str, Door]:
    """Whose mistakes are AssertionErrors, which fail a test."""
    bad = {"x": 300, "flags": [0, 1]}
    seed = {"seed": (*WHOLE, "np.uint64", "r", "huge")}
    count = square.compile().constraint_count
    return {
        "accepts": Door(accepts, (square, GOOD, 10), takes={2: ("None",)}),
        "agrees": Door(
            agrees,
            (square, 2),
            {"draw": None, "seed": 0},
            takes={**seed, 1: WHOLE, "draw": ("None",)},
            skips={"draw": ("type", "function")},
        ),
        "costs": Door(costs, (square, count)),
        "deletions": Door(
            deletions,
            (square, [GOOD], [bad]),
            {"equivalent": None, "sample": 1, "seed": 0},
            takes={
                **seed,
                1: (*EMPTY, "mock"),
                2: (*EMPTY, "mock"),
                "equivalent": ("None",),
                "sample": ("None", *WHOLE, "np.uint64", "r", "huge"),
            },
        ),
        "lies": Door(lies, (square, GOOD), {"seed": 0}, takes=seed),
        "mutations": Door(mutations, (square, GOOD), {"seed": 0}, takes=seed),
        "rejects": Door(rejects, (square, bad, None), {"seed": 0}, takes={**seed, 2: ("None",)}),
    }


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Door]:
    """Every public function of the packages below, and the brackets of types."""
    folder = tmp_path_factory.mktemp("doors")
    tests = {name: replace(door, is_for_tests=True) for name, door in _testing().items()}
    return {
        **_language(),
        **_types(),
        **_systems(folder),
        **_gadgets(),
        **_more_gadgets(),
        **_encryption(),
        **_byte_hashes(),
        **_gates(),
        **_trees(),
        **_changes(folder),
        **_baby_jubjub(),
        **_soundness(),
        **tests,
    }


# Records, that the analysis and tests return.
MADE = {"Circuit", "Circuit.wrap", "Component", "Component.wrap"}  # by decorators, which are doors
RECORDS = {"Agreement", "Counterexample", "Deletions", "Lies", "Report", "Verdict"}


def test_every_function_has_a_door(doors: Mapping[str, Door]) -> None:
    packages = (
        "zkpipe.circuits",
        "zkpipe.circuits.gadgets",
        "zkpipe.circuits.gadgets.baby_jubjub",
        "zkpipe.circuits.gadgets.gates",
        "zkpipe.circuits.soundness",
        "zkpipe.circuits.testing",
    )
    assert set().union(*map(public_callables, packages)) - RECORDS - MADE <= set(doors)


@pytest.mark.filterwarnings("ignore::zkpipe.circuits.CircuitWarning")
def test_only_our_errors_come_out(
    doors: Mapping[str, Door], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not all_faults(doors, tmp_path, monkeypatch)


# --- one rule: what is taken means the same at every door

BITS_OF_9 = [1, 0, 0, 1]


@circuit
def nine(bits: Private[Array[Bool, 4]], chosen: Private[UInt[8]]) -> Public[UInt[8]]:
    check(member(chosen, [7, 9]))
    return narrow(from_bits(bits) + chosen - 9, UInt[8])


SPELLINGS = {
    "tuple": tuple,
    "unpackbits": lambda bits: np.unpackbits(np.uint8([9]), bitorder="little")[:4],
    "bools": lambda bits: np.array(bits, bool),
    "np.bool_": lambda bits: [np.bool_(bit) for bit in bits],
    "int64": lambda bits: np.array(bits, np.int64),
    "big-endian": lambda bits: np.array(bits, ">i4"),
    "objects": lambda bits: np.array(bits, object),
    "backwards": lambda bits: np.array(bits)[::-1].copy()[::-1],
    "0-d": lambda bits: [np.array(bit) for bit in bits],
    "column": Column,
}


@pytest.mark.parametrize("spelt", SPELLINGS.values(), ids=SPELLINGS)
def test_bits_of_numpy_and_of_columns_are_bits_at_every_door(spelt: Callable[..., Any]) -> None:
    """Of np.unpackbits they are uint8, whose sums wrap around at 256."""
    bits = spelt(BITS_OF_9)
    wide = spelt(BITS_OF_9 * 60)[:240] if isinstance(bits, list | tuple) else bits
    assert from_bits(bits) == 9
    assert from_bits(wide) == from_bits([int(bit) for bit in wide])
    assert poseidon(bits) == poseidon(BITS_OF_9)
    assert merkle_leaf(bits) == merkle_leaf(BITS_OF_9)
    assert merkle_root(5, [1, 2, 3, 4], bits) == merkle_root(5, [1, 2, 3, 4], BITS_OF_9)
    assert maximum(bits) == 1
    assert lookup(bits, 0) + 255 == 256
    assert all_of(bits) == 0
    assert member(1, bits) == 1
    assert nine(bits, 9) == 9
    assert nine.compile().solve(bits=bits, chosen=np.uint8(9)).public == [9]


@pytest.mark.parametrize(
    "chosen",
    [
        select(True, np.uint8(200), np.uint8(1)),
        lookup([np.uint8(200), np.uint8(7)], 0),
        lookup(np.array([200, 7], np.uint8), np.int8(0)),
        maximum(np.uint8(200), np.uint8(1)),
        minimum(np.array([200, 201], np.uint8)),
        select(1, [np.uint8(200)], [0])[0],
        narrow(np.uint8(200), UInt[8]),
        from_bits(np.array([0, 0, 0, 1, 0, 0, 1, 1], np.uint8)),
    ],
)
def test_what_is_chosen_of_numpys_integers_does_not_wrap_around(chosen: int) -> None:
    assert type(chosen) is int
    assert chosen + 100 == 300


GADGETS: dict[str, Callable[[Any], object]] = {
    "poseidon": poseidon,
    "poseidon_ex": lambda values: poseidon_ex(values, 0, 1),
    "merkle_leaf": merkle_leaf,
    "merkle_root": lambda values: merkle_root(1, values, [0, 1]),
    "merkle_root, bits": lambda values: merkle_root(1, [2, 3], values),
    "merkle_root_of_pairs": lambda values: merkle_root_of_pairs(1, [values]),
    "check_merkle_membership": lambda values: check_merkle_membership(1, values, [2], [0]),
    "from_bits": from_bits,
    "MerkleTree": lambda values: MerkleTree(2, [values]),
    "MerkleTree of": lambda values: MerkleTree(2, values),
    "MerklePath": lambda values: MerklePath(0, values),
    "lookup": lambda values: lookup(values, 0),
    "select": lambda values: select(1, values, [0, 1]),
}
WITHOUT_ORDER = [
    {0, 1},
    frozenset([0, 1]),
    {0: 1, 1: 0},
    {0: 1}.keys(),
    b"\x00\x01",
    bytearray(2),
    memoryview(b"\x00\x01"),
    "01",
]


@pytest.mark.parametrize("values", WITHOUT_ORDER, ids=lambda values: type(values).__name__)
@pytest.mark.parametrize("gadget", GADGETS.values(), ids=GADGETS)
def test_no_gadget_takes_what_has_no_order_or_is_bytes(
    gadget: Callable[[Any], object], values: Any
) -> None:
    with pytest.raises((InputError, CompileError)):
        gadget(values)


@pytest.mark.parametrize("gadget", [g for n, g in GADGETS.items() if n != "MerkleTree of"])
def test_no_gadget_uses_up_an_iterator(gadget: Callable[[Any], object]) -> None:
    values = iter([0, 1])
    with pytest.raises((InputError, CompileError)):
        gadget(values)
    assert list(values) == [0, 1]


def test_order_means_nothing_to_member_and_the_like() -> None:
    assert member(2, {3, 2}) == member(2, iter([3, 2])) == member(2, {2: 5}.keys()) == 1
    assert maximum({3, 2}) == maximum(x for x in (2, 3)) == 3
    assert all_of(x == x for x in (1, 2)) == 1
    for function in (all_of, any_of, maximum, minimum, lambda d: member(0, d)):
        with pytest.raises(CompileError, match="a dict"):
            function({0: 1})


@pytest.mark.parametrize("order", [(5, 3, 900), (900, 5, 3)])
def test_members_of_a_set_give_the_same_rows_whatever_their_order(order: tuple[int, ...]) -> None:
    @circuit
    def one_of(x: Private[UInt[16]]) -> Public[Bool]:
        return member(x, set(order))

    @circuit
    def one_of_sorted(x: Private[UInt[16]]) -> Public[Bool]:
        return member(x, [3, 5, 900])

    made, expected = one_of.compile(), one_of_sorted.compile()
    for name in ("starts", "wires", "values"):
        for matrix in "abc":
            ours, theirs = getattr(made, matrix), getattr(expected, matrix)
            assert (getattr(ours, name) == getattr(theirs, name)).all()


@pytest.mark.parametrize("number", [R, R + 1, -1, -R, 1 << 300])
def test_bits_are_of_canonical_numbers_only(number: int) -> None:
    """r + 1 is 1 modulo r, and its bits are none of 1's."""
    with pytest.raises(InputError, match=r"negative|r or more"):
        to_bits(number, 4)


@pytest.mark.parametrize("number", [R, -R, R + 1, 1 << 300])
def test_gadgets_take_field_elements_in_one_of_two_forms(number: int) -> None:
    """From 0 to r - 1, or below 0 as a residue: r and 0 are two leaves that hash alike."""
    for refused in (lambda: poseidon([1, number]), lambda: merkle_leaf([number])):
        with pytest.raises(InputError, match="no field element"):
            refused()


def test_a_bool_is_no_number_of_bits() -> None:
    with pytest.raises(InputError, match="no whole number"):
        to_bits(1, True)


DATES = [
    np.datetime64("2026-01-01"),
    np.timedelta64(1, "ns"),
    datetime.date(2026, 1, 1),
    datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    datetime.timedelta(days=1),
    datetime.time(12),
]


@pytest.mark.parametrize("date", DATES, ids=lambda date: type(date).__name__)
@pytest.mark.parametrize("field", [UInt[64], Int[64], Field, Bool, Fixed[64, 8]], ids=str)
def test_dates_are_refused_with_a_word(date: Any, field: Any) -> None:
    @circuit
    def dated(xs: Private[Array[field, 1]]) -> Public[Field]:
        return Field(xs[0].units)

    system = dated.compile()
    arrays = [np.array([date])] if isinstance(date, np.generic) else []
    for given in ([date], Column([date]), np.array([date], object), *arrays):
        with pytest.raises(InputError, match=r"a date|a length of time") as caught:
            system.solve(xs=given)
        assert "whole days or seconds" in caught.value.fix
        with pytest.raises(InputError, match=r"a date|a length of time"):
            dated(given)


@pytest.mark.parametrize("value", [1, 0, True, np.True_, np.bool_(0), np.array(True)], ids=repr)
def test_a_bool_is_one_wherever_a_bool_is_asked_for(value: Any) -> None:
    expected = int(bool(value))

    @circuit
    def flag(x: Private[Bool]) -> Public[Bool]:
        y = hint(lambda _: value, x, returns=Bool)
        check(y == x)
        return select(value, x, ~x) if expected else select(value, ~x, x)

    assert flag(value) == flag.compile().solve(x=value).public[0] == expected
    assert select(value, 1, 0) == expected
    assert all_of([value]) == any_of([value]) == narrow(value, Bool) == expected


@pytest.mark.parametrize("value", [True, np.True_, np.array(True)], ids=repr)
@pytest.mark.parametrize("field", [UInt[8], Int[8], Field, Fixed[8, 2]], ids=str)
def test_a_bool_is_no_number_of_an_input(value: Any, field: Any) -> None:
    @circuit
    def number(x: Private[field]) -> Public[Field]:
        return Field(x.units)

    with pytest.raises(InputError, match="was given"):
        number.compile().solve(x=value)
    with pytest.raises(InputError, match="was given"):
        number(value)


def test_arrays_serve_in_a_circuit_as_lists_do() -> None:
    """Of signals, whose entries are objects: as arguments, results, outputs and choices."""

    @component
    def both(xs: Array[Field, 2]) -> Array[Field, 2]:
        return np.array([xs[1], xs[0]])

    @circuit
    def through(xs: Private[Array[UInt[8], 2]], flag: Private[Bool]) -> Public[Array[Field, 2]]:
        swapped = both(np.array(xs))
        double = hint(lambda ys: np.array(ys) * 2, np.array(xs), returns=Array[UInt[9], 2])
        check(all_of(np.array([d == 2 * x for d, x in zip(double, xs, strict=True)])))
        chosen = select(flag, np.array(swapped), np.array(xs))
        return np.array([poseidon(np.array(chosen)), lookup(np.array(xs), flag)])

    plain = [poseidon([4, 3]), 4]
    assert through([3, 4], 1) == plain
    assert through.compile().solve(xs=np.uint8([3, 4]), flag=True).public == plain


def test_the_programs_of_the_issue_end_in_sentences() -> None:
    for call in (
        lambda: poseidon(5),
        lambda: MerkleTree(10, range(1000)),
        lambda: MerkleTree(10, 5),
        lambda: to_bits(R + 1, 4),
        lambda: square.compile().solve(3, [0, 1]),
    ):
        with pytest.raises(InputError) as caught:
            call()
        assert caught.value.problem.endswith(".")
        assert caught.value.fix.endswith(".")


def test_columns_of_pandas_are_columns() -> None:
    """Where pandas is installed: its own classes, in the place of those above."""
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"x": [9], "day": pandas.to_datetime(["2026-01-01"])})
    assert from_bits(pandas.Series(BITS_OF_9)) == from_bits(pandas.Index(BITS_OF_9)) == 9
    assert nine(pandas.Series(BITS_OF_9, dtype="boolean"), table["x"][0]) == 9
    for wrong in (table, table["day"], pandas.Series([1, None] * 2, dtype="Int64"), pandas.NA):
        with pytest.raises(InputError):
            nine(wrong, 9)


# --- what asks for more than it seems


def test_a_nest_that_holds_its_parts_twice_is_refused_in_time() -> None:
    """Sixty lists, and 2^60 entries."""
    nest: list[Any] = [1]
    for _ in range(60):
        nest = [nest, nest]
    for refused in (lambda: select(1, nest, nest), lambda: hint(abs, nest, returns=Field)):
        with pytest.raises(CompileError, match="in one another"):
            refused()
    with pytest.raises(AssertionError, match=r"gives \[\[\[.*\.\.\."):
        costs(square, nest)  # type: ignore[arg-type]


def test_a_list_that_lies_about_its_length_is_refused_in_a_circuit() -> None:
    class Lying(list[Any]):
        def __len__(self) -> int:
            return 3

    @circuit
    def chosen(x: Private[Bool]) -> Public[Field]:
        return select(x, Lying([1, 2]), [3, 4])[0]  # type: ignore[no-any-return]

    with pytest.raises(CompileError, match="whose length is not that of its entries"):
        chosen(True)


def test_names_of_wires_are_texts() -> None:
    system = square.compile()
    for names in ("x" * system.wire_count, [["x"]] * system.wire_count):
        with pytest.raises(ShapeError, match="names of square"):
            replace(system, symbols=names)  # type: ignore[arg-type]
