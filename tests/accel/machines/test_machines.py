"""Both machines, side by side in one process, give the same words, bit for bit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.accel.edge_values import generator
from tests.accel.known_points import multiple_words, pairing_product, signed_words
from tests.oracles import fields
from zkpipe.accel.bn254 import FP, FP2, FR, P, R
from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curve import Field
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import reduce, square
from zkpipe.accel.fields.inverse import invert
from zkpipe.accel.fields.limbs import Words, from_montgomery, to_montgomery, words_from_ints
from zkpipe.accel.fields.rows import Rows
from zkpipe.accel.machines.backend import MACHINES, has_ifma
from zkpipe.accel.machines.backend import machine as chosen_machine
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.msm import multi_scalar as msm_module
from zkpipe.accel.msm.fixed_base import FixedBase
from zkpipe.accel.msm.multi_scalar import msm_g1, msm_g2
from zkpipe.accel.transforms.ntt import domain, inverse_ntt, ntt

pytestmark = pytest.mark.skipif(
    not has_ifma(), reason="this processor has no AVX-512 IFMA: only the scalar machine runs here"
)

FIELDS = [pytest.param(field, id=field.name) for field in (FP, FR, FP2)]
N = 1600


@pytest.fixture
def on_both(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Words]], Words]:
    """Compute on either machine; the words, which must be the same."""

    def compute(work: Callable[[], Words]) -> Words:
        found = []
        for name, machine in MACHINES.items():
            monkeypatch.setenv("ZKPIPE_BACKEND", name)
            assert chosen_machine() is machine
            found.append(work())
        assert len(found) == 2
        assert found[0].dtype == found[1].dtype == np.uint64
        assert found[0].tobytes() == found[1].tobytes()
        return found[0]

    return compute


Both = Callable[[Callable[[], Words]], Words]


def scalar_words(n: int, seed: int, below: int = R) -> Words:
    draw = generator(seed)
    edges = [0, 1, 2, below - 1, below - 2, below // 2, 1 << 64, 1 << 253, (1 << 128) - 1]
    return words_from_ints(
        edges[i % len(edges)] if i % 4 == 0 else draw.randrange(below) for i in range(n)
    )


@kernel
def _arithmetic(x, y, out, blocks):
    for i in range(blocks):
        (a,), (b,) = load(x, i), load(y, i)
        store(out, i, (a + b, a - b, a * b, square(a), -a, reduce(a), invert(a), a * b - b))


@pytest.mark.parametrize("field", FIELDS)
def test_arithmetic_in_fields(field: Field, on_both: Both) -> None:
    """1,600 values through every operator; the inverses are Python's, too."""
    words = [scalar_words(N * field.degree, s, field.modulus).reshape(N, -1) for s in (1, 2)]

    def work() -> Words:
        machine: Machine = chosen_machine()
        out = np.zeros((N, 32 * field.degree), np.uint64)
        rows = [Rows(field, machine, array, 1) for array in words]
        _arithmetic(*rows, Rows(field, machine, out, 8), N // machine.width)
        return out

    got = on_both(work).reshape(N, 8, -1)
    d = field.degree
    inverses = from_montgomery(np.ascontiguousarray(got[:, 6]), field.modulus)
    values = from_montgomery(words[0], field.modulus)
    for i in range(0, N * d, d):
        wanted = fields.invert(field, tuple(values[i : i + d]))
        assert tuple(inverses[i : i + d]) == wanted


@pytest.mark.parametrize(("msm", "words"), [(msm_g1, 8), (msm_g2, 16)], ids=["G1", "G2"])
@pytest.mark.parametrize("kind", ["random", "bits", "equal", "cancelling"])
def test_sums_of_products(
    msm: Callable[[Words, Words], Words],
    words: int,
    kind: str,
    on_both: Both,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draw = generator(words)
    table = signed_words(words, range(-40, 41))
    for n, few in ((1, 0), (7, 0), (30, 32), (90, 32), (1500, 32)):
        monkeypatch.setattr(msm_module, "FEW", few)
        points = table[[draw.randrange(81) for _ in range(n)]]
        scalars = {
            "random": scalar_words(n, n),
            "bits": words_from_ints(i & 1 for i in range(n)),
            "equal": words_from_ints([R - 7] * n),
            "cancelling": words_from_ints([R - 5, 5, 3, R - 3][i % 4] for i in range(n)),
        }[kind]
        on_both(lambda points=points, scalars=scalars: msm(points, scalars))


@pytest.mark.parametrize("k", range(12))
def test_transforms(k: int, on_both: Both) -> None:
    values = scalar_words(1 << k, k)
    on_both(lambda: ntt(values))
    on_both(lambda: inverse_ntt(values))
    on_both(lambda: domain(1 << k).evaluate(values, coset=True))
    on_both(lambda: domain(1 << k).interpolate(values, coset=True))


@pytest.mark.parametrize("words", [8, 16], ids=["G1", "G2"])
def test_multiples_of_one_point(words: int, on_both: Both) -> None:
    base = signed_words(words, [3])[0]
    scalars = scalar_words(200, words)
    for expected in (10, 1000):
        on_both(lambda expected=expected: FixedBase(base, expected).multiples(scalars))


def test_pairings(on_both: Both) -> None:
    g1, g2 = signed_words(8, range(-6, 7)), signed_words(16, range(-3, 10))
    for n in (1, 2, 8, 9, 13):
        on_both(lambda n=n: pairing_product(g1[:n], g2[:n]))
    assert (
        on_both(lambda: pairing_product(g1[6:7], g2[:1])) == pairing_product(g1[:0], g2[:0])
    ).all()


def test_montgomery_forms_are_the_same_for_both() -> None:
    """Rows in files have R = 2^256, whatever a machine's own is."""
    assert from_montgomery(to_montgomery([1, P - 1], P), P) == [1, P - 1]
    assert (to_montgomery([1], P) == words_from_ints([(1 << 256) % P])).all()
    assert (multiple_words(8, 2)[1].reshape(2, 4) == to_montgomery([1, 2], P)).all()
