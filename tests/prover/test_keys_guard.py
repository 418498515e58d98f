"""Class P7: keys under which anyone could forge, or whose points are no points, are refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypedDict

import pytest
from py_ecc import optimized_bn128 as bn128

from accel.bn254 import P, R
from prover.errors import InsecureKeyError
from prover.keys import ProvingKey, VerifyingKey
from prover.points import G1, G2
from tests.prover.formats.key_material import (
    g1,
    g2,
    to_py_ecc,
    torsion_point,
    twist_point_outside_g2,
)

VECTORS = Path(__file__).parents[1] / "vectors" / "formats"
ALPHA, BETA, GAMMA, DELTA = (pow(5, i, R) for i in (101, 211, 307, 401))
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
    "gamma = -delta": ({"delta": g2(-GAMMA)}, "negative of gamma: anyone can forge"),
    "delta = generator": ({"delta": g2(1)}, "multiple of the generator of G2: anyone can forge"),
    "delta = -generator": ({"delta": g2(-1)}, "multiple of the generator of G2: anyone"),
    "delta = 2 gamma": ({"delta": g2(2 * GAMMA)}, "multiple of gamma: anyone can forge"),
    "delta = -3 gamma": ({"delta": g2(-3 * GAMMA)}, "multiple of gamma: anyone can forge"),
    "delta = 2^16 gamma": ({"delta": g2(2**16 * GAMMA)}, "multiple of gamma: anyone can forge"),
    "delta = -2^16 gamma": ({"delta": g2(-(2**16) * GAMMA)}, "multiple of gamma: anyone"),
    "gamma = delta = generator": ({"gamma": g2(1), "delta": g2(1)}, "equals gamma"),
    "alpha = generator": ({"alpha": g1(1)}, "alpha is the generator"),
    "alpha = -generator": ({"alpha": g1(-1)}, "alpha is the generator"),
    "beta = generator": ({"beta": g2(1)}, "beta is the generator"),
    "beta = -generator": ({"beta": g2(-1)}, "beta is the generator"),
    "alpha infinity": ({"alpha": (0, 0)}, "alpha of the verifying key is infinity"),
    "beta infinity": ({"beta": ((0, 0), (0, 0))}, "beta of the verifying key is infinity"),
    "gamma infinity": ({"gamma": ((0, 0), (0, 0))}, "gamma of the verifying key is infinity"),
    "delta infinity": ({"delta": ((0, 0), (0, 0))}, "delta of the verifying key is infinity"),
    "alpha off the curve": ({"alpha": (1, 3)}, "alpha of the verifying key is no point"),
    "beta off the curve": ({"beta": ((1, 0), (2, 0))}, "beta of the verifying key is no point"),
    "alpha above p": ({"alpha": (g1(3)[0] + P, g1(3)[1])}, "alpha of the verifying key is no"),
    "beta outside G2": ({"beta": twist_point_outside_g2(1)}, "beta of .* not in the group"),
    "gamma outside G2": ({"gamma": twist_point_outside_g2(2)}, "gamma of .* not in the group"),
    "delta outside G2": ({"delta": torsion_point(3)}, "delta of .* not in the group"),
    "no IC": ({"ic": ()}, "no IC entries"),
    "IC[1] infinity": ({"ic": (IC[0], (0, 0), IC[2])}, r"IC\[1\] of .* infinity"),
    "IC[2] off the curve": ({"ic": (*IC[:2], (5, 5))}, r"IC\[2\] of .* no point"),
    "IC[0] = IC[2]": ({"ic": (IC[0], IC[1], IC[0])}, r"IC\[0\] and IC\[2\]"),
    "IC[1] = -IC[2]": ({"ic": (*IC[:2], g1(-(11**60)))}, r"IC\[1\] and IC\[2\]"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_key_is_refused(name: str) -> None:
    changed, sentence = BAD[name]
    with pytest.raises(InsecureKeyError, match=sentence) as caught:
        key(changed)
    assert caught.value.mend.endswith(".")


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
    assert "contribute" in caught.value.mend


def forged_proof_verifies(verifying: VerifyingKey, public: list[int]) -> bool:
    """Does A = alpha, B = beta, C = -IC(public) satisfy Groth16's equation? By py_ecc."""
    total = to_py_ecc(verifying.ic[0])
    for point, value in zip(verifying.ic[1:], public, strict=True):
        total = bn128.add(total, bn128.multiply(to_py_ecc(point), value))
    forged = bn128.neg(total)
    alpha, beta = to_py_ecc(verifying.alpha), to_py_ecc(verifying.beta)
    gamma, delta = to_py_ecc(verifying.gamma), to_py_ecc(verifying.delta)
    left = bn128.pairing(beta, alpha)
    right = bn128.pairing(beta, alpha)
    right = right * bn128.pairing(gamma, total) * bn128.pairing(delta, forged)
    return bool(left == right)


def test_without_the_guard_a_forged_proof_verifies_and_with_it_no_such_key_exists(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    good = VerifyingKey.load(VECTORS / "verification_key.json")
    assert not forged_proof_verifies(good, [123, 456])
    with monkeypatch.context() as off:
        off.setattr("prover.keys.check_key_points", lambda *_: None)
        bad = VerifyingKey.load(VECTORS / "uncontributed.json")
        assert forged_proof_verifies(bad, [123, 456])
    with pytest.raises(InsecureKeyError):
        replace(bad)
