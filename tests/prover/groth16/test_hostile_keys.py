"""Class P7: forging works when the guard is bypassed, and the guard refuses every such key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from py_ecc import optimized_bn128 as bn128

from tests.long_form import in_turn
from tests.oracles.qap import Waste
from tests.prover.formats.key_material import from_py_ecc, g2, to_py_ecc, torsion_point
from tests.prover.groth16.conftest import Proven
from tests.prover.groth16.statements import Statement, sum_of_powers
from zkpipe.accel.bn254 import BN254, R
from zkpipe.prover import DEVELOPMENT, Proof, ProvingKey, VerifyingKey, setup, verify
from zkpipe.prover.errors import InsecureKeyError
from zkpipe.prover.points import g1_from_words, g2_from_words, g2_words


def unguarded(key: VerifyingKey, **changed: Any) -> VerifyingKey:
    """The key with points replaced, made without its checks."""
    made = object.__new__(VerifyingKey)
    for name in ("alpha", "beta", "gamma", "delta", "ic", "development"):
        object.__setattr__(made, name, changed.get(name, getattr(key, name)))
    return made


def guarded(key: VerifyingKey) -> VerifyingKey:
    """The same key through its checks."""
    return VerifyingKey(key.alpha, key.beta, key.gamma, key.delta, key.ic, key.development)


def forged(key: VerifyingKey, ratio: int, public: list[int]) -> Proof:
    """A proof of any values from the key alone, for delta = ratio * gamma.

    A = alpha, B = beta, C = -(1 / ratio) IC(public): e(C, delta) takes back e(IC(public), gamma).
    """
    bound = to_py_ecc(key.ic[0])
    for value, point in zip(public, key.ic[1:], strict=True):
        bound = bn128.add(bound, bn128.multiply(to_py_ecc(point), value))
    c = bn128.normalize(bn128.multiply(bn128.neg(bound), pow(ratio, -1, R)))
    return Proof(key.alpha, key.beta, (int(c[0]), int(c[1])))


RATIOS = {
    "delta = gamma": 1,
    "delta = -gamma": -1,
    "delta = 2 gamma": 2,
    "delta = -1000 gamma": -1000,
    "delta = 2^16 gamma": 2**16,
    "delta = -2^16 gamma": -(2**16),
}


@pytest.mark.parametrize("name", RATIOS)
def test_a_forgery_works_without_the_guard_and_the_guard_refuses_the_key(
    proven: Proven, name: str
) -> None:
    ratio, sound = RATIOS[name], proven.verifying_key
    delta = from_py_ecc(bn128.multiply(to_py_ecc(sound.gamma), ratio % R))
    weak = unguarded(sound, delta=delta)
    for public in ([1, 2], [0, 0], [R - 1, 1]):
        assert verify(weak, forged(weak, ratio, public), public) is True
        assert verify(sound, forged(sound, ratio, public), public) is False
    with pytest.raises(InsecureKeyError, match="anyone can forge"):
        guarded(weak)


@pytest.mark.parametrize(("name", "way"), in_turn(list(RATIOS), ["zkey", "json", "arrays"]))
def test_neither_a_zkey_nor_json_brings_such_a_key_in(
    proven: Proven, name: str, way: str, tmp_path: Path
) -> None:
    delta = from_py_ecc(bn128.multiply(to_py_ecc(proven.verifying_key.gamma), RATIOS[name] % R))
    weak = with_arrays(proven.key, delta_g2=g2_words(delta, BN254))
    weak.save(tmp_path / "weak.zkey")
    unguarded(proven.verifying_key, delta=delta).save(tmp_path / "weak.json")
    ways = {
        "zkey": lambda: ProvingKey.load(tmp_path / "weak.zkey"),
        "json": lambda: VerifyingKey.load(tmp_path / "weak.json"),
        "arrays": lambda: weak.verifying_key,
    }
    with pytest.raises(InsecureKeyError, match="anyone can forge"):
        ways[way]()


def with_arrays(key: ProvingKey, **changed: Any) -> ProvingKey:
    names = ProvingKey.__dataclass_fields__
    return ProvingKey(**{name: changed.get(name, getattr(key, name)) for name in names})


@dataclass(frozen=True)
class Chosen:
    waste: Waste
    says: str


CHOSEN = {
    "delta = 1": Chosen(Waste(delta=1), "equals gamma"),
    "delta = -1": Chosen(Waste(delta=R - 1), "delta = -gamma"),
    "delta = 12": Chosen(Waste(delta=12), "delta = 12 gamma"),
    "alpha = 1": Chosen(Waste(alpha=1), "alpha = G, where G is the generator of G1"),
    "beta = 1": Chosen(Waste(beta=1), "gamma = beta: anyone can forge"),
    "alpha = -1": Chosen(Waste(alpha=R - 1), "alpha = -G"),
}


@pytest.mark.parametrize("name", CHOSEN)
def test_a_setup_whose_secrets_come_out_guessable_makes_no_verifying_key(
    name: str, setup_with: Callable[[Statement, Waste], ProvingKey]
) -> None:
    key = setup_with(sum_of_powers(), CHOSEN[name].waste)
    with pytest.raises(InsecureKeyError, match=CHOSEN[name].says):
        _ = key.verifying_key


@pytest.mark.parametrize("factor", [1, -1, 5])
def test_a_relation_across_the_groups_forges_and_is_refused(
    factor: int, setup_with: Callable[[Statement, Waste], ProvingKey]
) -> None:
    """alpha = k delta: C = -k beta in G1 takes e(alpha, beta) away; S and gamma are the rest."""
    waste = Waste()
    key = setup_with(sum_of_powers(), Waste(alpha=factor * waste.delta % R))
    parts = (key.alpha_g1, key.beta_g2, key.gamma_g2, key.delta_g2)
    weak = VerifyingKey(
        g1_from_words(parts[0], BN254),
        *(g2_from_words(words, BN254) for words in parts[1:]),
        tuple(g1_from_words(words, BN254) for words in key.ic),
        True,
    )
    s = to_py_ecc(weak.ic[0])
    for value, point in zip((12, 34), weak.ic[1:], strict=True):
        s = bn128.add(s, bn128.multiply(to_py_ecc(point), value))
    c = bn128.multiply(to_py_ecc(g1_from_words(key.beta_g1, BN254)), -factor % R)
    (ax, ay), (cx, cy) = bn128.normalize(s), bn128.normalize(c)
    forged = Proof((int(ax), int(ay)), weak.gamma, (int(cx), int(cy)))
    assert verify(weak, forged, [12, 34])
    with pytest.raises(InsecureKeyError, match="alpha"):
        _ = key.verifying_key


NOWHERE = ((0, 0), (0, 0))
BAD: dict[str, Callable[[VerifyingKey], dict[str, Any]]] = {
    "alpha infinity": lambda _: {"alpha": (0, 0)},
    "beta infinity": lambda _: {"beta": NOWHERE},
    "gamma infinity": lambda _: {"gamma": NOWHERE},
    "delta infinity": lambda _: {"delta": NOWHERE},
    "IC[0] infinity": lambda key: {"ic": ((0, 0), *key.ic[1:])},
    "IC[2] infinity": lambda key: {"ic": (*key.ic[:2], (0, 0))},
    "no IC": lambda _: {"ic": ()},
    "IC twice the same": lambda key: {"ic": (key.ic[0], key.ic[1], key.ic[1])},
    "beta outside the group": lambda _: {"beta": torsion_point(9)},
    "gamma = generator = delta": lambda _: {"gamma": g2(1), "delta": g2(1)},
    "alpha None": lambda _: {"alpha": None},
    "beta a point of G1": lambda key: {"beta": key.alpha},
    "alpha a point of G2": lambda key: {"alpha": key.beta},
    "alpha of texts": lambda key: {"alpha": tuple(map(str, key.alpha))},
}


@pytest.mark.parametrize("name", BAD)
def test_no_verifying_key_exists_with_bad_points(proven: Proven, name: str) -> None:
    with pytest.raises(InsecureKeyError):
        guarded(unguarded(proven.verifying_key, **BAD[name](proven.verifying_key)))


def test_a_key_with_an_ic_more_or_less_refuses_the_proof(proven: Proven) -> None:
    key = proven.verifying_key
    more = guarded(unguarded(key, ic=(*key.ic, bn_g1(7**70))))
    less = guarded(unguarded(key, ic=key.ic[:2]))
    assert verify(more, proven.proof, [*proven.public, 1]) is False
    assert verify(less, proven.proof, proven.public[:1]) is False


def bn_g1(scalar: int) -> tuple[int, int]:
    x, y = bn128.normalize(bn128.multiply(bn128.G1, scalar % R))
    return int(x), int(y)


def test_what_a_setup_makes_passes_the_guard_each_time() -> None:
    keys = [setup(sum_of_powers().system, DEVELOPMENT).verifying_key for _ in range(10)]
    assert len({key.delta for key in keys}) == 10
    assert all(key.development for key in keys)
    assert all(np.array_equal(g2_words(key.gamma, BN254), g2_words(g2(1), BN254)) for key in keys)
