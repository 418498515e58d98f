"""Calls of the EVM's curve contracts, with the answers that Ethereum's tests and py_ecc give."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.accel.evm import PRECOMPILES

VECTORS = Path(__file__).parent.parent / "vectors" / "evm"
ETHEREUM = json.loads((VECTORS / "eth_tests_bn254_precompiles.json").read_text())
OURS = json.loads((VECTORS / "own_bn254_precompiles.json").read_text())


def check_vectors(vectors: list[dict[str, Any]]) -> None:
    wrong = []
    for number, vector in enumerate(vectors):
        answer = PRECOMPILES[vector["op"]](bytes.fromhex(vector["input"]))
        expected = None if vector["output"] is None else bytes.fromhex(vector["output"])
        if answer != expected:
            wrong.append((number, vector["op"], vector["fail"]))
    assert not wrong


@pytest.mark.parametrize("op", PRECOMPILES)
def test_ethereums_calls_are_answered_right(op: str) -> None:
    check_vectors([vector for vector in ETHEREUM if vector["op"] == op])


@pytest.mark.parametrize("op", PRECOMPILES)
def test_our_calls_are_answered_as_by_py_ecc(op: str) -> None:
    check_vectors([vector for vector in OURS if vector["op"] == op])


def test_the_vectors_hold_answers_and_refusals_of_every_kind() -> None:
    assert len(ETHEREUM) == 283
    failures = Counter(vector["fail"] for vector in ETHEREUM)
    assert failures == {
        None: 125,
        "g2_not_in_subgroup": 79,
        "g1_not_on_curve": 53,
        "g2_not_on_curve": 10,
        "g2_coord_ge_p": 9,
        "g1_coord_ge_p": 5,
        "bad_length": 2,
    }
    assert set(failures) <= {vector["fail"] for vector in OURS}
    answers = {vector["output"] for vector in OURS if vector["op"] == "ecpairing"}
    assert answers == {None, "00" * 32, "00" * 31 + "01"}
