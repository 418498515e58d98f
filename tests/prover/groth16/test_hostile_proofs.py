"""Malformed, aliased and foreign proofs and public values (classes P2 to P5): none verifies.

Each case is answered False or with an error of ours, never True and never with another exception.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py_ecc import optimized_bn128 as bn128

from tests.prover.formats.key_material import (
    from_py_ecc,
    g1,
    g2,
    to_py_ecc,
    torsion_point,
    twist_point_outside_g2,
)
from tests.prover.groth16.conftest import Proven
from tests.prover.groth16.statements import no_public_values, one_constraint, sum_of_powers
from zkpipe.accel.bn254 import P, R
from zkpipe.ground.errors import RangeError, ZkpipeError
from zkpipe.prover import DEVELOPMENT, Proof, prove, setup, verify
from zkpipe.prover.errors import ProofError


class Sly(int):
    """An integer by type, another by its arithmetic."""


NOT_IN_RANGE: dict[str, Any] = {
    "r": R,
    "2^256 - 1": 2**256 - 1,
    "2^256": 2**256,
    "a huge one": 10**5000,
    "-1": -1,
    "-r": -R,
    "True": True,
    "False": False,
    "a float": 1.0,
    "infinity": math.inf,
    "no number": math.nan,
    "a text": "1",
    "bytes": b"1",
    "None": None,
    "a list": [1],
    "a fraction": Fraction(1),
    "a decimal": Decimal(1),
    "a complex number": 1 + 0j,
    "numpy's array": np.array([1]),
    "a class of its own out of range": Sly(R),
}


@pytest.mark.parametrize("position", [0, 1])
@pytest.mark.parametrize("name", NOT_IN_RANGE)
def test_a_public_value_not_in_its_one_form_is_refused(
    proven: Proven, name: str, position: int
) -> None:
    public: list[Any] = list(proven.public)
    public[position] = NOT_IN_RANGE[name]
    with pytest.raises(RangeError, match=f"Public value {position}"):
        verify(proven.verifying_key, proven.proof, public)


@pytest.mark.parametrize("position", [0, 1])
@pytest.mark.parametrize("times", [-1, 1, 2, 3, 4, 5])
def test_a_right_public_value_plus_multiples_of_r_is_refused(
    proven: Proven, times: int, position: int
) -> None:
    """P2: the pairing would take each of them."""
    public = list(proven.public)
    public[position] += times * R
    with pytest.raises(RangeError, match=f"Public value {position}"):
        verify(proven.verifying_key, proven.proof, public)


@pytest.mark.parametrize("value", [0, 1, R - 1])
def test_the_ends_of_the_range_are_taken(value: int) -> None:
    statement = one_constraint()
    root = {0: 0, 1: 1, R - 1: pow(5, (R - 1) // 4, R)}[value]  # a root of -1
    key = setup(statement.system, DEVELOPMENT)
    proof = prove(key, statement.witness_of([1, value, root]))
    assert verify(key.verifying_key, proof, [value])
    assert not verify(key.verifying_key, proof, [(value + 1) % R])


def test_a_wrong_number_of_public_values_is_refused(proven: Proven) -> None:
    """P3."""
    one, two = proven.public
    for public in ([], [one], [two], [one, two, 0], [one, two, two], [one, two] * 2, [0] * 1000):
        with pytest.raises(ProofError, match="public values were given; this key has 2"):
            verify(proven.verifying_key, proven.proof, public)


def test_zeros_at_the_end_may_not_be_left_out() -> None:
    """snarkjs takes [5] for [5, 0]."""
    statement = sum_of_powers(0, 0)
    zeros = statement.witness_of([1, 0, 0, 0, 0, 0, 0, 0, 0])
    key = setup(statement.system, DEVELOPMENT)
    proof = prove(key, zeros)
    assert verify(key.verifying_key, proof, [0, 0])
    for public in ([0], []):
        with pytest.raises(ProofError):
            verify(key.verifying_key, proof, public)


def test_a_statement_without_public_values_takes_none() -> None:
    statement = no_public_values()
    key = setup(statement.system, DEVELOPMENT)
    proof = prove(key, statement.witness)
    assert verify(key.verifying_key, proof, [])
    for public in ([0], [1], [0, 0]):
        with pytest.raises(ProofError):
            verify(key.verifying_key, proof, public)


def test_public_values_in_another_order_are_refused(proven: Proven) -> None:
    assert verify(proven.verifying_key, proven.proof, proven.public)
    assert verify(proven.verifying_key, proven.proof, tuple(proven.public))
    assert not verify(proven.verifying_key, proven.proof, proven.public[::-1])


@pytest.mark.parametrize("public", [[0, 0], [1, 1], [R - 1, R - 1], [2, 99]])
def test_other_public_values_are_refused(proven: Proven, public: list[int]) -> None:
    assert verify(proven.verifying_key, proven.proof, public) is False


INFINITY = (0, 0)
INFINITY_2 = ((0, 0), (0, 0))


def off_curve(point: tuple[int, int]) -> tuple[int, int]:
    return point[0], (point[1] + 1) % P


def bad_g1(point: tuple[int, int]) -> dict[str, Any]:
    x, y = point
    return {
        "infinity": INFINITY,
        "off the curve": (x, (y + 1) % P),
        "another x": ((x + 1) % P, y),
        "swapped": (y, x),
        "x + p": (x + P, y),
        "y + p": (x, y + P),
        "x - p": (x - P, y),
        "y - p": (x, y - P),
        "p for 0": (P, y),
        "2^256 more": (x + 2**256, y),
        "three coordinates": (x, y, 1),
        "one coordinate": (x,),
        "none": (),
        "a list": [x, y],
        "texts": (str(x), str(y)),
        "floats": (float(x), float(y)),
        "booleans": (True, True),
        "None": None,
        "a number": 5,
        "numpy's integers": (np.uint64(1), np.uint64(2)),
        "a point of G2": g2(3),
    }


def bad_g2(point: tuple[tuple[int, int], tuple[int, int]]) -> dict[str, Any]:
    (x0, x1), (y0, y1) = point
    torsion = from_py_ecc(bn128.add(to_py_ecc(point), to_py_ecc(torsion_point(5))))
    return {
        "infinity": INFINITY_2,
        "off the curve": ((x0, x1), (y0, (y1 + 1) % P)),
        "on the twist, outside the group": twist_point_outside_g2(1),
        "another outside the group": twist_point_outside_g2(77),
        "of the cofactor's order": torsion_point(5),
        "right but for a torsion point": torsion,
        "components swapped": ((x1, x0), (y1, y0)),
        "components of x swapped": ((x1, x0), (y0, y1)),
        "coordinates swapped": ((y0, y1), (x0, x1)),
        "conjugate": ((x0, P - x1), (y0, P - y1)),
        "x0 + p": ((x0 + P, x1), (y0, y1)),
        "x1 + p": ((x0, x1 + P), (y0, y1)),
        "y0 + p": ((x0, x1), (y0 + P, y1)),
        "y1 + p": ((x0, x1), (y0, y1 + P)),
        "y0 - p": ((x0, x1), (y0 - P, y1)),
        "flat": (x0, x1, y0, y1),
        "one coordinate": ((x0, x1),),
        "three coordinates": ((x0, x1), (y0, y1), (1, 0)),
        "lists": [[x0, x1], [y0, y1]],
        "texts": ((str(x0), str(x1)), (str(y0), str(y1))),
        "booleans": ((True, False), (True, False)),
        "None": None,
        "None within": ((x0, None), (y0, y1)),
        "a point of G1": g1(3),
    }


@pytest.mark.parametrize("name", bad_g1(g1(9)))
@pytest.mark.parametrize("which", ["a", "c"])
def test_no_proof_exists_with_a_bad_point_of_g1(proven: Proven, which: str, name: str) -> None:
    points = {"a": proven.proof.a, "b": proven.proof.b, "c": proven.proof.c}
    points[which] = bad_g1(points[which])[name]  # type: ignore[arg-type] # as it is meant to be
    with pytest.raises(ProofError, match=f"^{which.upper()} of the proof"):
        Proof(**points)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", bad_g2(g2(9)))
def test_no_proof_exists_with_a_bad_point_of_g2(proven: Proven, name: str) -> None:
    with pytest.raises(ProofError, match=r"^B of the proof"):
        Proof(proven.proof.a, bad_g2(proven.proof.b)[name], proven.proof.c)


def test_a_proof_of_infinities_does_not_exist() -> None:
    with pytest.raises(ProofError):
        Proof(INFINITY, INFINITY_2, INFINITY)


REPLACED = {
    "A": {"a": g1(12345)},
    "B": {"b": g2(12345)},
    "C": {"c": g1(12345)},
    "A by the generator": {"a": g1(1)},
    "B by the generator": {"b": g2(1)},
    "C by minus the generator": {"c": g1(-1)},
    "all by generators": {"a": g1(1), "b": g2(1), "c": g1(1)},
}


@pytest.mark.parametrize("name", REPLACED)
def test_a_proof_with_another_point_of_the_group_is_refused(proven: Proven, name: str) -> None:
    points: dict[str, Any] = {"a": proven.proof.a, "b": proven.proof.b, "c": proven.proof.c}
    other = Proof(**(points | REPLACED[name]))
    assert verify(proven.verifying_key, other, proven.public) is False


def test_a_proof_is_refused_under_every_other_key(proven: Proven) -> None:
    """P8: another setup of the circuit, and another circuit with as many public values."""
    again = setup(proven.statement.system, DEVELOPMENT).verifying_key
    assert verify(again, proven.proof, proven.public) is False
    changed = sum_of_powers().system
    changed.coefficients[0, 0] ^= np.uint64(4)
    other = setup(changed, DEVELOPMENT).verifying_key
    assert verify(other, proven.proof, proven.public) is False


def test_points_of_two_proofs_do_not_mix(proven: Proven) -> None:
    one, two = proven.proof, prove(proven.key, proven.statement.witness)
    for mixed in (
        Proof(one.a, one.b, two.c),
        Proof(one.a, two.b, one.c),
        Proof(two.a, one.b, one.c),
    ):
        assert verify(proven.verifying_key, mixed, proven.public) is False


@settings(max_examples=300, deadline=None, derandomize=True)
@given(part=st.integers(0, 9), bit=st.integers(0, 255), data=st.data())
def test_no_flipped_bit_is_taken(proven: Proven, part: int, bit: int, data: st.DataObject) -> None:
    """S2, a sample: any bit of the proof's eight coordinates and of the two public values."""
    p = proven.proof
    numbers = [*p.a, *p.b[0], *p.b[1], *p.c, *proven.public]
    numbers[part] ^= 1 << bit
    ax, ay, x0, x1, y0, y1, cx, cy, *public = numbers
    try:
        accepted = verify(
            proven.verifying_key, Proof((ax, ay), ((x0, x1), (y0, y1)), (cx, cy)), public
        )
    except ZkpipeError:
        return
    assert accepted is False


@settings(max_examples=60, deadline=None, derandomize=True)
@given(a=st.integers(1, R - 1), b=st.integers(1, R - 1), c=st.integers(1, R - 1))
def test_random_points_of_the_groups_are_no_proof(proven: Proven, a: int, b: int, c: int) -> None:
    assert verify(proven.verifying_key, Proof(g1(a), g2(b), g1(c)), proven.public) is False


NO_LISTS = {
    "None": None,
    "a number": 49,
    "an iterator": iter([49]),
    "a set": {49},
    "the keys of a dict": {49: 1},
    "a text": "1",
    "bytes": b"1",
    "a bytearray": bytearray(b"1"),
}
LISTS: dict[str, Callable[[int], Any]] = {
    "a tuple": lambda value: (value,),
    "a range": lambda value: range(value, value + 1),
    "numpy's array": lambda value: np.array([value]),
    "numpy's integer": lambda value: [np.uint64(value)],
    "a deque": lambda value: deque([value]),
    "a class of its own": lambda value: [Sly(value)],
}


@pytest.mark.parametrize("name", LISTS)
def test_values_count_whatever_list_holds_them(name: str) -> None:
    statement = one_constraint()  # its public value is 49
    key = setup(statement.system, DEVELOPMENT)
    proof = prove(key, statement.witness)
    assert verify(key.verifying_key, proof, LISTS[name](49)) is True
    assert verify(key.verifying_key, proof, LISTS[name](50)) is False


@pytest.mark.parametrize("name", NO_LISTS)
def test_what_is_no_list_of_values_is_refused_though_it_holds_the_right_ones(name: str) -> None:
    statement = one_constraint()  # its public value is 49, the code of "1"
    key = setup(statement.system, DEVELOPMENT)
    proof = prove(key, statement.witness)
    assert verify(key.verifying_key, proof, [49])
    with pytest.raises(RangeError, match="not as a list"):
        verify(key.verifying_key, proof, NO_LISTS[name])
