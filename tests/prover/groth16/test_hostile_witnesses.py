"""Witnesses of another circuit, out of range or wrong: no proof, and no value in an error."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import zkpipe.prover.groth16.attempts as proving
from tests.prover.groth16.conftest import Proven
from tests.prover.groth16.encodings import encodings
from tests.prover.groth16.statements import chain, edge_statements, random_statement, sum_of_powers
from zkpipe.accel.bn254 import R
from zkpipe.accel.executors.choice import executor
from zkpipe.accel.executors.processor import Processor
from zkpipe.accel.fields.limbs import words_from_ints
from zkpipe.circuits.witness import Witness
from zkpipe.ground.errors import ZkpipeError
from zkpipe.prover import DEVELOPMENT, ProvingKey, prove, setup
from zkpipe.prover.errors import UnprovableError, WitnessError

CANARY = 0x5EC2E7_0123456789ABCDEF_5EC2E7_FEDCBA9876543210_5EC2E7


def raw(values: Sequence[int]) -> Witness:
    """Values up to 2^256, as they are."""
    return Witness(words_from_ints(values), 2)


def refusal(key: ProvingKey, witness: Witness) -> ZkpipeError:
    with pytest.raises(WitnessError) as caught:
        prove(key, witness)
    return caught.value


@pytest.mark.parametrize(
    "other", [chain(3), chain(100), edge_statements()["outputs only"]], ids=lambda s: s.name
)
def test_a_witness_with_another_number_of_wires_is_refused(proven: Proven, other: Any) -> None:
    error = refusal(proven.key, other.witness)
    assert "key's circuit has 9 wires" in error.problem
    assert not isinstance(error, UnprovableError)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 8, 10, 18])
def test_a_witness_too_short_or_too_long_is_refused(proven: Proven, count: int) -> None:
    values = [*proven.statement.values, *proven.statement.values][:count]
    assert f"has {count} values" in refusal(proven.key, raw([v % R for v in values])).problem


def test_a_witness_of_another_circuit_of_the_same_size_is_refused(proven: Proven) -> None:
    values = [1, *range(2, 2 + len(proven.statement.values) - 1)]
    assert isinstance(refusal(proven.key, raw(values)), UnprovableError)


@pytest.mark.parametrize("wire", range(9))
@pytest.mark.parametrize("value", [R, R + 1, 2**256 - 1])
def test_a_value_of_r_or_more_is_refused_with_its_number(
    proven: Proven, wire: int, value: int
) -> None:
    values = [v % R for v in proven.statement.values]
    values[wire] = value
    assert f"Value {wire} of the witness" in refusal(proven.key, raw(values)).problem


@pytest.mark.parametrize("wire", range(1, 9))
def test_a_right_value_plus_r_is_refused(proven: Proven, wire: int) -> None:
    values = [v % R for v in proven.statement.values]
    values[wire] += R
    assert f"Value {wire} of the witness" in refusal(proven.key, raw(values)).problem


@pytest.mark.parametrize("first", [0, 2, R - 1, 2**64])
def test_a_first_value_that_is_not_one_is_refused(proven: Proven, first: int) -> None:
    values = [first, *(v % R for v in proven.statement.values[1:])]
    assert "first value of the witness is not 1" in refusal(proven.key, raw(values)).problem


def test_a_witness_times_a_factor_is_refused(proven: Proven) -> None:
    values = [v * 2 % R for v in proven.statement.values]
    assert "first value" in refusal(proven.key, raw(values)).problem


@pytest.mark.parametrize("change", [1, -1, 2**128])
@pytest.mark.parametrize("wire", range(1, 9))
def test_one_wire_changed_makes_the_witness_unprovable(
    proven: Proven, wire: int, change: int
) -> None:
    values = list(proven.statement.values)
    values[wire] += change
    error = refusal(proven.key, proven.statement.witness_of(values))
    assert isinstance(error, UnprovableError)
    assert error.exit_status == 1


@pytest.mark.parametrize("seed", range(5))
def test_any_wire_changed_in_a_random_circuit_makes_the_witness_unprovable(seed: int) -> None:
    statement = random_statement(seed, 12, 2, 2)
    key = setup(statement.system, DEVELOPMENT)
    used = {wire for row in statement.rows for part in row for wire in part} - {0}
    for wire in used:
        values = list(statement.values)
        values[wire] += 1
        with pytest.raises(UnprovableError):
            prove(key, statement.witness_of(values))


@pytest.mark.parametrize("moment", ["quotient", "scalars"])
@pytest.mark.parametrize("rows", [3, 200])
def test_a_witness_that_changes_after_it_was_checked_gives_no_proof(
    rows: int, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its array may be another thread's: kernels must bear any 256 bits."""
    statement = chain(rows)
    key = setup(statement.system, DEVELOPMENT)
    values = statement.witness.values.copy()
    compute = getattr(Processor, moment)

    def spoiled(on: Processor, *given: Any) -> Any:
        values[2:] = np.uint64(2**64 - 1)
        return compute(on, *given)

    monkeypatch.setattr(Processor, moment, spoiled)
    witness = Witness(values, statement.witness.public_count)
    assert isinstance(refusal(key, witness), UnprovableError)


@pytest.mark.parametrize("value", [1, 5, R - 1])
def test_one_value_everywhere_is_refused(proven: Proven, value: int) -> None:
    assert isinstance(refusal(proven.key, raw([1] + [value] * 8)), UnprovableError)


def test_the_public_count_of_a_witness_does_not_decide(proven: Proven) -> None:
    """That of the key does."""
    for count in (None, 0, 1, 8, 100):
        proof = prove(proven.key, Witness(proven.statement.witness.values, count))
        assert proof.a != proven.proof.a


SMALL = chain(2, 3)  # its values are 1, 156, 3 and 12: right in any kind of number
RIGHT = SMALL.witness.values

MALFORMED: dict[str, Any] = {
    "three words": RIGHT[:, :3],
    "five words": np.pad(RIGHT, ((0, 0), (0, 1))),
    "flat": RIGHT.ravel(),
    "three dimensions": RIGHT[:, :, None],
    "empty": RIGHT[:0],
    "a scalar": np.uint64(1),
    "signed": RIGHT.astype(np.int64),
    "of 32 bits": RIGHT.astype(np.uint32),
    "floats": RIGHT.astype(np.float64),
    "complex": RIGHT.astype(np.complex128),
    "booleans": RIGHT.astype(bool),
    "objects": RIGHT.astype(object),
    "big-endian": RIGHT.astype(">u8"),
    "bytes": RIGHT.tobytes(),
    "a list": RIGHT.tolist(),
    "a list of values": list(SMALL.values),
    "None": None,
    "a text": "witness",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_values_of_another_shape_or_kind_are_refused(name: str) -> None:
    key = setup(SMALL.system, DEVELOPMENT)
    prove(key, Witness(RIGHT, 1))
    refusal(key, Witness(MALFORMED[name], 1))


@pytest.mark.parametrize("strided", [True, False])
def test_values_that_lie_apart_or_read_only_in_memory_are_taken(
    proven: Proven, strided: bool
) -> None:
    values = proven.statement.witness.values
    if strided:
        wide = np.zeros((18, 4), np.uint64)
        wide[::2] = values
        values = wide[::2]
    else:
        values.flags.writeable = False
    prove(proven.key, Witness(values, 2))


@pytest.mark.parametrize("wrong", ["one wire", "range", "first", "length"])
def test_no_error_or_log_shows_a_private_value(
    wrong: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    statement = sum_of_powers(x=CANARY, y=CANARY * CANARY)
    key = setup(statement.system, DEVELOPMENT)
    values = [v % R for v in statement.values]
    match wrong:
        case "one wire":
            values[3], values[4] = values[4], values[3]
        case "range":
            values[8] = R
        case "first":
            values[0] = 0
        case "length":
            values.append(values[3])
    caplog.set_level(logging.DEBUG)
    error = refusal(key, raw(values))
    said = capfd.readouterr()
    texts = [str(error), repr(error), error.explain(), caplog.text, said.out, said.err]
    seen = " ".join([*texts, *map(repr, error.args), *error.evidence])
    for secret in (CANARY, values[3], values[4]):
        for name, form in encodings(secret).items():
            assert form.decode("latin-1") not in seen, f"{wrong}: {name}"


def test_a_proof_that_does_not_verify_never_leaves_prove(
    proven: Proven, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P14: a fault in any of the sums is caught by the check at the end."""
    sound = proving._unblinded
    other = prove_parts(proven)
    for part in ("a", "b", "c"):

        def faulty(key: ProvingKey, *rest: Any, part: str = part) -> Any:
            (parts,) = sound(key, *rest)
            whole = {name: getattr(parts, name) for name in ("a", "b", "c")}
            return [proving._Unblinded(**(whole | {part: getattr(other, part)}))]

        monkeypatch.setattr(proving, "_unblinded", faulty)
        with pytest.raises(UnprovableError, match="does not verify"):
            prove(proven.key, proven.statement.witness)


def prove_parts(proven: Proven) -> Any:
    """The unblinded points of another statement, which are points of the groups."""
    other = chain(7)
    key = setup(other.system, DEVELOPMENT)
    (parts,) = proving._unblinded(key, [other.witness.values], None, executor())
    return parts
