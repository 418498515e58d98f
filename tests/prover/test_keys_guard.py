"""Class P7: keys under which anyone could forge, or whose points are no points, are refused."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
import pytest
from py_ecc import optimized_bn128 as bn128

from tests.long_form import in_turn
from tests.prover.formats.key_material import (
    from_py_ecc,
    g1,
    g2,
    to_py_ecc,
    torsion_point,
    twist_point_outside_g2,
)
from zkpipe.accel.bn254 import BN254, P, R
from zkpipe.accel.curves.integers import g1_negative
from zkpipe.accel.fields.limbs import to_montgomery, words_from_ints
from zkpipe.accel.msm.fixed_base import FixedBase
from zkpipe.prover import Proof, verify
from zkpipe.prover.errors import InsecureKeyError
from zkpipe.prover.points import G1, G2, g1_from_words
from zkpipe.prover.proving_key import ProvingKey
from zkpipe.prover.verifying_key import VerifyingKey

VECTORS = Path(__file__).parents[1] / "vectors" / "formats"
ALPHA, BETA, GAMMA, DELTA = (pow(5, i, R) for i in (101, 211, 307, 401))


def over(numerator: int, denominator: int) -> int:
    return numerator * pow(denominator, -1, R) % R


IC = (g1(11**50), g1(11**60), g1(11**70))


class Points(TypedDict, total=False):
    alpha: G1
    beta: G2
    gamma: G2
    delta: G2
    ic: tuple[G1, ...]


def key(changed: Points) -> VerifyingKey:
    points: Points = {
        "alpha": g1(ALPHA),
        "beta": g2(BETA),
        "gamma": g2(GAMMA),
        "delta": g2(DELTA),
        "ic": IC,
    }
    points.update(changed)
    return VerifyingKey(**points, development=False)


BAD: dict[str, tuple[Points, str]] = {
    "gamma = delta": ({"delta": g2(GAMMA)}, "delta equals gamma: anyone can forge"),
    "gamma = -delta": ({"delta": g2(-GAMMA)}, "delta = -gamma: anyone can forge"),
    "delta = generator": ({"delta": g2(1)}, "delta = G, where G is the generator of G2"),
    "delta = -generator": ({"delta": g2(-1)}, "delta = -G, where G is the generator of G2"),
    "delta = 2^16 gamma": ({"delta": g2(2**16 * GAMMA)}, "delta = 65536 gamma: anyone can forge"),
    "delta = -2^16 gamma": ({"delta": g2(-(2**16) * GAMMA)}, "delta = -65536 gamma: anyone"),
    "2^16 delta = gamma": ({"gamma": g2(2**16 * DELTA)}, "65536 delta = gamma: anyone can forge"),
    "3 delta = 2^16 gamma": (
        {"delta": g2(2**16 * over(GAMMA, 3))},
        "3 delta = 65536 gamma: anyone can forge",
    ),
    "513 delta = 512 beta": ({"delta": g2(512 * over(BETA, 513))}, "513 delta = 512 beta: anyone"),
    "gamma = delta = generator": ({"gamma": g2(1), "delta": g2(1)}, "equals gamma"),
    "gamma = -generator": ({"gamma": g2(-1)}, "gamma = -G, where G is the generator of G2"),
    "gamma = 2 generator": ({"gamma": g2(2)}, "gamma = 2 G, where G is the generator of G2"),
    "alpha = generator": ({"alpha": g1(1)}, "alpha = G, where G is the generator of G1"),
    "alpha = -generator": ({"alpha": g1(-1)}, "alpha = -G, where G is the generator"),
    "alpha = 500 generator": ({"alpha": g1(500)}, "alpha = 500 G, where G is the generator"),
    "alpha = generator / 3": ({"alpha": g1(over(1, 3))}, "3 alpha = G, where G is the generator"),
    "beta = generator": ({"beta": g2(1)}, "beta = G, where G is the generator of G2"),
    "beta = -generator": ({"beta": g2(-1)}, "beta = -G, where G is the generator of G2"),
    "beta = 2^16 generator": (
        {"beta": g2(2**16)},
        "beta = 65536 G, where G is the generator of G2",
    ),
    "alpha = IC[0]": ({"alpha": IC[0]}, r"IC\[0\] = alpha"),
    "IC[1] = 4 generator": ({"ic": (IC[0], g1(4), IC[2])}, r"IC\[1\] = 4 G"),
    "alpha infinity": ({"alpha": (0, 0)}, "alpha of the verifying key is infinity"),
    "beta infinity": ({"beta": ((0, 0), (0, 0))}, "beta of the verifying key is infinity"),
    "gamma infinity": ({"gamma": ((0, 0), (0, 0))}, "gamma of the verifying key is infinity"),
    "delta infinity": ({"delta": ((0, 0), (0, 0))}, "delta of the verifying key is infinity"),
    "alpha off the curve": ({"alpha": (1, 3)}, "alpha of the verifying key is not a point"),
    "beta off the curve": ({"beta": ((1, 0), (2, 0))}, "beta of the verifying key is not a point"),
    "alpha above p": ({"alpha": (g1(3)[0] + P, g1(3)[1])}, "alpha of the verifying key is no"),
    "beta outside G2": ({"beta": twist_point_outside_g2(1)}, "beta of .* not in the group"),
    "gamma outside G2": ({"gamma": twist_point_outside_g2(2)}, "gamma of .* not in the group"),
    "delta outside G2": ({"delta": torsion_point(3)}, "delta of .* not in the group"),
    "no IC": ({"ic": ()}, "no IC entries"),
    "IC[1] infinity": ({"ic": (IC[0], (0, 0), IC[2])}, r"IC\[1\] of .* infinity"),
    "IC[2] off the curve": ({"ic": (*IC[:2], (5, 5))}, r"IC\[2\] of .* not a point"),
    "IC[0] = IC[2]": ({"ic": (IC[0], IC[1], IC[0])}, r"IC\[2\] = IC\[0\]: a proof for some"),
    "IC[1] = -IC[2]": ({"ic": (*IC[:2], g1(-(11**60)))}, r"IC\[2\] = -IC\[1\]: a proof for some"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_key_is_refused(name: str) -> None:
    changed, sentence = BAD[name]
    with pytest.raises(InsecureKeyError, match=sentence) as caught:
        key(changed)
    assert caught.value.fix.endswith(".")


def test_a_key_with_unrelated_points_passes() -> None:
    assert key({}).public_count == 2
    assert key({"gamma": g2(1)}).public_count == 2  # snarkjs' gamma is the generator
    assert key({"ic": IC[:1]}).public_count == 0


def test_keys_that_snarkjs_made_with_a_contribution_pass() -> None:
    verifying = VerifyingKey.load(VECTORS / "verification_key.json")
    assert ProvingKey.load(VECTORS / "bits.zkey").verifying_key == verifying
    assert not verifying.development


@pytest.mark.parametrize(
    ("load", "name"),
    [(ProvingKey.load, "uncontributed.zkey"), (VerifyingKey.load, "uncontributed.json")],
)
def test_a_key_that_snarkjs_made_without_a_contribution_is_refused(
    load: Callable[[Path], object], name: str
) -> None:
    with pytest.raises(InsecureKeyError, match="anyone can forge") as caught:
        load(VECTORS / name)
    assert "contribute" in caught.value.fix


# --- what can be forged without the guard: from the points of the key alone, and small numbers


def unguarded(monkeypatch: pytest.MonkeyPatch, changed: Points) -> VerifyingKey:
    with monkeypatch.context() as off:
        off.setattr("zkpipe.prover.verifying_key.check_key_points", lambda *_: None)
        return key(changed)


def bound(verifying: VerifyingKey, public: list[int]) -> Any:
    """IC(public), by py_ecc."""
    total = to_py_ecc(verifying.ic[0])
    for point, value in zip(verifying.ic[1:], public, strict=True):
        total = bn128.add(total, bn128.multiply(to_py_ecc(point), value % R))
    return total


def times(point: Any, scalar: int) -> Any:
    return bn128.multiply(point, scalar % R)


def proof_of(a: Any, b: Any, c: Any) -> Proof:
    (ax, ay), (cx, cy) = bn128.normalize(a), bn128.normalize(c)
    return Proof((int(ax), int(ay)), from_py_ecc(b), (int(cx), int(cy)))


def forged(verifying: VerifyingKey, relation: tuple[int, int, int], public: list[int]) -> Proof:
    """A proof of any values under a key with a beta + b gamma + c delta = 0."""
    a, b, c = relation
    s, alpha = bound(verifying, public), to_py_ecc(verifying.alpha)
    beta, gamma = to_py_ecc(verifying.beta), to_py_ecc(verifying.gamma)
    if c == 0:  # beta = k gamma
        both = bn128.add(times(alpha, over(-b, a)), s)
        return proof_of(both, bn128.add(gamma, to_py_ecc(verifying.delta)), both)
    if b == 0:  # delta = k beta
        return proof_of(s, gamma, times(alpha, over(c, a)))
    chosen = times(s, over(c, b))
    return proof_of(bn128.add(alpha, times(chosen, over(-a, c))), beta, chosen)


RELATIONS = [  # of beta, gamma, delta
    (0, 1, -1),
    (0, 1, 1),
    (0, 1, -2),
    (0, 2, 1),
    (0, 3, -2),
    (0, -1, 2**16),
    (0, 2**16, -1),
    (0, 512, 513),
    (1, 0, -1),
    (1, 0, 1),
    (5, 0, -7),
    (2**16, 0, 1),
    (1, -1, 0),
    (1, 1, 0),
    (3, -1, 0),
    (1, 1, -1),
    (1, -1, 1),
    (1, 1, 2),
    (64, -63, 61),
    (-9, 4, 1),
]


@pytest.mark.parametrize(
    ("relation", "gamma_is_generator"), in_turn(RELATIONS, [True, False]), ids=str
)
def test_any_small_relation_of_beta_gamma_delta_forges_and_is_refused(
    relation: tuple[int, int, int], gamma_is_generator: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b, c = relation
    gamma = 1 if gamma_is_generator else GAMMA
    changed: Points = {"gamma": g2(gamma)}
    if c:
        changed["delta"] = g2(over(-(a * BETA + b * gamma), c))
    else:
        changed["beta"] = g2(over(-b * gamma, a))
    public = [123, R - 456]
    weak = unguarded(monkeypatch, changed)
    assert verify(weak, forged(weak, relation, public), public)
    assert not verify(weak, forged(weak, relation, public), [123, 457])
    sound = key({"gamma": g2(gamma)})
    assert not verify(sound, forged(sound, relation, public), public)
    with pytest.raises(InsecureKeyError, match="anyone can forge") as caught:
        key(changed)
    assert caught.value.fix.endswith(".")


@pytest.mark.parametrize("power", range(1, 6))
@pytest.mark.parametrize("factor", [1, -3])
def test_images_under_the_endomorphism_are_known_multiples_too(
    power: int, factor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ratio = factor * pow(P, power, R)
    changed: Points = {"delta": g2(ratio * GAMMA)}
    weak = unguarded(monkeypatch, changed)
    assert verify(weak, forged(weak, (0, ratio, -1), [5, 6]), [5, 6])
    with pytest.raises(InsecureKeyError, match=r"psi\^.*: anyone can forge"):
        key(changed)
    with pytest.raises(InsecureKeyError, match=r"psi\^"):
        key({"delta": g2(ratio * BETA)})


def test_images_of_points_of_g1_are_known_multiples_too() -> None:
    root = next(pow(x, (R - 1) // 3, R) for x in range(2, 9) if pow(x, (R - 1) // 3, R) != 1)
    with pytest.raises(InsecureKeyError, match="lambda"):
        key({"ic": (IC[0], IC[1], g1(root * 11**60))})
    with pytest.raises(InsecureKeyError, match="lambda"):
        key({"alpha": g1(-root)})


# values that can be traded: IC of the key by its secrets, and by how much a value may change
TRADES = {
    "IC[2] = IC[1]": ((11**50, 11**60, 11**60), (1, -1)),
    "IC[2] = -IC[1]": ((11**50, 11**60, -(11**60)), (1, 1)),
    "IC[2] = 3 IC[1]": ((11**50, 11**60, 3 * 11**60), (3, -1)),
    "7 IC[2] = -500 IC[1]": ((11**50, 11**60, over(-500 * 11**60, 7)), (500, 7)),
}


@pytest.mark.parametrize("name", TRADES)
def test_related_entries_of_ic_let_values_be_traded_and_are_refused(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ic, step = TRADES[name]
    changed: Points = {"ic": tuple(g1(k) for k in ic)}
    weak = unguarded(monkeypatch, changed)
    x, y, a, b = 1000, 2000, 17**40, 19**40
    c = over(a * b - ALPHA * BETA - (ic[0] + x * ic[1] + y * ic[2]) * GAMMA, DELTA)
    right = Proof(g1(a), g2(b), g1(c))  # by whoever knows the key's secrets: a right proof
    assert verify(weak, right, [x, y])
    assert verify(weak, right, [x + step[0], y + step[1]])  # and nobody made this one
    with pytest.raises(InsecureKeyError, match="a proof for some public values holds for others"):
        key(changed)


@pytest.mark.parametrize("value", [1, -1, 2, 40])
def test_a_value_that_takes_ic_away_needs_no_witness_and_is_refused(
    value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """IC[0] = -x IC[1]: for x, e(IC(public), gamma) is 1, and alpha, beta are the rest."""
    changed: Points = {"ic": (g1(-value * 11**60), IC[1])}
    weak = unguarded(monkeypatch, changed)
    alpha, beta, delta = (to_py_ecc(p) for p in (weak.alpha, weak.beta, weak.delta))
    blinded = proof_of(alpha, bn128.add(beta, times(delta, 9)), times(alpha, 9))
    assert verify(weak, blinded, [value % R])
    with pytest.raises(InsecureKeyError, match=r"IC\[1\]"):
        key(changed)


def test_alpha_among_the_entries_of_ic_forges_and_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """alpha = 5 (IC[0] + 2 IC[1]): for the value 2, A = IC(public), B = 5 beta + gamma + delta."""
    changed: Points = {"ic": IC[:2], "alpha": g1(5 * (11**50 + 2 * 11**60))}
    weak = unguarded(monkeypatch, changed)
    s = bound(weak, [2])
    b = bn128.add(times(to_py_ecc(weak.beta), 5), to_py_ecc(weak.gamma))
    assert verify(weak, proof_of(s, bn128.add(b, to_py_ecc(weak.delta)), s), [2])
    with pytest.raises(InsecureKeyError, match="alpha"):
        key(changed)


def test_sums_of_entries_of_ic_are_refused() -> None:
    with pytest.raises(InsecureKeyError, match=r"IC\[2\] = IC\[1\] - IC\[0\]: a proof"):
        key({"ic": (IC[0], IC[1], g1(11**60 - 11**50))})


# --- keys that are right


@pytest.mark.parametrize("count", [0, 1, 2, 20, 150, 700])
def test_keys_of_any_number_of_values_pass(count: int) -> None:
    base = FixedBase(to_montgomery(g1(1), P).reshape(8), count)
    drawn = base.multiples(
        words_from_ints(pow(3, 10**30 * (i + 1) ** 9, R) for i in range(count + 1))
    )
    ic = tuple(g1_from_words(words, BN254) for words in drawn)
    for gamma in (1, GAMMA):
        assert key({"ic": ic, "gamma": g2(gamma)}).public_count == count
    if count > 1:
        with pytest.raises(InsecureKeyError, match=r"holds for others"):
            key({"ic": (*ic[:-1], g1_negative(ic[1]))})


def test_entries_in_a_list_cannot_be_changed_afterwards() -> None:
    entries = list(IC)
    made = VerifyingKey(g1(ALPHA), g2(BETA), g2(GAMMA), g2(DELTA), entries, False)  # type: ignore[arg-type]
    entries[2] = entries[1]
    assert made.ic == IC


@pytest.mark.parametrize("mark", [None, 0, "", "yes"])
def test_the_mark_is_true_or_false(mark: object) -> None:
    with pytest.raises(InsecureKeyError, match="mark"):
        replace(key({}), development=mark)


def test_copies_and_unpickled_keys_are_checked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    good = key({})
    assert pickle.loads(pickle.dumps(good)) == copy.deepcopy(good) == copy.copy(good) == good  # noqa: S301 - our own
    weak = unguarded(monkeypatch, {"delta": g2(GAMMA)})
    stored = pickle.dumps(weak)
    for again in (lambda: pickle.loads(stored), lambda: copy.copy(weak)):  # noqa: S301 - our own
        with pytest.raises(InsecureKeyError, match="equals gamma"):
            again()


@pytest.mark.parametrize("name", ["alpha", "beta", "gamma", "delta", "ic"])
@pytest.mark.parametrize(
    "points",
    [
        *(None, 5, "ab", {}, len, [None], (np.array([1, 2]), 1)),
        *(np.int64(3), np.array(5), np.array([1, 2]), np.array([(1, 2)], object)),
        *(((0, (0, 0)), 0), ((0, 0), (0, 1))),
    ],
    ids=repr,
)
def test_what_is_no_point_is_refused_whatever_it_is(name: str, points: Any) -> None:
    with pytest.raises(InsecureKeyError):
        replace(key({}), **{name: points})


@pytest.mark.parametrize("count", [40, 63, 64, 170])
def test_sums_of_many_entries_of_ic_are_refused(count: int) -> None:
    """As many as a contract can have: one value is the sum of two others, or of alpha."""
    scalars = [pow(3, 10**30 * (i + 1) ** 9, R) for i in range(count + 1)]
    base = FixedBase(to_montgomery(g1(1), P).reshape(8), count)
    for last in (scalars[1] + scalars[7], scalars[0] - scalars[2], ALPHA - scalars[1]):
        words = base.multiples(words_from_ints([*scalars[:-1], last % R]))
        with pytest.raises(InsecureKeyError, match=rf"IC\[{count}\] = "):
            key({"ic": tuple(g1_from_words(point, BN254) for point in words)})
