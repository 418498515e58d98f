"""Systems as objects: what files are held to, objects are, and again where kernels begin."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import words_from_ints
from zkpipe.circuits import (
    ConstraintSystem,
    Field,
    InputError,
    Private,
    Public,
    UInt,
    Witness,
    check,
    circuit,
    hint,
    select,
)
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.circuits.soundness.analysis import analyse
from zkpipe.ground.errors import RangeError, ShapeError, ZkpipeError
from zkpipe.prover import DEVELOPMENT, setup


@circuit
def mixed(y: Public[Field], x: Private[UInt[8]], z: Private[UInt[8]]) -> Public[Field]:
    """Bits, an inverse, a quotient and a hint: every operation of the tape."""
    root = hint(lambda a: a, x, returns=UInt[8])
    check(root == x, "the same")
    check(x // (z + 1) == y, "fits")
    return select(x == z, y, y * y)


SYSTEM = mixed.trace()


def other(array: np.ndarray[Any, Any], at: int, value: int) -> np.ndarray[Any, Any]:
    changed = array.copy()
    changed[at] = value
    return changed


def with_a(**changed: Any) -> dict[str, Any]:
    return {"a": replace(SYSTEM.a, **changed)}


A = SYSTEM.a
WIRES, ROWS, KNOWN = SYSTEM.wire_count, SYSTEM.constraint_count, len(SYSTEM.coefficients)
MATRICES: dict[str, Callable[[], dict[str, Any]]] = {
    "a wire past the last": lambda: with_a(wires=other(A.wires, 5, WIRES)),
    "a wire far away": lambda: with_a(wires=other(A.wires, 5, 2**32 - 16)),
    "a coefficient past the last": lambda: with_a(values=other(A.values, 0, KNOWN)),
    "a coefficient far away": lambda: with_a(values=other(A.values, 0, 0x7FFF_FFF0)),
    "a start far away": lambda: with_a(starts=other(A.starts, 5, 2**40)),
    "a negative start": lambda: with_a(starts=other(A.starts, 5, -1)),
    "starts that do not begin with 0": lambda: with_a(starts=other(A.starts, 0, 1)),
    "starts that end early": lambda: with_a(starts=other(A.starts, -1, len(A.wires) - 1)),
    "starts that end late": lambda: with_a(starts=other(A.starts, -1, len(A.wires) + 1)),
    "starts of narrow integers": lambda: with_a(starts=A.starts.astype(np.int32)),
    "starts of unsigned integers": lambda: with_a(starts=A.starts.astype(np.uint64)),
    "big-endian starts": lambda: with_a(starts=A.starts.astype(">i8")),
    "no starts": lambda: with_a(starts=A.starts[:0]),
    "one row less": lambda: with_a(
        starts=A.starts[:-1], wires=A.wires[: A.starts[-2]], values=A.values[: A.starts[-2]]
    ),
    "wires of signed integers": lambda: with_a(wires=A.wires.astype(np.int32)),
    "wires of wide integers": lambda: with_a(wires=A.wires.astype(np.uint64)),
    "a list of wires": lambda: with_a(wires=A.wires.tolist()),
    "a matrix of wires": lambda: with_a(wires=A.wires.reshape(1, -1)),
    "a wire less": lambda: with_a(wires=A.wires[:-1]),
    "a value less": lambda: with_a(values=A.values[:-1]),
    "fewer wires": lambda: {"wire_count": WIRES - 1, "labels": SYSTEM.labels[:-1]},
    "fewer coefficients": lambda: {"coefficients": SYSTEM.coefficients[:-1]},
    "coefficients of signed words": lambda: {"coefficients": SYSTEM.coefficients.view(np.int64)},
    "big-endian coefficients": lambda: {"coefficients": SYSTEM.coefficients.astype(">u8")},
    "narrow coefficients": lambda: {"coefficients": SYSTEM.coefficients[:, :3]},
    "flat coefficients": lambda: {"coefficients": SYSTEM.coefficients.reshape(-1)},
}
OTHERS: dict[str, Callable[[], dict[str, Any]]] = {
    "a coefficient of r": lambda: {"coefficients": words_from_ints([R] * KNOWN)},
    "wires that fall": lambda: with_a(wires=A.wires[::-1].copy()),
    "more wires than 2^31": lambda: {"wire_count": 2**31 + 1},
    "no wires": lambda: {"wire_count": 0},
    "a negative count": lambda: {"private_input_count": -1},
    "a count past 2^32": lambda: {"private_input_count": 2**32},
    "a count that is none": lambda: {"output_count": 1.0},
    "more public values than wires": lambda: {"public_input_count": WIRES},
    "a label for each wire but one": lambda: {"labels": SYSTEM.labels[:-1]},
    "labels of signed integers": lambda: {"labels": SYSTEM.labels.astype(np.int64)},
    "the label 2^64 - 1": lambda: {"labels": other(SYSTEM.labels, -1, 2**64 - 1)},
    "a label twice": lambda: {"labels": other(SYSTEM.labels, -1, int(SYSTEM.labels[-2]))},
    "the public value's label": lambda: {"labels": other(SYSTEM.labels, 1, 10**6)},
    "fewer labels than there are": lambda: {"label_count": 3},
    "2^64 labels": lambda: {"label_count": 2**64},
    "a matrix that is none": lambda: {"a": None},
    "a matrix of another kind": lambda: {"c": SYSTEM.coefficients},
    "starts that are none": lambda: {"a": replace(SYSTEM.a, starts=None)},
    "starts that are one number": lambda: {"b": replace(SYSTEM.b, starts=np.array(5))},
    "no coefficients": lambda: {"coefficients": None},
    "one number for coefficients": lambda: {"coefficients": np.array(5)},
    "a number for names": lambda: {"symbols": 5},
    "an array of one for names": lambda: {"symbols": np.array(5)},
    "a name less": lambda: {"symbols": list(SYSTEM.symbols or ())[:-1]},
}
ALL = {**MATRICES, **OTHERS}


@pytest.mark.parametrize("name", ALL)
def test_a_system_that_breaks_the_rules_cannot_be_made(name: str) -> None:
    with pytest.raises((ShapeError, RangeError)) as caught:
        replace(SYSTEM, **ALL[name]())
    assert caught.value.fix.endswith(".")


def altered(changed: dict[str, Any]) -> ConstraintSystem:
    """The system with other parts, as if its arrays had been written to after its check."""
    made = copy.copy(SYSTEM)
    for name, value in changed.items():
        object.__setattr__(made, name, value)
    return made


def a_witness() -> Witness:
    values = np.zeros((WIRES, 4), np.uint64)
    values[0, 0] = 1
    return Witness(values, SYSTEM.public_count)


USES: dict[str, Callable[[ConstraintSystem, Path], object]] = {
    "setup": lambda system, _: setup(system, DEVELOPMENT),
    "check": lambda system, _: system.check(a_witness()),
    "solve": lambda system, _: system.solve(x=1, y=2, z=3),
    "analyse": lambda system, _: analyse(system),
    "save": lambda system, path: system.save(path / "a.r1cs"),
    "copy": lambda system, _: copy.copy(system),
}


def replace_program(system: ConstraintSystem) -> ConstraintSystem:
    """Without what cannot be pickled."""
    object.__setattr__(system, "program", None)
    object.__setattr__(system, "symbols", None)
    return system


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("name", MATRICES)
def test_arrays_changed_afterwards_are_seen_where_kernels_begin(
    name: str, use: str, tmp_path: Path
) -> None:
    with pytest.raises(ZkpipeError):
        USES[use](altered(MATRICES[name]()), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [name for name in MATRICES if "big-endian" not in name])
def test_unpickled_systems_are_checked_again(name: str) -> None:
    """numpy itself brings words of the other order into this machine's."""
    stored = pickle.dumps(replace_program(altered(MATRICES[name]())))
    with pytest.raises(ZkpipeError):
        pickle.loads(stored)  # noqa: S301 - our own


@pytest.mark.parametrize("use", ["setup", "check", "analyse", "save"])
def test_entries_written_in_place_are_seen_where_kernels_begin(use: str, tmp_path: Path) -> None:
    system = replace(SYSTEM, a=SparseMatrix(A.starts.copy(), A.wires.copy(), A.values.copy()))
    system.a.wires[3] = 2**32 - 1
    with pytest.raises(RangeError, match="entry of wire 4294967295"):
        USES[use](system, tmp_path)


def program(**changed: Any) -> dict[str, Any]:
    assert SYSTEM.program is not None
    return {"program": replace(SYSTEM.program, **changed)}


def tape(column: int, value: int, operation: int | None = None) -> dict[str, Any]:
    """A column of the tape overwritten, where it has this operation."""
    assert SYSTEM.program is not None
    changed = SYSTEM.program.tape.copy()
    rows = slice(None) if operation is None else changed[:, 0] == operation
    assert len(changed[rows])
    changed[rows, column] = value
    return program(tape=changed)


PROGRAMS: dict[str, Callable[[], dict[str, Any]]] = {
    **{
        f"rows of SOLVE, {value}": (lambda v=value: tape(1, v, 0))
        for value in (ROWS, 2**31 - 1, -1)
    },
    **{f"wires, {value}": (lambda v=value: tape(2, v)) for value in (WIRES, 2**31 - 1, -1)},
    **{f"bits, {value}": (lambda v=value: tape(3, v, 1)) for value in (WIRES, 2**31 - 1, -1)},
    **{f"first bits, {value}": (lambda v=value: tape(4, v, 1)) for value in (256, 2**31 - 1, -9)},
    **{f"values of BITS, {v}": (lambda v=v: tape(1, v, 1)) for v in (10**6, -1)},
    **{f"values of QUOTIENT, {v}": (lambda v=v: tape(1, v, 3)) for v in (10**6, -1)},
    **{f"hints, {v}": (lambda v=v: tape(0, 4)) for v in (4,)},
    "an operation that is none": lambda: tape(0, 77),
    "a tape of wide integers": lambda: program(tape=SYSTEM.program.tape.astype(np.int64)),  # type: ignore[union-attr]
    "a narrow tape": lambda: program(tape=SYSTEM.program.tape[:, :4]),  # type: ignore[union-attr]
    "input wires past the last": lambda: program(input_wires=np.array([WIRES] * 3)),
    "negative input wires": lambda: program(input_wires=np.array([-1] * 3)),
    "no coefficients": lambda: program(montgomery=np.zeros((0, 4), np.uint64)),
    "no inverses": lambda: program(inverses=np.zeros((0, 4), np.uint64)),
    "no combinations": lambda: program(
        combinations=SparseMatrix(np.zeros(1, np.int64), A.wires[:0], A.values[:0])
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_of_another_system_is_an_error(name: str) -> None:
    with pytest.raises((RangeError, ShapeError)):
        replace(SYSTEM, **PROGRAMS[name]()).solve(x=1, y=2, z=3)


def test_a_system_that_is_right_passes_every_use(tmp_path: Path) -> None:
    again = replace(copy.copy(SYSTEM))
    with pytest.raises(ZkpipeError, match="not what its line computes"):
        again.check(a_witness())
    again.save(tmp_path / "a.r1cs")
    assert ConstraintSystem.load(tmp_path / "a.r1cs").wire_count == WIRES
    assert setup(again, DEVELOPMENT).wire_count == WIRES


def test_witnesses_are_copied_with_their_values() -> None:
    made = pickle.loads(pickle.dumps(a_witness()))  # noqa: S301 - our own
    assert (made.values == a_witness().values).all()
    assert made.public_count == SYSTEM.public_count


@pytest.mark.parametrize(
    "values",
    [
        a_witness().values[:-1],
        a_witness().values.astype(np.int64),
        a_witness().values.astype(">u8"),
        a_witness().values.reshape(-1),
        a_witness().values[:, :3],
        np.full((WIRES, 4), 2**64 - 1, np.uint64),
    ],
    ids=["short", "signed", "big-endian", "flat", "narrow", "past r"],
)
def test_a_witness_of_another_form_is_an_error(values: Any) -> None:
    with pytest.raises(ZkpipeError):
        SYSTEM.check(Witness(values, 2))


@pytest.mark.parametrize(
    "values", [None, 5, [], [[1, 0, 0, 0]], b"abc", np.array(5), len], ids=repr
)
def test_a_witness_without_an_array_is_an_error_at_each_use(values: Any, tmp_path: Path) -> None:
    witness = Witness(values, 2)
    for use in (
        SYSTEM.check,
        lambda made: made.public,
        lambda made: made.public_for(SYSTEM),
        lambda made: made.save(tmp_path / "a.wtns"),
    ):
        with pytest.raises(ZkpipeError):
            use(witness)
    assert repr(witness) == "<witness of 0 values>"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("count", [-1, 1.0, "1", True, np.int64(1), [1]], ids=repr)
def test_a_witness_of_another_count_has_no_public_values(count: Any) -> None:
    with pytest.raises(InputError, match=r"cannot have that number of public values"):
        _ = Witness(a_witness().values, count).public


@pytest.mark.parametrize("kind", ["U20", "datetime64[s]", np.float64, np.bool_, object])
def test_a_witness_of_other_entries_is_an_error(kind: Any) -> None:
    with pytest.raises(ZkpipeError):
        SYSTEM.check(Witness(a_witness().values.astype(kind), 2))


@pytest.mark.parametrize("witness", [None, 5, {}, a_witness().values], ids=type)
def test_what_is_no_witness_is_not_checked(witness: Any) -> None:
    with pytest.raises(InputError, match="not a witness"):
        SYSTEM.check(witness)
