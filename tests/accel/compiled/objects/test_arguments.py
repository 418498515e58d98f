"""The types of arguments, told without numba, are those that numba tells."""

from __future__ import annotations

from itertools import combinations
from typing import Any, NamedTuple

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from tests.oracles.other_curve import OTHER
from zkpipe.accel.bn254 import BN254
from zkpipe.accel.compiled.objects import lowered
from zkpipe.accel.compiled.objects.arguments import pieces, quick_key, types_text
from zkpipe.accel.fields import arrays as lowerings  # noqa: F401 # numba knows ours from there
from zkpipe.accel.fields.rows import Elements, Rows, WorkRows
from zkpipe.accel.machines.machine import AVX512, SCALAR

DTYPES = (*"bBhHiIlLqQ?fdFD", ">u8", ">i4", "<u8", "M8[s]", "S3", "u4,u8")
ALIGNED = np.dtype("u1,u8", align=True)
PACKED = np.dtype({"names": ["f0", "f1"], "formats": ["u1", "u8"], "offsets": [0, 8]})
SWAPPED = np.dtype({"names": ["f0", "f1"], "formats": ["u8", "u1"], "offsets": [8, 0]})
LONGER = np.dtype({"names": ["f0", "f1"], "formats": ["u1", "u8"], "itemsize": 24})
NAMED = np.dtype([("a", "u1"), ("b", "?"), ("c", "u8", (4,)), ("d", "i2", (2, 3))])
RECORDS = (ALIGNED, PACKED, SWAPPED, LONGER, NAMED, np.dtype("u1,u8"), np.dtype("u1,i8"))
TITLED = np.dtype([(("title", "a"), "u1")])
NESTED = np.dtype([("a", "u1,u8")])


class Flags(NamedTuple):
    x: Any
    y: Any


class Wires(NamedTuple):
    x: Any
    y: Any


@st.composite
def any_array(draw: st.DrawFn) -> Any:
    dtype = np.dtype(draw(st.sampled_from((*DTYPES, *RECORDS, TITLED, NESTED))))
    shape = draw(npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
    values = np.zeros(shape, dtype)
    match draw(st.integers(0, 6)):
        case 1:
            values = values.T
        case 2 if values.ndim:
            values = values[::-1]
        case 3 if values.ndim:
            values = values[..., ::2]
        case 4:
            values.flags.writeable = False
        case 5 if dtype.itemsize > 1:
            raw = np.zeros(values.nbytes + 1, np.uint8)
            values = raw[1:].view(dtype).reshape(shape)
        case 6:
            values = values.view(np.recarray) if draw(st.booleans()) else values[..., None]
    return values


NUMBERS = st.one_of(
    st.integers(),
    st.integers(-(1 << 63) - 2, (1 << 64) + 2),
    st.sampled_from([(1 << 63) - 1, 1 << 63, -(1 << 63), -(1 << 63) - 1, (1 << 64) - 1]),
    st.booleans(),
    st.floats(),
    st.none(),
    st.just("text"),
    st.sampled_from([c(1) for c in (np.bool_, np.float32, np.longlong, np.ulonglong, np.intc)]),
    st.sampled_from([getattr(np, f"{u}int{n}")(1) for u in ("", "u") for n in (8, 16, 32, 64)]),
)
FIELDS = [field for curve in (BN254, OTHER) for field in (curve.fp, curve.fp2, curve.fr)]


@st.composite
def own(draw: st.DrawFn) -> Any:
    field, machine = draw(st.sampled_from(FIELDS)), draw(st.sampled_from([SCALAR, AVX512]))
    count, bound = draw(st.integers(1, 3)), draw(st.integers(2, 3))
    if draw(st.booleans()):
        return Elements.interleaved(field, machine, 8, [bound] * count)[0]
    words = np.zeros((8, 4 * field.degree * count), np.uint64)
    return draw(st.sampled_from([Rows, WorkRows]))(field, machine, words, count)


VALUES = st.recursive(
    st.one_of(NUMBERS, any_array(), own()),
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.builds(Flags, inner, inner),
    max_leaves=4,
)


@given(st.lists(VALUES, max_size=4).map(tuple))
def test_types_have_the_names_that_numba_gives_them(arguments: tuple[Any, ...]) -> None:
    if quick_key(arguments) is not None:
        types = tuple(map(numba.typeof, arguments))
        assert types_text(arguments) == lowered.types_text(types)
        flat: list[Any] = []
        for piece, value in zip(pieces(arguments), arguments, strict=True):
            piece(value, flat)
        assert len(flat) == len(lowered.c_types(types))


@given(VALUES, VALUES)
def test_what_numba_compiles_apart_has_other_keys_and_other_names(x: Any, y: Any) -> None:
    keys = quick_key((x,)), quick_key((y,))
    if None not in keys and numba.typeof(x) != numba.typeof(y):
        assert keys[0] != keys[1]
        assert types_text((x,)) != types_text((y,))


def test_values_that_are_close_are_told_apart_where_numba_does() -> None:
    words = np.zeros((8, 8), np.uint64)
    frozen = words.view()
    frozen.flags.writeable = False
    values = [
        *(1, True, np.int8(1), np.uint8(1), np.int32(1), np.int64(1), np.uint64(1)),
        *(words, frozen, words.T, words[:, ::2], words[0], words[0][::2], words[0:1, 0:1]),
        *(words.astype(np.int64), words.astype(np.uint32), words.astype(bool)),
        *(np.zeros(2, dtype) for dtype in RECORDS),
        *((1, 1), (1, True), (True, True), ((1, 1), 1), (1, (1, 1)), (1, 1, 1), (words, 1)),
        *(Rows(field, machine, words, 2) for field in FIELDS[::3] for machine in (SCALAR, AVX512)),
        *(kind(*pair) for kind in (Flags, Wires) for pair in ((words, frozen), (words, words))),
        *(WorkRows(field, SCALAR, words, 1) for field in FIELDS[1::3]),
        *(Elements(field, SCALAR, 8, bound) for field in FIELDS for bound in (2, 3)),
    ]
    told = 0
    for x, y in combinations(values, 2):
        if numba.typeof(x) != numba.typeof(y):
            assert quick_key((x,)) != quick_key((y,)), (x, y)
            assert types_text((x,)) != types_text((y,)), (x, y)
            told += 1
    for x in values:
        assert types_text((x,)) == lowered.types_text((numba.typeof(x),))
    assert told > 400


@pytest.mark.parametrize(
    "value",
    [
        1 << 63,
        -(1 << 63) - 1,
        0.5,
        np.float64(0.5),
        None,
        "x",
        (),
        ((), 1),
        [1],
        np.zeros(2, ">u8"),
        np.zeros(2, TITLED),
        np.zeros(2, NESTED),
        np.zeros(2, "u1,f8"),
        np.zeros(2, "u1,>u8"),
        np.zeros(2, "M8[s]"),
        np.zeros(2).view(np.recarray),
        np.ma.zeros(2, np.int64),
        type("Number", (int,), {})(3),
    ],
    ids=repr,
)
def test_what_is_not_known_well_is_left_to_numba(value: Any) -> None:
    assert quick_key((value,)) is None
    assert quick_key((1, (1, value))) is None


def test_numba_calls_for_int64_whatever_the_size_of_an_integer() -> None:
    """And refuses what has no room there: so may kernels out of a shared object not take it."""
    same = numba.njit(lambda x: x)
    for value in (0, 1 << 31, (1 << 63) - 1, -(1 << 63)):
        assert same(value) == value
    assert same.signatures == [(numba.int64,)]
    with pytest.raises(OverflowError):
        same(1 << 63)
