"""Signatures that circomlibjs made, and forgeries, some of which it takes."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.accel.edge_values import generator
from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.accel.curves import baby_jubjub as plain
from zkpipe.accel.curves.baby_jubjub import GENERATOR, L
from zkpipe.circuits import (
    Bool,
    CompileError,
    Field,
    InputError,
    Point,
    Private,
    Public,
    UInt,
    UnsatisfiedError,
    Witness,
    circuit,
)
from zkpipe.circuits.gadgets import Signature, eddsa_verify, poseidon
from zkpipe.circuits.solve.many import solve_many

CASES = json.loads(
    (Path(__file__).parents[3] / "vectors" / "circomlib" / "eddsa_poseidon.json").read_text()
)
TORSION = [Point(*plain.multiply(GENERATOR, L * k)) for k in range(1, 9)]


@circuit
def signed(key: Public[Point], signature: Private[Signature], m: Public[Field]) -> Public[Bool]:
    return eddsa_verify(key, signature, m)


SYSTEM = signed.trace()


def scalars(case: dict[str, Any]) -> list[int]:
    return [int(x) for x in (*case["pub"], *case["R8"], case["S"], case["msg"])]


def sign(secret: int, nonce: int, m: int) -> tuple[Point, Signature]:
    key, r = Point.BASE * secret, Point.BASE * nonce
    challenge = poseidon([r.x, r.y, key.x, key.y, m])
    return key, Signature(r, (nonce + 8 * challenge * secret) % L)


def test_the_analysis_proves_it() -> None:
    assert signed.compile().constraint_count == SYSTEM.constraint_count == 2972


def test_the_vectors_of_circomlibjs() -> None:
    """132: what it signed holds; what was changed does not, low order included, which it takes."""
    outcomes = solve_many(SYSTEM, [scalars(case) for case in CASES])
    found: Counter[tuple[str, str]] = Counter()
    for case, outcome in zip(CASES, outcomes, strict=True):
        said = str(outcome.public[0]) if isinstance(outcome, Witness) else "no witness"
        assert (said == "1") is case["expected"], case["case"]
        found[case["case"], said] += 1
    assert len(found) == 11
    refused = {case for case, said in found if said == "no witness"}
    assert refused == {"S+subOrder (malleable)", "R8 off-curve", "A off-curve"}
    assert [case["circomlibjs"] for case in CASES if "identity" in case["case"]] == [True] * 12


@pytest.mark.parametrize("number", range(0, len(CASES), 5))
def test_integers_are_verified_alike(number: int) -> None:
    case = CASES[number]
    x, y, r_x, r_y, s, m = scalars(case)
    try:
        holds = eddsa_verify(Point(x, y), Signature(Point(r_x, r_y), s), m)
    except InputError:  # no points, or no signature
        holds = False
    assert holds is case["expected"]


def test_random_keys_and_messages() -> None:
    draw = generator(11)
    rows, want = [], []
    for _ in range(10_000 if IS_LONG else 60):
        m = draw.randrange(R)
        key, made = sign(draw.randrange(1, L), draw.randrange(L), m)
        wrong = draw.choice([0, 0, 1, 2])
        row = [
            key.x,
            key.y,
            made.r.x,
            made.r.y,
            (made.s + (wrong == 1)) % L,
            (m + (wrong == 2)) % R,
        ]
        rows.append(row)
        want.append(int(wrong == 0))
    found = [w for i in range(0, len(rows), 500) for w in solve_many(SYSTEM, rows[i : i + 500])]
    assert [w.public[0] for w in found if isinstance(w, Witness)] == want


@pytest.mark.parametrize("key", TORSION, ids=range(1, 9))
def test_keys_of_low_order_have_no_signature(key: Point) -> None:
    """With 8 A the identity, s B = R holds for any message."""
    forged = Signature(Point.BASE * 77, 77)
    assert eddsa_verify(key, forged, 5) is False
    (outcome,) = solve_many(SYSTEM, [[key.x, key.y, forged.r.x, forged.r.y, 77, 5]])
    assert isinstance(outcome, Witness)
    assert outcome.public[0] == 0


def test_a_signature_without_a_nonce_is_none() -> None:
    key, made = sign(9, 0, 5)
    assert made.r == Point.IDENTITY
    assert eddsa_verify(key, made, 5) is False
    assert signed(key, made, 5) == 0


def test_a_second_signature_of_a_first_is_refused() -> None:
    key, made = sign(5, 6, 7)
    assert eddsa_verify(key, made, 7) is True
    x, y = key.x, key.y
    given = {"key": key, "m": 7}
    assert signed(**given, signature=made) == 1
    for wrong in (L, made.s + L, -1, 1.5):
        with pytest.raises(InputError, match="Signature"):
            Signature(made.r, wrong)
    small = next(s for s in (sign(5, n, 7)[1] for n in range(1, 400)) if s.s + L < 1 << 251)
    with pytest.raises(InputError, match="`signature` has an s that is not below the order"):
        signed(**given, signature={"r": small.r, "s": small.s + L})
    (outcome,) = solve_many(SYSTEM, [[x, y, small.r.x, small.r.y, small.s + L, 7]])
    assert isinstance(outcome, UnsatisfiedError)
    assert "not below the order of the subgroup" in str(outcome)


@pytest.mark.parametrize(
    ("key", "given"),
    [
        (5, Signature(Point.BASE, 1)),
        (Point.BASE, (Point.BASE, 1)),
        (Point.BASE, Point.BASE),
        (None, None),
    ],
)
def test_other_things_are_refused(key: Any, given: Any) -> None:
    with pytest.raises(InputError, match="eddsa_verify"):
        eddsa_verify(key, given, 1)

    @circuit
    def wrong(m: Private[Field]) -> Public[Bool]:
        return eddsa_verify(key, given, m)

    with pytest.raises(CompileError):
        wrong.compile()


def test_a_signature_of_a_circuits_values_is_checked() -> None:
    @circuit
    def made(
        key: Public[Point], r: Private[Point], s: Private[UInt[252]], m: Public[Field]
    ) -> Public[Bool]:
        return eddsa_verify(key, Signature(r, s), m)

    key, good = sign(5, 6, 7)
    assert made(key, good.r, good.s, 7) == 1
    with pytest.raises(UnsatisfiedError, match=r"not below the order of the subgroup|does not fit"):
        made(key, good.r, good.s + L, 7)
