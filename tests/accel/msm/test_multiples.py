"""Points with their multiples: each what py_ecc says, and sums over them as over the points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from tests.accel.edge_values import generator
from tests.accel.known_points import signed_words
from tests.oracles import curves as oracle
from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.points import file_points
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.msm import multi_scalar as msm_module
from zkpipe.accel.msm import multiples as module
from zkpipe.accel.msm.bases import prepare
from zkpipe.accel.msm.digits import Digits, pitch, window_count
from zkpipe.accel.msm.multi_scalar import digits_for, msm_input, sums_of_products, with_multiples
from zkpipe.accel.msm.multiples import multiples
from zkpipe.ground.errors import RangeError


@pytest.mark.parametrize("words", [8, 16])
@pytest.mark.parametrize(("c", "n"), [(40, 1), (17, 9), (13, 40)])
def test_every_window_holds_the_points_times_its_power(
    words: int, c: int, n: int, machine: Machine
) -> None:
    multipliers = [(-1) ** i * i for i in range(n)]  # infinity is among them
    bases = prepare([(signed_words(words, multipliers), None)], machine)
    many = multiples(bases, c)
    apart = pitch(n)
    assert many.rows.length == many.count == window_count(c) * apart
    rows = file_points(many.rows, many.field, machine)
    for w in (0, 1, window_count(c) // 2, window_count(c) - 1):
        factor = pow(2, c * w, R)
        expected = [
            oracle.multiply(oracle.G1 if words == 8 else oracle.G2, m * factor % R)
            for m in multipliers
        ]
        assert (rows[w * apart :][:n] == oracle.to_words(expected, words)).all()
        assert not many.rows.words[w * apart].any()  # as sums know infinity
        assert many.finite[w * apart :][:n].tolist() == [int(m != 0) for m in multipliers]
    assert many.points == n


def test_where_no_point_is_infinity_none_is_marked(machine: Machine) -> None:
    assert not len(multiples(prepare([(signed_words(8, range(1, 9)), None)], machine), 30).finite)


def sums(words: int, multipliers: Sequence[int], scalars: Words, machine: Machine) -> Words:
    many = with_multiples(prepare([(signed_words(words, multipliers), None)], machine))
    return sums_of_products([msm_input(many, digits_for(many, scalars))])[0]


@pytest.mark.parametrize("threads", ["1", "2", "5"])
@pytest.mark.parametrize("words", [8, 16])
def test_sums_over_multiples_are_those_of_the_definition(
    words: int, threads: str, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZKPIPE_THREADS", threads)
    draw = generator(int(threads))
    edges = [0, 1, 2, R - 1, R - 2, R // 2, R // 2 + 1, (1 << 128) - 1, 1 << 253, 1 << 60]
    cases: list[tuple[list[int], list[int]]] = [
        ([5], [R - 1]),
        ([0], [7]),
        ([draw.randrange(-50, 50) for _ in range(150)], [draw.randrange(R) for _ in range(150)]),
        ([1, -1] * 20, [draw.randrange(R)] * 40),  # they cancel
        (list(range(len(edges))), edges),
        ([3] * 64, [1] * 64),  # equal points in one bucket
        (list(range(70)), [i & 1 for i in range(70)]),
    ]
    for multipliers, scalars in cases:
        total = sum(m * s for m, s in zip(multipliers, scalars, strict=True)) % R
        expected = oracle.to_words(
            [oracle.multiply(oracle.G1 if words == 8 else oracle.G2, total)], words
        )[0]
        found = sums(words, multipliers, words_from_ints(scalars), machine)
        assert (found == expected).all(), (multipliers, scalars)


def test_a_query_is_cut_only_for_threads_that_would_wait(machine: Machine) -> None:
    bases = with_multiples(prepare([(signed_words(8, range(1, 41)), None)], machine))
    some = msm_input(bases, digits_for(bases, words_from_ints([R // 3] * 40)))
    used = int(some.digits.used.sum())
    share = -(-used // msm_module.SHARES)
    assert len(msm_module._parts(some, share)) == 1
    assert len(msm_module._parts(some, (share + 1) // 2)) == 2


def test_more_multiples_than_can_be_numbered_are_refused(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 1000)
    bases = prepare([(signed_words(8, range(40)), None)], machine)
    with pytest.raises(RangeError, match="multiples of 40 points are more than can be numbered"):
        multiples(bases, 13)


def test_digits_beyond_the_scalars_are_zero() -> None:
    threes = sum(3 << 9 * w for w in range(window_count(9) - 1))
    for n in (1, 7, 8, 9, 100):
        digits = Digits.of(words_from_ints([threes] * n), 9)
        assert digits.of_window.shape == (window_count(9), pitch(n))
        one = digits.joined()
        assert not digits.of_window[:, n:].any()
        assert digits.of_window[:-1, :n].all()
        assert one.of_window.shape == (1, window_count(9) * pitch(n))
        assert one.used.tolist() == [np.count_nonzero(digits.of_window >> 1)]
