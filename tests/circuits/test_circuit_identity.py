"""A witness that was solved knows its circuit, and is not taken for one of another."""

from __future__ import annotations

import copy
import hashlib
import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from zkpipe.circuits import ConstraintSystem, Field, InputError, Private, Public, Witness, circuit
from zkpipe.circuits.r1cs.identity import CircuitId, identity_of
from zkpipe.circuits.r1cs.public_names import other_names
from zkpipe.ground.errors import ShapeError


@circuit
def cube(x: Private[Field]) -> Public[Field]:
    return x * x * x


@circuit
def other(x: Private[Field]) -> Public[Field]:
    return x * (x + 1) * x


@pytest.fixture(scope="module")
def system() -> ConstraintSystem:
    return cube.compile()


def test_the_identity_is_the_sha256_of_the_saved_file_and_the_name(
    system: ConstraintSystem, tmp_path: Path
) -> None:
    system.save(tmp_path / "any name.r1cs")
    digest = hashlib.sha256((tmp_path / "any name.r1cs").read_bytes()).hexdigest()
    assert (system.identity.digest, system.identity.name) == (digest, "cube")
    loaded = ConstraintSystem.load(tmp_path / "any name.r1cs")
    assert loaded.identity == system.identity
    assert loaded.identity.name is None  # no name that could stand in a key


def test_a_system_that_is_changed_by_replace_has_another_identity(system: ConstraintSystem) -> None:
    before = system.identity
    changed = replace(system, label_count=100)
    assert changed.identity != before
    sent = pickle.dumps(replace(system, program=None))
    assert pickle.loads(sent).identity == before  # noqa: S301 - our own


def test_a_witness_and_its_copies_know_the_system_that_was_solved(
    system: ConstraintSystem, tmp_path: Path
) -> None:
    witness = system.solve(x=3)
    assert witness.circuit is system
    for again in (copy.copy(witness), pickle.loads(pickle.dumps(witness))):  # noqa: S301 - our own
        assert identity_of(again.circuit) == system.identity
        assert again.public_for(system) == [27]
    witness.save(tmp_path / "w.wtns")
    assert Witness.load(tmp_path / "w.wtns").circuit is None


def test_public_values_are_not_given_out_for_another_circuit(
    system: ConstraintSystem, tmp_path: Path
) -> None:
    witness, another = system.solve(x=3), other.compile()
    assert another.wire_count == system.wire_count
    for given in (witness, copy.copy(witness)):
        with pytest.raises(InputError) as caught:
            given.public_for(another)
        assert caught.value.problem == (
            f"This witness is of circuit cube ({system.digest[:16]}...), the system of circuit "
            f"other ({another.digest[:16]}...)."
        )
    assert witness.public_for(cube.compile()) == [27]  # compiled once more, it is the same
    witness.save(tmp_path / "w.wtns")
    assert Witness.load(tmp_path / "w.wtns").public_for(another) == [27]  # nothing is known


def test_a_witness_of_another_length_is_no_witness_of_a_system(system: ConstraintSystem) -> None:
    longer = Witness(system.solve(x=3).values.repeat(2, axis=0), None)
    with pytest.raises(InputError, match="has 8 values; the system's circuit has 4 wires"):
        longer.public_for(system)


@pytest.mark.parametrize(
    ("digest", "name"),
    [("0" * 63, None), ("A" * 64, None), ("0" * 65, None), (b"0" * 64, None), (None, None),
     ("0" * 64 + "\n", None), ("0" * 64, "*/"), ("0" * 64, ""), ("0" * 64, "a\u202eb"),
     ("0" * 64, "a\x1b[2J"), ("0" * 64, "a" * 201), ("0" * 64, 5)],
)  # fmt: skip
def test_what_names_no_circuit_is_refused(digest: object, name: object) -> None:
    with pytest.raises(ShapeError):
        CircuitId(digest, name)  # type: ignore[arg-type] # on purpose


def test_a_name_makes_no_circuit_another_one() -> None:
    assert CircuitId("0" * 64, "a") == CircuitId("0" * 64, None) != CircuitId("1" * 64, "a")


@pytest.mark.parametrize(
    ("told", "is_same"),
    [(("a", "b[0]"), True), (("x.a", "x.b[0]"), True), (("b[0]", "a"), False),
     (("a", "x.b[0]"), False), (("x.a", "b[0]"), False), (("xa", "xb[0]"), False),
     (("x.a", "y.b[0]"), False), (("a",), False), (("a", "b[0]", "c"), False),
     (("x.b[0]", "x.a"), False)],
)  # fmt: skip
def test_names_are_the_same_with_or_without_the_circuit_s(
    told: tuple[str, ...], is_same: bool
) -> None:
    assert (other_names(told, ("a", "b[0]")) is None) == is_same
