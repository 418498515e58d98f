"""A key is told from the keys of other circuits, with whatever counts they have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from zkpipe.circuits import ConstraintSystem, Field, Private, Public, circuit
from zkpipe.prover import DEVELOPMENT, ProvingKey, setup
from zkpipe.prover.groth16.matching import is_key_of

FORMATS = Path(__file__).parents[1] / "vectors" / "formats"


@circuit
def cube(x: Private[Field]) -> Public[Field]:
    return x * x * x


@circuit
def other(x: Private[Field]) -> Public[Field]:
    return x * (x + 1) * x


def test_a_key_of_equal_counts_is_another_circuits() -> None:
    mine, another = cube.compile(), other.compile()
    key = setup(another, DEVELOPMENT)
    assert (key.wire_count, key.public_count) == (mine.wire_count, mine.public_count)
    assert mine.constraint_count == another.constraint_count
    assert is_key_of(key, another)
    assert not is_key_of(key, mine)


@pytest.mark.parametrize("field", ["matrix", "constraint", "wire", "value"])
def test_each_part_of_each_record_counts(field: str) -> None:
    system = cube.compile()
    key = setup(system, DEVELOPMENT)
    for i in range(len(key.coefficients)):
        records = key.coefficients.copy()
        records[field][i] ^= 1
        assert not is_key_of(replace(key, coefficients=records), system)
    assert not is_key_of(replace(key, coefficients=key.coefficients[:-1]), system)
    doubled = np.concatenate([key.coefficients, key.coefficients[-1:]])
    assert not is_key_of(replace(key, coefficients=doubled), system)


def test_a_larger_domain_is_another_circuits() -> None:
    system = cube.compile()
    key = setup(system, DEVELOPMENT)
    h = np.concatenate([key.h_query, key.h_query])
    other_key = replace(key, domain_size=2 * key.domain_size, h_query=h)
    assert not is_key_of(other_key, system)


def test_a_key_of_snarkjs_is_that_of_its_circuit() -> None:
    system = ConstraintSystem.load(FORMATS / "bits.r1cs")
    assert is_key_of(ProvingKey.load(FORMATS / "bits.zkey"), system)


def test_the_order_in_a_row_does_not_count() -> None:
    system = other.compile()
    key = setup(system, DEVELOPMENT)
    records = np.ascontiguousarray(key.coefficients[::-1])
    assert is_key_of(replace(key, coefficients=records), system)
