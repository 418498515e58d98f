"""Keys as objects: what files are held to, objects are, however they were made."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.prover.groth16.statements import chain
from zkpipe.accel.bn254 import BN254, P
from zkpipe.accel.fields.limbs import words_from_ints
from zkpipe.ground.errors import RangeError, ShapeError, ZkpipeError
from zkpipe.prover import DEVELOPMENT, Proof, ProvingKey, prove, setup, verify
from zkpipe.prover.errors import ProofError
from zkpipe.prover.key_shapes import BULK

STATEMENT = chain(20)
KEY = setup(STATEMENT.system, DEVELOPMENT)
QUERIES = [name for name in BULK if name != "coefficients"]
HEADER = ["alpha_g1", "beta_g1", "delta_g1", "beta_g2", "gamma_g2", "delta_g2", "ic"]

COUNTS = [
    {"domain_size": 16},
    {"domain_size": 64},
    {"domain_size": 0},
    {"domain_size": -32},
    {"domain_size": 24},
    {"domain_size": 2**28},
    {"domain_size": 32.0},
    {"domain_size": True},
    {"wire_count": KEY.wire_count - 1},
    {"wire_count": KEY.wire_count + 1},
    {"wire_count": 2**31 + 1},
    {"wire_count": 0},
    {"wire_count": -1},
    {"public_count": KEY.public_count + 1},
    {"public_count": 0},
    {"public_count": -1},
    {"public_count": KEY.wire_count},
    {"public_count": None},
    {"development": 1},
    {"development": None},
]


@pytest.mark.parametrize("changed", COUNTS, ids=str)
def test_counts_that_the_arrays_do_not_have_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ZkpipeError):
        replace(KEY, **changed)


CHANGES = {
    "shorter": lambda a: a[:-1].copy(),
    "longer": lambda a: np.concatenate([a, a[:1]]),
    "empty": lambda a: a[:0],
    "flat": lambda a: a.reshape(-1),
    "of signed words": lambda a: a.astype(np.int64),
    "of floats": lambda a: a.astype(np.float64),
    "big-endian": lambda a: a.astype(">u8"),
    "of objects": lambda a: a.astype(object),
    "of narrower rows": lambda a: a[:, :-4].copy(),
    "a list": lambda a: a.tolist(),
    "None": lambda _: None,
    "one number": lambda _: np.uint64(1),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", QUERIES)
def test_queries_of_another_form_are_refused(name: str, change: str) -> None:
    with pytest.raises(ShapeError, match=name):
        replace(KEY, **{name: CHANGES[change](getattr(KEY, name))})


@pytest.mark.parametrize("change", ["of signed words", "big-endian", "a list", "None", "empty"])
@pytest.mark.parametrize("name", HEADER)
def test_header_points_of_another_form_are_refused(name: str, change: str) -> None:
    with pytest.raises(ShapeError, match=name):
        replace(KEY, **{name: CHANGES[change](getattr(KEY, name))})


@pytest.mark.parametrize("name", HEADER)
@pytest.mark.parametrize("value", [P, 2**256 - 1])
def test_header_points_with_a_coordinate_past_p_are_refused(name: str, value: int) -> None:
    points = getattr(KEY, name).copy()
    points.reshape(-1, 4)[-1] = words_from_ints([value])[0]
    with pytest.raises(RangeError, match=name):
        replace(KEY, **{name: points})


@pytest.mark.parametrize(
    "records",
    [
        KEY.coefficients.tolist(),
        KEY.coefficients["wire"].copy(),
        KEY.coefficients.reshape(1, -1),
        KEY.coefficients.view(np.uint8),
        KEY.coefficients[0],
        None,
    ],
    ids=["list", "field", "matrix", "bytes", "record", "None"],
)
def test_records_of_another_form_are_refused(records: Any) -> None:
    with pytest.raises(ShapeError, match="coefficients"):
        replace(KEY, coefficients=records)


STRIDES = {
    "every other": lambda a: np.repeat(a, 2, axis=0)[::2],
    "backwards": lambda a: a[::-1].copy()[::-1],
    "in Fortran's order": np.asfortranarray,
    "unaligned": lambda a: np.frombuffer(b"x" + a.tobytes(), a.dtype, offset=1).reshape(a.shape),
}


@pytest.mark.parametrize("how", STRIDES)
def test_arrays_that_lie_otherwise_prove_the_same(how: str) -> None:
    """Strides, order and alignment are no part of the rules: what needs another order copies."""
    changed = {name: STRIDES[how](getattr(KEY, name)) for name in BULK}
    key = replace(KEY, **changed)
    for memory in (None, 10**8):
        proof = prove(key, STATEMENT.witness, memory)
        assert verify(KEY.verifying_key, proof, STATEMENT.public)


FIELDS = [
    ("wire", KEY.wire_count),
    ("wire", 2**32 - 16),
    ("constraint", KEY.domain_size),
    ("constraint", 2**32 - 1),
]


@pytest.mark.parametrize(("field", "value"), FIELDS)
@pytest.mark.parametrize("at", [0, 7, -1])
def test_records_of_other_wires_and_rows_are_an_error_when_they_are_used(
    field: str, value: int, at: int
) -> None:
    records = np.array(KEY.coefficients)
    records[field][at] = value
    with pytest.raises(RangeError, match="Coefficient record"):
        prove(replace(KEY, coefficients=records), STATEMENT.witness)


def test_records_written_to_after_a_proof_change_nothing() -> None:
    key = replace(KEY, coefficients=np.array(KEY.coefficients))
    prove(key, STATEMENT.witness)
    key.coefficients["wire"][5] = 2**32 - 1
    assert verify(KEY.verifying_key, prove(key, STATEMENT.witness), STATEMENT.public)


def test_copies_are_keys_and_altered_ones_are_refused() -> None:
    for again in (pickle.loads(pickle.dumps(KEY)), copy.deepcopy(KEY)):  # noqa: S301 - our own
        assert verify(KEY.verifying_key, prove(again, STATEMENT.witness), STATEMENT.public)
    altered = copy.copy(KEY)
    altered.__dict__["domain_size"] = 64
    stored = pickle.dumps(altered)
    with pytest.raises(ShapeError):
        pickle.loads(stored)  # noqa: S301 - our own
    with pytest.raises(ShapeError):
        copy.deepcopy(altered)


def test_unpickled_proofs_are_checked_again() -> None:
    proof = prove(KEY, STATEMENT.witness)
    assert pickle.loads(pickle.dumps(proof)) == proof == copy.copy(proof)  # noqa: S301 - our own
    off = object.__new__(Proof)
    for name, value in (("a", (1, 3)), ("b", proof.b), ("c", proof.c), ("curve", BN254)):
        object.__setattr__(off, name, value)
    stored = pickle.dumps(off)
    with pytest.raises(ProofError, match="A of the proof"):
        pickle.loads(stored)  # noqa: S301 - our own


def test_a_loaded_key_has_the_attributes_of_others(tmp_path: Any) -> None:
    KEY.save(tmp_path / "k.zkey")
    key = ProvingKey.load(tmp_path / "k.zkey")
    with pytest.raises(AttributeError, match="no 'd_query'"):
        _ = key.d_query  # type: ignore[attr-defined]
    assert repr(key) == repr(KEY)
    for name in BULK:
        assert (getattr(key, name) == getattr(KEY, name)).all()
        assert key.length(name) == len(getattr(KEY, name))
        assert (key.rows(name, 3, 9) == getattr(KEY, name)[3:9]).all()
        assert len(key.rows(name, 10**6, 10**7)) == 0
    assert type(copy.copy(key)) is ProvingKey
