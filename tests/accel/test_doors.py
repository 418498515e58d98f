"""What accel's public functions are given: arrays, or a sentence; never a crash or a wrong sum."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.doors import Door, faults, public_callables
from zkpipe.accel import inverse_ntt, msm_g1, msm_g2, ntt
from zkpipe.accel.bn254 import BN254, P, R
from zkpipe.accel.fields.limbs import Words, ints_from_words, to_montgomery, words_from_ints
from zkpipe.ground.errors import RangeError, ShapeError

SCALARS = words_from_ints([3, R - 1])
G1 = np.repeat(to_montgomery(BN254.g1_generator, P).reshape(1, 8), 2, axis=0)
G2 = np.repeat(to_montgomery(BN254.g2_generator, P).reshape(1, 16), 2, axis=0)
VALUES = to_montgomery([5, 7], R)

DOORS = {
    "msm_g1": Door(msm_g1, (G1, SCALARS), takes={1: ("words",)}),
    "msm_g2": Door(msm_g2, (G2, SCALARS), takes={1: ("words",)}),
    "ntt": Door(ntt, (VALUES,), takes={0: ("words",)}),
    "inverse_ntt": Door(inverse_ntt, (VALUES,), takes={0: ("words",)}),
}


def test_every_function_has_a_door() -> None:
    assert set(DOORS) == public_callables("zkpipe.accel")


@pytest.mark.parametrize("name", DOORS)
def test_only_our_errors_come_out(name: str) -> None:
    assert not faults(DOORS[name])


LAYOUTS: dict[str, Callable[[Words], Words]] = {
    "every other row": lambda rows: np.repeat(rows, 2, axis=0)[::2],
    "part of wider rows": lambda rows: np.hstack([rows, rows])[:, : rows.shape[1]],
    "backwards": lambda rows: rows[::-1].copy()[::-1],
    "columns first": np.asfortranarray,
    "not aligned": lambda rows: (
        np.frombuffer(b"\0" + rows.tobytes(), np.uint8)[1:].view(np.uint64).reshape(rows.shape)
    ),
}


@pytest.mark.parametrize("count", [2, 300])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_however_the_rows_lie_the_sum_is_the_same(
    layout: Callable[[Words], Words], count: int
) -> None:
    points = np.repeat(G1[:1], count, axis=0)
    scalars = words_from_ints([pow(7, i, R) for i in range(count)])
    expected = msm_g1(points, scalars)
    assert (msm_g1(layout(points), layout(scalars)) == expected).all()


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_however_the_rows_lie_the_transform_is_the_same(layout: Callable[[Words], Words]) -> None:
    values = to_montgomery([pow(7, i, R) for i in range(64)], R)
    assert (ntt(layout(values)) == ntt(values)).all()
    assert (inverse_ntt(layout(ntt(values))) == values).all()


@pytest.mark.parametrize("times", [1, 4])
def test_values_of_r_and_more_are_their_residues(times: int) -> None:
    values = to_montgomery([pow(7, i, R) for i in range(64)], R)
    spelt = words_from_ints([value + times * R for value in ints_from_words(values)])
    assert (ntt(spelt) == ntt(values)).all()


@pytest.mark.parametrize("count", [0, 3, 6, 1 << 28, (1 << 27) + 1])
def test_no_other_number_of_values_is_transformed(count: int) -> None:
    values = np.broadcast_to(np.zeros((1, 4), np.uint64), (count, 4))  # takes no memory
    with pytest.raises(RangeError, match="power of two"):
        ntt(values)


@pytest.mark.parametrize("width", [4, 7, 12, 16])
def test_points_of_another_width_are_refused(width: int) -> None:
    with pytest.raises(ShapeError, match=r"\(n, 8\) array"):
        msm_g1(np.zeros((2, width), np.uint64), SCALARS)


def test_an_array_with_a_mask_is_none() -> None:
    """What it hides would count."""
    hidden = np.ma.array(VALUES, mask=np.ones_like(VALUES, bool))
    with pytest.raises(ShapeError, match="MaskedArray"):
        ntt(hidden)
    with pytest.raises(ShapeError, match="MaskedArray"):
        msm_g1(G1, np.ma.array(SCALARS))
