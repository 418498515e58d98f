"""Each point by its own scalar, and all by one, against py_ecc."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from tests.accel.edge_values import generator
from tests.accel.known_points import GENERATORS, multiple_words, scattered
from tests.oracles import curves as oracle
from tests.oracles.curves import Point
from zkpipe.accel.bn254 import BN254, R
from zkpipe.accel.curve import Field
from zkpipe.accel.curves.lattice import lattice
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.points import scaling
from zkpipe.accel.points.scaling import multiply_points, scale_points
from zkpipe.ground.errors import RangeError, ShapeError

GROUPS = pytest.mark.parametrize("words", [8, 16], ids=["G1", "G2"])
FIELDS = {8: BN254.fp, 16: BN254.fp2}
EIGENVALUES = {words: lattice(field).eigenvalue for words, field in FIELDS.items()}


def edge_scalars(words: int) -> list[int]:
    """Both ends of the field, ends of words, and scalars whose coordinates are small."""
    edges = [0, 1, 2, 3, R - 1, R - 2, R // 2, R // 2 + 1, (1 << 253) - 1, 1 << 253]
    edges += [1 << 64 * k for k in (1, 2, 3)] + [R - (1 << 64 * k) for k in (1, 2, 3)]
    powers = [pow(EIGENVALUES[words], k, R) for k in range(1, 4)]
    edges += powers + [R - power for power in powers] + [sum(powers) + 1, 2**128 - 1, 2**127]
    return [edge % R for edge in edges]


def products(points: Sequence[Point], scalars: Sequence[int], words: int) -> list[Point]:
    given = oracle.to_words(points, words), words_from_ints(scalars).reshape(-1, 4)
    return oracle.from_words(multiply_points(*given))


def expected(points: Sequence[Point], scalars: Sequence[int]) -> list[Point]:
    return [oracle.multiply(point, k) for point, k in zip(points, scalars, strict=True)]


def small(n: int, words: int) -> tuple[Words, Words, Words]:
    """Points and scalars whose products are among the first multiples of the generator."""
    table, draw = multiple_words(words, 500), generator(n)
    i, k = (np.array([draw.randrange(22) for _ in range(n)], np.intp) for _ in range(2))
    return table[i], words_from_ints(map(int, k)).reshape(n, 4), table[i * k]


@GROUPS
def test_products_at_the_edges_are_py_eccs(words: int) -> None:
    scalars = edge_scalars(words)
    points = list(scattered(words, len(scalars)))
    assert products(points, scalars, words) == expected(points, scalars)


@GROUPS
def test_products_of_random_scalars_are_py_eccs(words: int) -> None:
    draw = generator(words)
    scalars = [draw.randrange(R) for _ in range(20)]
    points = list(scattered(words, 20))
    assert products(points, scalars, words) == expected(points, scalars)


@GROUPS
def test_infinite_equal_and_opposite_points_among_them(words: int) -> None:
    a, b = scattered(words, 2)
    points = [None, a, a, oracle.negate(a), None, b, b, oracle.negate(b), GENERATORS[words]]
    for scalars in ([5] * 9, [0, 1, R - 1, 1, R - 1, 0, 7, R - 7, 1], [0] * 9):
        assert products(points, scalars, words) == expected(points, scalars)
    assert products([None] * 9, [3] * 9, words) == [None] * 9


@GROUPS
def test_all_points_by_one_scalar(words: int) -> None:
    points = [None, *scattered(words, 10)]
    for scalar in (0, 1, R - 1, generator(3).randrange(R)):
        one = words_from_ints([scalar])[0]
        found = oracle.from_words(scale_points(oracle.to_words(points, words), one))
        assert found == expected(points, [scalar] * 11)


@GROUPS
@pytest.mark.parametrize("n", [0, 1, 7, 8, 9, 50, 115])
def test_any_number_of_points(n: int, words: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In batches of 16 and tasks of 40, so that both end within the points."""
    monkeypatch.setattr(scaling, "BATCH", {1: 16, 2: 16})
    monkeypatch.setattr(scaling, "CHUNK", 40)
    points, scalars, wanted = small(n, words)
    for threads in ("1", "3"):
        monkeypatch.setenv("ZKPIPE_THREADS", threads)
        assert (multiply_points(points, scalars) == wanted).all()


@GROUPS
def test_a_whole_batch_and_a_point_more(words: int) -> None:
    n = max(scaling.BATCH.values()) + 1
    points, scalars, wanted = small(n, words)
    assert (multiply_points(points, scalars) == wanted).all()


def first_combination(k: int, field: Field) -> int:
    """By what the first window multiplies the point, for a scalar k."""
    shape = lattice(field)
    odd = k if k % 2 else k + R
    vector = [odd] + [0] * (len(shape.basis) - 1)
    for row, quotient, extra in zip(shape.basis, shape.quotients, shape.odd, strict=True):
        nearest = (odd * quotient + ((1 + extra) << 319)) >> 320
        vector = [v - (2 * nearest - extra) * c for v, c in zip(vector, row, strict=True)]
    top = shape.digits - shape.window_bits
    digits = [
        2 * ((v + (1 << shape.digits) - 1) // 2 >> top) - (1 << shape.window_bits) + 1
        for v in vector
    ]
    return sum(d * pow(shape.eigenvalue, i, R) for i, d in enumerate(digits)) % R


@GROUPS
@pytest.mark.parametrize("meeting", ["equal", "opposite", "infinite sum"])
def test_where_sums_meet_the_products_are_right_all_the_same(
    meeting: str, words: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an offset that is chosen for it: by chance it does not happen."""
    field, k = FIELDS[words], generator(words).randrange(R)
    shape = lattice(field)
    combination = first_combination(k, field)
    doubled = 1 << (shape.window_bits - 1)  # S is doubled so often before T is added
    times, factor = {
        "equal": (1, doubled),
        "opposite": (-1, doubled),
        "infinite sum": (-1, 2 * doubled),
    }[meeting]
    b = combination * times * pow(factor, -1, R) % R
    taken = -(b << shape.digits) % R
    offsets = [oracle.multiply(GENERATORS[words], n) for n in (7, b, taken)]
    monkeypatch.setattr(scaling, "_offsets", lambda _: oracle.to_words(offsets, words))
    singly, counts = scaling._singly, []

    def watched(points: Words, scalars: Words, field: Field) -> Words:
        counts.append(len(points))
        return singly(points, scalars, field)

    monkeypatch.setattr(scaling, "_singly", watched)
    points = [None, *scattered(words, 3), GENERATORS[words]]
    scalars = [k, 5, 0, R - 1, k]
    assert products(points, scalars, words) == expected(points, scalars)
    assert len(counts) == 1, "the sums did not meet"
    counts.clear()
    assert products(points[:4], scalars[:4], words) == expected(points[:4], scalars[:4])
    assert not counts, "the sums of other points met"


@GROUPS
def test_offsets_are_drawn_anew_and_taken_away_again(words: int) -> None:
    field = FIELDS[words]
    first, second = (oracle.from_words(scaling._offsets(field)) for _ in range(2))
    assert first[0] == second[0] == GENERATORS[words]
    assert first[1] != second[1]
    times = 1 << lattice(field).digits
    assert oracle.add(oracle.multiply(first[1], times), first[2]) is None


@GROUPS
def test_nothing_is_left_of_the_scalars(words: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[scaling.Multiplier] = []
    keep = scaling.Multiplier.__init__

    def kept(self: scaling.Multiplier, *args: object) -> None:
        keep(self, *args)  # type: ignore[arg-type]
        made.append(self)

    monkeypatch.setattr(scaling.Multiplier, "__init__", kept)
    scalars = words_from_ints([R - 5, 2**200 + 1])
    before = scalars.copy()
    multiply_points(oracle.to_words(scattered(words, 2), words), scalars)
    assert (scalars == before).all(), "the caller's own are the caller's"
    assert made
    for work in made:
        for array in (work.bits, work.index, *(slot.words for slot in work.slots)):
            assert not array.any()


def test_arrays_that_do_not_pair_up_are_refused() -> None:
    points, scalars = multiple_words(8, 3), words_from_ints([1, 2, 3])
    with pytest.raises(ShapeError, match="3 points are multiplied by 2 scalars"):
        multiply_points(points, scalars[:2])
    for wrong in (points[:, :7], points[0], points.astype(np.int64), points.tolist()):
        with pytest.raises(ShapeError, match="Points"):
            multiply_points(wrong, scalars)
    for wrong in (scalars[:, :3], scalars.astype(np.float64)):
        with pytest.raises(ShapeError, match="Scalars"):
            multiply_points(points, wrong)
    with pytest.raises(ShapeError, match="Scalars"):
        scale_points(points, np.zeros(5, np.uint64))


def test_a_scalar_of_r_or_more_is_refused() -> None:
    points = multiple_words(8, 2)
    with pytest.raises(RangeError, match="Scalar 1 of 2"):
        multiply_points(points, words_from_ints([1, R]))
    with pytest.raises(RangeError, match="Scalar 0 of 1"):
        scale_points(points, words_from_ints([R])[0])


def test_arrays_need_not_be_in_order() -> None:
    points, scalars = multiple_words(8, 8)[1:], words_from_ints(range(1, 8))
    found = multiply_points(np.asfortranarray(points)[::2], np.asfortranarray(scalars)[::2])
    assert (found == multiple_words(8, 50)[[1, 9, 25, 49]]).all()
