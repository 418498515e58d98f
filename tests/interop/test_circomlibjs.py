"""Wallets: circomlibjs and zkpipe make the same keys, signatures and hashes of new random bytes."""

from __future__ import annotations

import json
import secrets
import subprocess
from typing import Any

import pytest

from tests.interop.conftest import HERE, MODULES, tool_of_npm
from zkpipe.accel.bn254 import R
from zkpipe.circuits import Point
from zkpipe.circuits.gadgets import (
    Signature,
    eddsa_mimc_sponge_verify,
    eddsa_mimc_verify,
    eddsa_verify,
    pedersen_hash,
)
from zkpipe.circuits.gadgets.baby_jubjub import (
    PrivateKey,
    pack_point,
    pack_signature,
    sign,
    sign_mimc,
    sign_mimc_sponge,
    unpack_point,
    unpack_signature,
)

KEYS = [PrivateKey.generate() for _ in range(4)]
SIGNED = [(key, m) for key in KEYS for m in (0, 1, R - 1, secrets.randbelow(R))]
MIMC = {
    "MiMC": (sign_mimc, eddsa_mimc_verify),
    "MiMCSponge": (sign_mimc_sponge, eddsa_mimc_sponge_verify),
}
HASHED = [secrets.token_bytes(size) for size in (0, 1, 24, 25, 26, 50, 51, 200)]


def packed(key: PrivateKey, message: int) -> bytes:
    return pack_signature(sign(key, message))


@pytest.fixture(scope="module")
def answers() -> Any:
    """What circomlibjs says to all of them."""
    if not (MODULES / "circomlibjs").is_dir():
        pytest.skip("not installed: run `npm install --no-save circomlibjs@0.1.7`")
    node = tool_of_npm("circomlibjs")
    asked = {
        "signed": [
            {
                "seed": key.seed.hex(),
                "message": str(m),
                "packed": pack_signature(sign(key, m)).hex(),
            }
            for key, m in SIGNED
        ],
        "mimc": [
            {
                "kind": kind,
                "seed": key.seed.hex(),
                "message": str(m),
                "packed": pack_signature(signer(key, m)).hex(),
            }
            for kind, (signer, _) in MIMC.items()
            for key, m in SIGNED
        ],
        "hashed": [data.hex() for data in HASHED],
    }
    command = [node, HERE / "circomlibjs_answers.cjs", MODULES / "circomlibjs"]
    ended = subprocess.run(  # noqa: S603 # npm's
        command, input=json.dumps(asked), capture_output=True, text=True, check=True, timeout=120
    )
    return json.loads(ended.stdout)


def test_keys_and_signatures_are_the_same_and_valid_on_both_sides(answers: Any) -> None:
    for (key, message), answer in zip(SIGNED, answers["signed"], strict=True):
        x, y = map(int, answer["r8"])
        theirs = Signature(Point(x, y), int(answer["s"]))
        assert Point(*map(int, answer["key"])) == key.public_key
        assert bytes.fromhex(answer["packed_key"]) == pack_point(key.public_key)
        assert unpack_point(bytes.fromhex(answer["packed_key"])) == key.public_key
        assert theirs == sign(key, message) == unpack_signature(bytes.fromhex(answer["packed"]))
        assert eddsa_verify(key.public_key, theirs, message)
        assert answer["accepts_ours"] is True


def test_signatures_over_mimc_are_valid_on_both_sides(answers: Any) -> None:
    asked = [(verify, key, m) for _, verify in MIMC.values() for key, m in SIGNED]
    for (verify, key, message), answer in zip(asked, answers["mimc"], strict=True):
        x, y = map(int, answer["r8"])
        assert verify(key.public_key, Signature(Point(x, y), int(answer["s"])), message)
        assert answer["accepts_ours"] is True


def test_pedersen_hashes_are_the_same(answers: Any) -> None:
    for data, theirs in zip(HASHED, answers["hashed"], strict=True):
        assert pack_point(pedersen_hash(data)).hex() == theirs
