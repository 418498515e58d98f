"""zk-kit's cipher and ours make the same of new random messages, and open one another's."""

from __future__ import annotations

import json
import secrets
import subprocess

import pytest

from tests.interop.conftest import HERE, MODULES, tool_of_npm
from zkpipe.accel.bn254 import R
from zkpipe.circuits.gadgets import poseidon_decrypt, poseidon_encrypt

PACKAGE = MODULES / "@zk-kit" / "poseidon-cipher"


def test_ciphertexts_are_the_same_and_open_on_both_sides() -> None:
    if not PACKAGE.is_dir():
        pytest.skip("not installed: run `npm install --no-save @zk-kit/poseidon-cipher@0.3.2`")
    node = tool_of_npm("@zk-kit/poseidon-cipher")
    cases = []
    for count in (1, 2, 3, 4, 5, 6, 20):
        message = [secrets.randbelow(R) for _ in range(count)]
        key, nonce = [secrets.randbelow(R), secrets.randbelow(R)], secrets.randbits(128)
        cases.append((message, key, nonce, poseidon_encrypt(message, key, nonce)))
    asked = [
        {
            "message": list(map(str, message)),
            "key": list(map(str, key)),
            "nonce": str(nonce),
            "ciphertext": list(map(str, ciphertext)),
        }
        for message, key, nonce, ciphertext in cases
    ]
    command = [node, HERE / "poseidon_cipher_answers.cjs", PACKAGE]
    ended = subprocess.run(  # noqa: S603 # npm's
        command, input=json.dumps(asked), capture_output=True, text=True, check=True, timeout=120
    )
    answers = json.loads(ended.stdout)
    for (message, key, nonce, ciphertext), answer in zip(cases, answers, strict=True):
        assert list(map(int, answer["ciphertext"])) == ciphertext
        assert list(map(int, answer["opened"])) == message
        assert poseidon_decrypt(ciphertext, key, nonce, len(message)) == message
