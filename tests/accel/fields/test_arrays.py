"""Rows of packed words: loads and stores at any address, gathers, scatters, signs, copies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit, typeof
from numba.core.errors import TypingError

from tests.accel.edge_values import generator
from tests.accel.raw import blank, in_form, raw_values
from zkpipe.accel.bn254 import FP, FP2, FR
from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curve import Field
from zkpipe.accel.fields.arrays import gather, load, scatter, signs, store
from zkpipe.accel.fields.functions import one, reduce, select, zero
from zkpipe.accel.fields.limbs import Words, ints_from_words, words_from_ints
from zkpipe.accel.fields.rows import Elements, Rows, WorkRows, blank_rows
from zkpipe.accel.machines.machine import Machine
from zkpipe.ground.errors import ShapeError

SHAPES = [  # a row of 4, 8, 8, 12, 16 and 48 words
    pytest.param(FR, 1, id="Fr x 1"),
    pytest.param(FP, 2, id="Fp x 2"),
    pytest.param(FP2, 1, id="Fp2 x 1"),
    pytest.param(FP, 3, id="Fp x 3"),
    pytest.param(FP2, 2, id="Fp2 x 2"),
    pytest.param(FP2, 6, id="Fp2 x 6"),
]
N = 64


@kernel
def _copy(rows, out, blocks):
    for i in range(blocks):
        store(out, i, load(rows, i))


@kernel
def _copy_indexed(rows, index, out, into, blocks):
    for i in range(blocks):
        scatter(out, into, i, gather(rows, index, i))


@kernel
def _into_elements(rows, out, blocks):
    for i in range(blocks):
        out[i] = load(rows, i)[0]


def words_of(field: Field, count: int, n: int = N, seed: int = 1) -> Words:
    """Rows of canonical elements, the edges among them."""
    draw, p = generator(seed), field.modulus
    edges = [0, 1, p - 1, (1 << 252) - 1, (1 << 192) - 1, 1 << 192, 1 << 64, p - (1 << 64)]
    size = n * count * field.degree
    values = [draw.choice(edges) if i % 3 == 0 else draw.randrange(p) for i in range(size)]
    return words_from_ints(values).reshape(n, -1)


def unaligned(words: Words, shift: int) -> Words:
    """The same words in read-only memory, `shift` bytes from where words begin."""
    memory = bytes(shift) + words.tobytes() + bytes(8)
    view: Words = np.ndarray(words.shape, np.uint64, buffer=memory, offset=shift)
    assert not view.flags.writeable
    return view


@pytest.mark.parametrize(("field", "count"), SHAPES)
@pytest.mark.parametrize("shift", [0, 1, 3, 4, 8])
def test_rows_are_read_from_any_address_of_read_only_memory(
    field: Field, count: int, shift: int, machine: Machine
) -> None:
    words = words_of(field, count)
    out = np.zeros_like(words)
    rows = Rows(field, machine, unaligned(words, shift), count)
    _copy(rows, Rows(field, machine, out, count), N // machine.width)
    assert (out == words).all()


@pytest.mark.parametrize(("field", "count"), SHAPES)
@pytest.mark.parametrize("shift", [0, 1, 5])
def test_rows_are_written_to_any_address_and_nothing_beside_them(
    field: Field, count: int, shift: int, machine: Machine
) -> None:
    words = words_of(field, count)
    memory = np.full(shift + words.nbytes + 64, 0xA5, np.uint8)
    out: Words = np.ndarray(words.shape, np.uint64, buffer=memory.data, offset=shift)
    _copy(Rows(field, machine, words, count), Rows(field, machine, out, count), N // machine.width)
    assert (out == words).all()
    assert (memory[:shift] == 0xA5).all()
    assert (memory[shift + words.nbytes :] == 0xA5).all()


@pytest.mark.parametrize(("field", "count"), SHAPES)
def test_working_rows_keep_every_value_below_2p_as_it_is(
    field: Field, count: int, machine: Machine
) -> None:
    draw, p = generator(4), field.modulus
    edges = [0, 1, p - 1, p, p + 1, 2 * p - 1, (1 << 254) - 1]
    size = N * count * field.degree
    words = words_from_ints(
        draw.choice(edges) if i % 2 else draw.randrange(2 * p) for i in range(size)
    ).reshape(N, -1)
    out = blank_rows(field, machine, N, count)
    _copy(WorkRows(field, machine, unaligned(words, 1), count), out, N // machine.width)
    assert (out.words == words).all()


@pytest.mark.parametrize(("field", "count"), SHAPES)
def test_gathers_and_scatters_ignore_bit_31(field: Field, count: int, machine: Machine) -> None:
    words = words_of(field, count)
    draw = generator(8)
    index = [draw.randrange(N) for _ in range(N)]
    index[:4] = [5, 5, 5, 5]  # the same row again
    into = list(range(N))
    draw.shuffle(into)
    sign = [draw.getrandbits(1) << 31 for _ in range(2 * N)]
    marked = np.array([i | s for i, s in zip(index, sign[:N], strict=True)], np.uint32)
    into_marked = np.array([i | s for i, s in zip(into, sign[N:], strict=True)], np.uint32)
    out = np.zeros_like(words)
    rows = Rows(field, machine, unaligned(words, 3), count)
    _copy_indexed(rows, marked, Rows(field, machine, out, count), into_marked, N // machine.width)
    assert (out[into] == words[index]).all()


@pytest.mark.parametrize("field", [pytest.param(f, id=f.name) for f in (FP, FR, FP2)])
def test_a_load_from_a_file_gives_the_machines_montgomery_form(
    field: Field, machine: Machine
) -> None:
    words = words_of(field, 1)
    bound = 2 if machine.width == 1 else 16
    out = blank(field, machine, N, bound)
    _into_elements(Rows(field, machine, words, 1), out, N // machine.width)
    inverse = pow(1 << 256, -1, field.modulus)
    flat = [value * inverse % field.modulus for value in ints_from_words(words)]
    canonical = [tuple(flat[i : i + field.degree]) for i in range(0, len(flat), field.degree)]
    for got, value in zip(raw_values(out, field, machine, N), canonical, strict=True):
        assert all(c < bound * field.modulus for c in got)
        assert tuple(c % field.modulus for c in got) == in_form(field, machine, value)


@kernel
def _store_negatives(rows, out, blocks):
    for i in range(blocks):
        x, y = load(rows, i)
        minus = -y
        store(out, i, (-x - x - x, -minus))


@pytest.mark.parametrize("field", [pytest.param(f, id=f.name) for f in (FP, FP2)])
def test_what_is_stored_to_a_file_is_canonical(field: Field, machine: Machine) -> None:
    words, p = words_of(field, 2), field.modulus
    out = np.zeros_like(words)
    _store_negatives(
        Rows(field, machine, words, 2), Rows(field, machine, out, 2), N // machine.width
    )
    x, d = ints_from_words(words), field.degree
    expected = [-3 * v % p if i % (2 * d) < d else v for i, v in enumerate(x)]
    assert ints_from_words(out) == expected


@kernel
def _signs(rows, index, out, blocks):
    for i in range(blocks):
        (x,) = load(rows, 0)
        out[i] = select(signs(rows, index, i), one(x), zero(x))


def test_signs_are_bit_31_lane_by_lane(machine: Machine) -> None:
    draw = generator(5)
    index = np.array([draw.getrandbits(32) for _ in range(N)], np.uint32)
    index[:8] = [0, 1 << 31, 0x7FFF_FFFF, 0xFFFF_FFFF, 1 << 30, 3 << 30, 1, (1 << 31) + 1]
    out = blank(FP, machine, N)
    _signs(Rows(FP, machine, words_of(FP, 1), 1), index, out, N // machine.width)
    unit = in_form(FP, machine, (1,))
    expected = [unit if int(i) >> 31 else (0,) for i in index]
    assert raw_values(out, FP, machine, N) == expected


@kernel
def _into_work(rows, out, blocks):
    for i in range(blocks):
        x, y = load(rows, i)
        store(out, i, (reduce(x), reduce(y)))


@pytest.mark.parametrize("field", [pytest.param(f, id=f.name) for f in (FP, FP2)])
def test_infinity_stays_zeros_on_the_way_into_working_rows_and_back(
    field: Field, machine: Machine
) -> None:
    words = words_of(field, 2)
    words[::3] = 0
    work, out = blank_rows(field, machine, N, 2), np.ones_like(words)
    _into_work(Rows(field, machine, words, 2), work, N // machine.width)
    assert (work.words[::3] == 0).all()
    _copy(work, Rows(field, machine, out, 2), N // machine.width)
    assert (out == words).all()


@pytest.mark.parametrize(
    "words",
    [
        np.zeros((4, 4), np.uint64),
        np.zeros((4, 16), np.uint64),
        np.zeros((4, 8), np.int64),
        np.zeros((4, 16), np.uint64)[:, ::2],
        np.zeros((8, 4), np.uint64).T[:, :8],
    ],
    ids=["half a row", "two rows", "signed", "strided", "transposed"],
)
def test_arrays_of_another_form_are_no_rows(words: Any, machine: Machine) -> None:
    with pytest.raises(ShapeError, match="Rows of 2 elements of Fp take 8 words each"):
        Rows(FP, machine, words, 2)


def _store_one(x, rows):
    store(rows, 0, (x[0],))


def _store_two(x, rows):
    store(rows, 0, (x[0], x[0]))


@pytest.mark.parametrize(
    ("function", "value", "field", "count"),
    [(_store_one, FR, FP, 1), (_store_one, FP, FP, 2), (_store_two, FP, FP, 1)],
    ids=["another field", "too few", "too many"],
)
def test_rows_take_their_own_elements_only(
    function: Any, value: Field, field: Field, count: int, machine: Machine
) -> None:
    arrays = Elements(value, machine, 8), blank_rows(field, machine, 8, count)
    with pytest.raises(TypingError):
        njit(function).compile(tuple(map(typeof, arrays)))


@pytest.mark.parametrize("n", [0, 1, 7, 8, 9, 100])
def test_working_memory_is_whole_blocks(n: int, machine: Machine) -> None:
    array = Elements(FP2, machine, n)
    assert array.length == -(-n // machine.width)
    assert array.words.size == array.length * machine.width * machine.limbs * 2


# --- arrays that lie interleaved


@kernel
def _fill_three(x, y, z):
    for i in range(len(x)):
        a = one(x)
        b = reduce(a + a)
        x[i], y[i], z[i] = a, b, reduce(a + b)


@pytest.mark.parametrize("field", [FP, FP2], ids=["Fp", "Fp2"])
@pytest.mark.parametrize("n", [1, 8, 9, 30])
def test_interleaved_arrays_hold_their_own_values(n: int, field: Field, machine: Machine) -> None:
    members = Elements.interleaved(field, machine, n, (2, 5, 2))
    assert [m.bound for m in members] == [2, 5, 2]
    assert [m.length for m in members] == [-(-n // machine.width)] * 3
    _fill_three(*members)
    whole = members[0].length * machine.width
    for k, member in enumerate(members):
        unit = in_form(field, machine, (k + 1, 0)[: field.degree])
        values = raw_values(member, field, machine, whole)
        assert [tuple(c % field.modulus for c in v) for v in values] == [unit] * whole


def test_an_entry_of_each_interleaved_array_lies_beside_the_others(machine: Machine) -> None:
    members = Elements.interleaved(FP, machine, 32, (2, 2))
    size = 8 * members[0].block_words
    assert members[0].address % 64 == 0
    assert members[1].address == members[0].address + size
    for member, value in zip(members, (3, 4), strict=True):
        member.words[:] = value
    assert (members[0].words == 3).all()
    wider = members[0].below(7)
    assert (wider.among, wider.bound) == (2, 7)


@kernel
def _doubles(x):
    for i in range(len(x)):
        x[i] = reduce(x[i] + x[i])


def test_elements_over_words_are_those_words(machine: Machine) -> None:
    words = np.zeros((3, machine.limbs * machine.width), np.uint64)
    words[:, : machine.width] = np.arange(3)[:, None]
    _doubles(Elements.over(FR, machine, words))
    found = words.reshape(3, machine.limbs, machine.width)
    assert found[:, 0].tolist() == [[2 * i] * machine.width for i in range(3)]
    assert not found[:, 1:].any()


@pytest.mark.parametrize("form", ["narrow", "signed", "strided", "flat", "unaligned"])
def test_arrays_of_another_form_are_no_elements(form: str, machine: Machine) -> None:
    width = machine.limbs * machine.width
    words = {
        "narrow": np.zeros((4, width - 1), np.uint64),
        "signed": np.zeros((4, width), np.int64),
        "strided": np.zeros((4, 2 * width), np.uint64)[:, ::2],
        "flat": np.zeros(width, np.uint64),
        "unaligned": np.zeros(8 * width + 1, np.uint8)[1:].view(np.uint64).reshape(1, width),
    }[form]
    with pytest.raises(ShapeError, match=f"take {width} words each"):
        Elements.over(FR, machine, words)
