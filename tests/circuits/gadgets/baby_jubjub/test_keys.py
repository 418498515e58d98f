"""Private keys: circomlibjs' public keys, shared points, and that no text shows a key."""

from __future__ import annotations

import copy
import json
import pickle
import traceback
from pathlib import Path

import pytest

from zkpipe.accel.curves.baby_jubjub import COFACTOR, GENERATOR, L, multiply
from zkpipe.circuits import InputError, Point
from zkpipe.circuits.gadgets import eddsa_verify
from zkpipe.circuits.gadgets.baby_jubjub import PrivateKey, sign
from zkpipe.ground.shown import shown

VECTORS = json.loads(
    (Path(__file__).parents[3] / "vectors" / "circomlib" / "eddsa_poseidon.json").read_text()
)
KEYS = {case["sk"]: case["pub"] for case in VECTORS if case["case"] == "valid"}
SEED = bytes.fromhex("0001020304050607080900010203040506070809000102030405060708090001")
KEY = PrivateKey(SEED)
LOW_ORDER = [Point(*multiply(GENERATOR, L * i)) for i in range(COFACTOR)]


def test_public_keys_are_those_of_circomlibjs() -> None:
    assert len(KEYS) == 12
    for seed, public_key in KEYS.items():
        key = PrivateKey(bytes.fromhex(seed))
        assert key.public_key == Point(*map(int, public_key)) == Point.BASE * key.scalar
    # iden3/circomlibjs, test/eddsa.js
    assert KEY.public_key == Point(
        13277427435165878497778222415993513565335242147425444199013288855685581939618,
        13622229784656158136036771217484571176836296686641868549125388198837476602820,
    )


def test_a_scalar_has_252_bits() -> None:
    for seed in KEYS:
        assert PrivateKey(bytes.fromhex(seed)).scalar.bit_length() == 252


def test_generated_keys_differ_and_sign() -> None:
    first, second = PrivateKey.generate(), PrivateKey.generate()
    assert first != second
    assert len(first.seed) == 32
    assert eddsa_verify(first.public_key, sign(first, 5), 5)


def test_two_keys_share_a_point() -> None:
    other = PrivateKey(SEED[::-1])
    shared = KEY.shared_point(other.public_key)
    assert shared == other.shared_point(KEY.public_key)
    assert shared == Point.BASE * (KEY.scalar * other.scalar)
    assert shared != KEY.shared_point(KEY.public_key)


@pytest.mark.parametrize("point", [*LOW_ORDER, *(Point.BASE + p for p in LOW_ORDER[1:])])
def test_no_point_outside_the_subgroup_is_shared(point: Point) -> None:
    with pytest.raises(InputError, match="outside the subgroup"):
        KEY.shared_point(point)


@pytest.mark.parametrize("point", [(1, 1), None, KEY, 5])
def test_nothing_is_shared_with_what_is_no_point(point: object) -> None:
    with pytest.raises(InputError, match="for public_key"):
        KEY.shared_point(point)


def test_no_text_shows_a_key() -> None:
    texts = [repr(KEY), str(KEY), f"{KEY}", f"{[KEY]}", shown(KEY), shown([KEY])]
    for mistaken in (
        lambda: eddsa_verify(KEY, sign(KEY, 1), 1),
        lambda: eddsa_verify(KEY.public_key, KEY, 1),
        lambda: sign(SEED, 1),
        lambda: PrivateKey(SEED + b"\0"),
        lambda: PrivateKey(SEED.hex()),
        lambda: KEY.shared_point(SEED),
    ):
        with pytest.raises(InputError) as caught:
            mistaken()
        error = caught.value
        texts += [str(error), repr(error), error.explain(), *traceback.format_exception(error)]
    secrets = [SEED.hex(), repr(SEED)[2:-1], str(KEY.scalar), "scalar=", "seed="]
    assert not [text for text in texts for secret in secrets if secret in text]


def test_a_key_is_copied_and_pickled_whole() -> None:
    assert copy.deepcopy(KEY) == pickle.loads(pickle.dumps(KEY)) == KEY  # noqa: S301 - our own


@pytest.mark.parametrize("seed", [b"", bytes(31), bytes(33), "00" * 32, 5, None, [0] * 32])
def test_a_key_of_anything_but_32_bytes_is_refused(seed: object) -> None:
    with pytest.raises(InputError):
        PrivateKey(seed)


def test_a_bytearray_is_copied() -> None:
    seed = bytearray(SEED)
    key = PrivateKey(seed)
    seed[0] ^= 1
    assert key == KEY
