"""The blinding of proofs (class P12): its distribution, its source, and what it must hide."""

from __future__ import annotations

import json
import os
import random
import re
import secrets
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from itertools import pairwise, product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import zkpipe.prover.groth16.attempts as proving
import zkpipe.prover.groth16.setup as setting_up
from tests.long_form import IS_LONG
from tests.oracles.qap import Oracle, R, Waste, at
from tests.prover.formats.key_material import g1
from tests.prover.groth16.conftest import Proven
from tests.prover.groth16.statements import Statement, sum_of_powers
from zkpipe.accel.bn254 import BN254, P
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.msm.fixed_base import FixedBase
from zkpipe.accel.msm.multi_scalar import msm_g1
from zkpipe.prover import DEVELOPMENT, Proof, ProvingKey, prove, setup
from zkpipe.prover.errors import WitnessError
from zkpipe.prover.points import g1_words

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("q", [5, 7])
def test_the_blinding_has_the_textbook_s_distribution_given_that_a_is_not_zero(q: int) -> None:
    """T1, in Z_q: for every A0 != 0, B0, C0 and delta the proofs over all (r1, r2) are, each as
    often, the textbook's A0 + r delta, B0 + s delta, C0 + s A + r B - r s delta over all (r, s)
    with A != 0. That our code computes this blinding is a test of test_oracle.
    """
    nonzero = range(1, q)
    for a0, b0, c0, delta in product(nonzero, range(q), range(q), nonzero):
        ours = Counter(
            (
                a0 * pow(r1, -1, q) % q,
                (r1 * b0 + r1 * r2 * delta) % q,
                (c0 + r2 * a0) % q,
            )
            for r1, r2 in product(nonzero, range(q))
        )
        textbook = Counter(
            (a, b, (c0 + s * a + r * b - r * s * delta) % q)
            for r, s in product(range(q), range(q))
            if (a := (a0 + r * delta) % q)
            for b in [(b0 + s * delta) % q]
        )
        assert ours == textbook
        assert all((a * b - a0 * b0 - (c - c0) * delta) % q == 0 for a, b, c in ours)


def test_two_proofs_of_one_witness_share_no_point(proven: Proven) -> None:
    other = prove(proven.key, proven.statement.witness)
    assert other.a != proven.proof.a
    assert other.b != proven.proof.b
    assert other.c != proven.proof.c


def test_blinding_is_drawn_from_the_operating_system_over_the_whole_range(
    proven: Proven, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def randbelow(bound: int) -> int:
        asked.append(bound)
        return secrets.randbelow(bound)

    monkeypatch.setattr(proving, "random_below", randbelow)
    prove(proven.key, proven.statement.witness)
    assert asked == [R - 1, R]  # r1 from 1 .. r - 1, r2 from 0 .. r - 1


def test_toxic_waste_is_drawn_from_the_operating_system(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def randbelow(bound: int) -> int:
        asked.append(bound)
        return secrets.randbelow(bound)

    monkeypatch.setattr(setting_up, "secrets", SimpleNamespace(randbelow=randbelow))
    setup(sum_of_powers().system, DEVELOPMENT)
    assert asked == [R - 1] * 4


def test_seeds_of_other_generators_change_nothing(proven: Proven) -> None:
    proofs, keys = [], []
    for _ in range(2):
        random.seed(1)
        np.random.seed(1)  # noqa: NPY002 # the old global state is what is at stake
        proofs.append(prove(proven.key, proven.statement.witness))
        keys.append(setup(sum_of_powers().system, DEVELOPMENT))
    assert proofs[0].a != proofs[1].a
    assert keys[0].verifying_key.delta != keys[1].verifying_key.delta


@pytest.mark.parametrize("module", ["random", "numpy.random"])
def test_the_prover_s_sources_name_no_other_generator(module: str) -> None:
    sources = [path.read_text() for path in (ROOT / "prover").rglob("*.py")]
    assert any("secrets.randbelow" in source for source in sources)
    assert any("random_below(r)" in source for source in sources)  # of ground.process.chance
    for source in sources:
        assert re.search(rf"(?m)^\s*(import|from) {re.escape(module)}\b", source) is None
        assert "np.random" not in source


WORKER = """
import json, os, sys
from pathlib import Path
from zkpipe.circuits.witness import Witness
from zkpipe.prover import ProvingKey, prove

key, witness = ProvingKey.load(sys.argv[1]), Witness.load(sys.argv[2])
prove(key, witness)  # whatever state there may be is made before the fork


def work(number):
    proofs = [prove(key, witness) for _ in range(int(sys.argv[5]))]
    points = [[p.a, p.b, p.c] for p in proofs]
    Path(sys.argv[3] + f".{number}").write_text(json.dumps(points))


pids = []
for number in range(1, int(sys.argv[4])):
    pid = os.fork()
    if pid == 0:
        work(number)
        os._exit(0)
    pids.append(pid)
work(0)
sys.exit(any(os.waitpid(pid, 0)[1] for pid in pids))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork a process")
def test_proofs_of_forked_and_spawned_processes_never_repeat(
    proven: Proven, tmp_path: Path
) -> None:
    """S8: nor are the A of any two that stand at one place, or side by side, equally far apart.

    A generator that was copied, or seeded alike, gives equal points; one that is seeded by a
    process's number or by the time gives points whose differences or multiples repeat.
    """
    spawned, forked, each = (8, 8, 200) if IS_LONG else (2, 4, 5)  # a copied state shows at once
    key, witness = tmp_path / "key.zkey", tmp_path / "witness.wtns"
    proven.key.save(key)
    proven.statement.witness.save(witness)
    workers = [
        subprocess.Popen(  # noqa: S603 # our own interpreter
            [sys.executable, "-c", WORKER, key, witness, tmp_path / f"{i}", str(forked), str(each)],
            cwd=ROOT,
            env={**os.environ, "ZKPIPE_THREADS": "1"},
        )
        for i in range(spawned)
    ]
    assert [worker.wait(timeout=3000) for worker in workers] == [0] * spawned
    files = sorted(tmp_path.glob("[0-9].[0-9]"))
    by_process = [json.loads(file.read_text()) for file in files]
    assert [len(proofs) for proofs in by_process] == [each] * spawned * forked
    proofs = [proof for proofs in by_process for proof in proofs]
    for which in range(3):
        assert len({str(proof[which]) for proof in proofs}) == len(proofs)
    assert related([[(a[0], a[1]) for a, _, _ in proofs] for proofs in by_process]) == []


Affine = tuple[int, int]


def related(rows: list[list[Affine]]) -> list[str]:
    """Which simple relations hold between points of G1 that should be independent of each other.

    rows  of each process, as many
    """
    points = [point for row in rows for point in row]
    sides = [
        *pairwise(points),
        *((p, q) for one, two in pairwise(rows) for p, q in zip(one, two, strict=True)),
    ]
    found = {
        "a point or its negative twice": [x for x, _ in points],
        "a difference twice": [minus(p, q)[0] for p, q in set(sides)],
        "a sum twice": [minus(p, (q[0], P - q[1]))[0] for p, q in set(sides)],
        "a point that is twice another": [
            *{x for x, _ in points},
            *{doubled(point)[0] for point in points},
        ],
    }
    return [name for name, values in found.items() if len(set(values)) < len(values)]


def minus(p: Affine, q: Affine) -> Affine:
    """p - q by the textbook's chord; (0, 0) of p = q, for which no chord is."""
    (x1, y1), (x2, y2) = p, q
    if x1 == x2:
        return 0, 0
    slope = (-y2 - y1) * pow(x2 - x1, -1, P) % P
    x3 = (slope * slope - x1 - x2) % P
    return x3, (slope * (x1 - x3) - y1) % P


def doubled(p: Affine) -> Affine:
    x, y = p
    slope = 3 * x * x * pow(2 * y, -1, P) % P
    x3 = (slope * slope - 2 * x) % P
    return x3, (slope * (x - x3) - y) % P


def multiples(scalars: list[int]) -> list[Affine]:
    return [g1(k) for k in scalars]


@pytest.mark.parametrize(
    ("second", "says"),
    [
        ([11, 70, 400], "a point or its negative twice"),
        ([R - 70, 1000, 500], "a point or its negative twice"),
        ([31, 90, 420], "a difference twice"),
        ([22, 1000, 500], "a point that is twice another"),
        ([1000, 1059, 31], "a difference twice"),
        ([1000, 2357, 9731], ""),
    ],
)
def test_points_that_are_related_are_told(second: list[int], says: str) -> None:
    """The control: generators that step alike, or from seeds side by side."""
    told = related([multiples([11, 70, 400]), multiples(second)])
    assert says in told if says else told == []


def secret_of_16_bits(x: int) -> Statement:
    """x^2 = y, x private and of 16 bits, y private too: A0 = alpha + A[0] + A[1] + x A[2]."""
    return Statement("short", (({2: 1}, {2: 1}, {3: 1}), ({}, {}, {})), (1, 7, x, x * x), 0, 1, 1)


def guessed(key: ProvingKey, proof: Proof) -> int | None:
    """x, from a proof without blinding, by trying all 2^16: A0 of x is one more A[2] each time."""
    public = words_from_ints([1, 1, 7])
    start = msm_g1(np.stack([key.alpha_g1, key.a_query[0], key.a_query[1]]), public)
    steps = FixedBase(key.a_query[2], 1 << 16).multiples(words_from_ints(range(1, 1 << 16)))
    target = difference(g1_words(proof.a, BN254), start)
    hits = np.flatnonzero((steps == target).all(axis=1))
    return int(hits[0]) + 1 if len(hits) else None


def difference(p: Words, q: Words) -> Words:
    return msm_g1(np.stack([p, q]), words_from_ints([1, R - 1]))


def test_a_dictionary_finds_a_short_secret_in_a_proof_without_blinding_and_not_in_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    x = 1 + secrets.randbelow(2**16 - 1)
    statement = secret_of_16_bits(x)
    key = setup(statement.system, DEVELOPMENT)
    blinded = prove(key, statement.witness)
    monkeypatch.setattr(proving, "random_below", lambda _bound: 0)
    assert guessed(key, prove(key, statement.witness)) == x  # r1 = 1, r2 = 0: the control
    assert guessed(key, blinded) is None


def test_an_infinite_a_is_refused_rather_than_sent_out_unblinded(
    setup_with: Callable[[Statement, Waste], ProvingKey],
) -> None:
    """alpha = -a(tau): then no r1 hides anything, and the proof would hold infinity."""
    statement, waste = sum_of_powers(), Waste()
    a, _, _, _ = Oracle(statement, waste).polynomials()
    crafted = Waste(alpha=-at(a, waste.tau) % R)
    key = setup_with(statement, crafted)
    with pytest.raises(WitnessError, match="cannot be blinded"):
        prove(key, statement.witness)
