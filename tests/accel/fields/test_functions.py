"""What kernels do with elements besides arithmetic: masks, choices, lanes, parts, constants."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit, typeof
from numba.core.errors import TypingError

from tests.accel.edge_values import edge_values, generator, on_every_lane
from tests.accel.raw import blank, elements, in_form, raw_values
from zkpipe.accel.bn254 import BN254, FP, FP2, FR
from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curve import Field
from zkpipe.accel.fields.functions import (
    any_lane,
    constant,
    every_lane,
    field_constant,
    first_lane,
    first_lanes,
    from_integer,
    from_words,
    integer,
    is_blank,
    is_zero,
    lanes,
    less_all,
    mask_bits,
    mask_of,
    no_lane,
    one,
    pair,
    parts,
    rotate,
    select,
    subtract_reduced,
    swap_halves,
    zero,
)
from zkpipe.accel.fields.limbs import words_from_ints
from zkpipe.accel.fields.rows import Elements
from zkpipe.accel.machines.machine import SCALAR, Machine

FIELDS = [pytest.param(field, id=field.name) for field in (FP, FR, FP2)]
Value = tuple[int, ...]


@kernel
def _zeros(x, out):
    for i in range(len(x)):
        out[i] = select(is_zero(x[i]), one(x), zero(x))


@kernel
def _blanks(x, out):
    for i in range(len(x)):
        out[i] = select(is_blank(x[i]), one(x), zero(x))


def truths(out: Elements, field: Field, machine: Machine, n: int) -> list[bool]:
    """The masks that a kernel turned into ones and zeros of the field."""
    unit = in_form(field, machine, (1, 0)[: field.degree])
    nothing = (0,) * field.degree
    return [{unit: True, nothing: False}[value] for value in raw_values(out, field, machine, n)]


@pytest.mark.parametrize("field", FIELDS)
def test_zero_is_seen_in_every_multiple_of_p(field: Field, machine: Machine) -> None:
    p, bound = field.modulus, 2 if machine.width == 1 else 84
    multiples = [k * p for k in range(bound)]
    near = [m + d for m in multiples for d in (-1, 1) if m + d >= 0]
    singles = multiples + near + [1 << 52 * k for k in range(4)]
    x: list[Value] = [(value,) for value in singles]
    if field.degree == 2:
        x = [(a, b) for a in singles for b in (singles[0], singles[1], 1, a)]
    x = on_every_lane(x, machine)
    out = blank(field, machine, len(x))
    _zeros(elements(field, machine, x, bound), out)
    expected = [all(c % p == 0 for c in value) for value in x]
    assert truths(out, field, machine, len(x)) == expected
    assert any(expected)
    assert not all(expected)


@pytest.mark.parametrize("field", FIELDS)
def test_only_limbs_that_are_all_zero_are_blank(field: Field, machine: Machine) -> None:
    limb = 64 if machine.width == 1 else 52
    singles = [0, field.modulus, *[1 << limb * k for k in range(4)]]
    x: list[Value] = [(value,) for value in singles]
    if field.degree == 2:
        x = [(a, b) for a in singles for b in singles]
    x = on_every_lane(x, machine)
    out = blank(field, machine, len(x))
    _blanks(elements(field, machine, x), out)
    assert truths(out, field, machine, len(x)) == [not any(value) for value in x]


@kernel
def _choices(x, y, both, either, neither, found):
    for i in range(len(x)):
        a, b = is_zero(x[i]), is_zero(y[i])
        both[i] = select(a & b, x[i], y[i])
        either[i] = select(a | b, x[i], y[i])
        neither[i] = select(~(a | b), x[i], y[i])
        found[i, 0] = any_lane(a)
        found[i, 1] = any_lane(a & ~a)
        found[i, 2] = any_lane(a | ~a)


@pytest.mark.parametrize("field", FIELDS)
def test_masks_choose_lane_by_lane(field: Field, machine: Machine) -> None:
    p, draw = field.modulus, generator(3)
    nothing: Value = (0,) * field.degree

    def values() -> list[Value]:
        return [
            draw.choice([nothing, tuple(draw.randrange(1, p) for _ in range(field.degree))])
            for _ in range(800)
        ]

    x, y = values(), values()
    x[:8] = [nothing] * 8  # a block of zeros, and one without
    x[8:16] = [(1,) * field.degree] * 8
    results = [blank(field, machine, len(x)) for _ in range(3)]
    blocks = results[0].length
    found = np.zeros((blocks, 3), np.bool_)
    _choices(elements(field, machine, x), elements(field, machine, y), *results, found)
    both, either, neither = (raw_values(out, field, machine, len(x)) for out in results)
    for i, (a, b) in enumerate(zip(x, y, strict=True)):
        a_is_zero, b_is_zero = a == nothing, b == nothing
        assert both[i] == (a if a_is_zero and b_is_zero else b)
        assert either[i] == (a if a_is_zero or b_is_zero else b)
        assert neither[i] == (b if a_is_zero or b_is_zero else a)
    w = machine.width
    assert [list(row) for row in found] == [
        [any(v == nothing for v in x[w * i : w * i + w]), False, True] for i in range(blocks)
    ]


@kernel
def _firsts(x, out, bits):
    for count in range(1, lanes(x[0]) + 1):
        mask = first_lanes(x[0], count)
        out[count - 1] = select(mask, one(x), zero(x))
        bits[count - 1] = mask_bits(mask)
    bits[lanes(x[0])] = mask_bits(no_lane(x))


@pytest.mark.parametrize("field", FIELDS)
def test_a_mask_holds_in_the_first_lanes_and_its_bits_say_so(
    field: Field, machine: Machine
) -> None:
    w = machine.width
    out, bits = blank(field, machine, w * w), np.zeros(w + 1, np.int64)
    _firsts(blank(field, machine, w), out, bits)
    found = truths(out, field, machine, w * w)
    assert found == [lane < count for count in range(1, w + 1) for lane in range(w)]
    assert bits.tolist() == [*((1 << count) - 1 for count in range(1, w + 1)), 0]


@kernel
def _mask_bits(x, bits):
    for i in range(len(x)):
        bits[i] = mask_bits(is_zero(x[i]))


def test_the_bits_of_a_mask_are_its_lanes_the_first_lowest(machine: Machine) -> None:
    w, n = machine.width, 256
    x: list[Value] = [((i >> lane) & 1,) for i in range(n) for lane in range(w)]
    bits = np.zeros(n, np.int64)
    _mask_bits(elements(FP, machine, x), bits)
    assert bits.tolist() == [~i & ((1 << w) - 1) for i in range(n)]


@kernel
def _of_bits(x, masks, out):
    for i in range(len(masks)):
        out[i] = select(mask_of(x[0], masks[i]), one(x), zero(x))


def test_a_mask_of_bits_holds_in_their_lanes(machine: Machine) -> None:
    w = machine.width
    n = 1 << w
    out = blank(FR, machine, n * w)
    _of_bits(blank(FR, machine, w), np.arange(n), out)
    assert truths(out, FR, machine, n * w) == [bool(i >> k & 1) for i in range(n) for k in range(w)]


@kernel
def _integers(x, out, back):
    for i in range(len(x)):
        value = integer(x[i])
        out[i], back[i] = value, from_integer(value)


@pytest.mark.parametrize("field", [FP, FR], ids=["Fp", "Fr"])
def test_integers_are_canonical_and_come_back(field: Field, machine: Machine) -> None:
    p = field.modulus
    inverse = pow(machine.montgomery, -1, p)
    for bound in [2] if machine.width == 1 else [1, 2, 84]:
        values = on_every_lane(edge_values(field, machine, bound, more=16), machine)
        n = len(values)
        out, back = blank(field, machine, n), blank(field, machine, n)
        _integers(elements(field, machine, values, bound), out, back)
        want = [(v * inverse % p,) for (v,) in values]
        assert raw_values(out, field, machine, n) == want
        found = raw_values(back, field, machine, n)
        assert [v % p for (v,) in found] == [v % p for (v,) in values]
        assert all(v < 2 * p for (v,) in found)


@kernel
def _differences(x, y, z, out1, out2, out3):
    for i in range(len(x)):
        out1[i] = subtract_reduced(x[i], (y[i],))
        out2[i] = subtract_reduced(x[i], (y[i], z[i]))
        out3[i] = subtract_reduced(x[i], (y[i], z[i], y[i]))


@pytest.mark.parametrize("field", FIELDS)
def test_differences_of_reduced_values_stay_reduced(field: Field, machine: Machine) -> None:
    """Below 2p, from the least difference, -6p, to the greatest, without another reduction."""
    p, draw = field.modulus, generator(22)
    edges = [0, 1, p - 1, p, p + 1, 2 * p - 1, (1 << 52) - 1, 1 << 208]
    single = [(a, b, c) for a in edges for b in edges for c in edges]
    single += [
        (a, b, a - b)
        for a, b in ((draw.randrange(p, 2 * p), draw.randrange(p)) for _ in range(200))
    ]
    single += [tuple(draw.randrange(2 * p) for _ in range(3)) for _ in range(1000)]
    draw.shuffle(single)
    d = field.degree
    columns = [[(t[k], *[draw.choice(edges)] * (d - 1)) for t in single] for k in range(3)]
    n = len(single)
    results = [blank(field, machine, n) for _ in range(3)]
    _differences(*(elements(field, machine, c) for c in columns), *results)
    for out, terms in zip(results, ((1,), (1, 2), (1, 2, 1)), strict=True):
        for i, got in enumerate(raw_values(out, field, machine, n)):
            assert all(c < 2 * p for c in got)
            for k in range(d):
                wanted = columns[0][i][k] - sum(columns[t][i][k] for t in terms)
                assert (got[k] - wanted) % p == 0


@kernel
def _less_all(x, y, z, out1, out2):
    for i in range(len(x)):
        out1[i] = less_all(x[i], (y[i],))
        out2[i] = less_all(x[i], (y[i], z[i], y[i]))


@pytest.mark.parametrize("field", FIELDS)
def test_several_terms_are_taken_away_with_one_carry(field: Field, machine: Machine) -> None:
    """Every edge of the bounds: of the least difference nothing is below 0 or beyond the bound."""
    bounds = (3, 9, 2) if machine.width > 1 else (2, 2, 2)
    sides = [edge_values(field, machine, bound, 20) for bound in bounds]
    draw, n = generator(18), 1500
    ends = [[side[0], max(side), *side] for side in sides]
    columns = [[draw.choice(end[:2] if i % 3 else end) for i in range(n)] for end in ends]
    given = [elements(field, machine, c, b) for c, b in zip(columns, bounds, strict=True)]
    after = (12, 23) if machine.width > 1 else (2, 2)
    results = [blank(field, machine, n, bound) for bound in after]
    _less_all(*given, *results)
    for out, terms, bound in zip(results, ((1,), (1, 2, 1)), after, strict=True):
        for i, got in enumerate(raw_values(out, field, machine, n)):
            for k, found in enumerate(got):
                wanted = columns[0][i][k] - sum(columns[t][i][k] for t in terms)
                assert (found - wanted) % field.modulus == 0
                assert found <= bound * field.modulus


def _large_difference(x, y, out):
    out[0] = subtract_reduced(x[0], (y[0],))


def test_only_reduced_values_are_subtracted_so(lanes: Machine) -> None:
    for bounds in ((3, 2), (2, 3)):
        arrays = [Elements(FP, lanes, 8, bound) for bound in (*bounds, 2)]
        with pytest.raises(TypingError, match="all must be below 2p"):
            njit(_large_difference).compile(tuple(map(typeof, arrays)))


@kernel
def _of_words(words, out):
    for i in range(len(out)):
        out[i] = from_words(out, (words[i, 0], words[i, 1], words[i, 2], words[i, 3]))


def test_four_words_are_one_value() -> None:
    values = [(v,) for v in (0, 1, 1 << 64, 1 << 192, 2 * FR.modulus - 1)]
    out = blank(FR, SCALAR, len(values))
    _of_words(words_from_ints(v for (v,) in values), out)
    assert raw_values(out, FR, SCALAR, len(values)) == values


@kernel
def _rotations(x, out1, out2, out3, out4):
    for i in range(len(x)):
        out1[i] = rotate(x[i], 1)
        out2[i] = rotate(x[i], 2)
        out3[i] = rotate(x[i], 7)
        out4[i] = rotate(x[i], 4)


@kernel
def _swaps(x, y, out4, other4, out2, other2, out1, other1):
    for i in range(len(x)):
        out4[i], other4[i] = swap_halves(x[i], y[i], 4)
        out2[i], other2[i] = swap_halves(x[i], y[i], 2)
        out1[i], other1[i] = swap_halves(x[i], y[i], 1)


@pytest.mark.parametrize("field", FIELDS)
def test_rotations_move_lanes_down(field: Field, machine: Machine) -> None:
    x = edge_values(field, machine, 2, more=64)[-64:]
    results = [blank(field, machine, len(x)) for _ in range(4)]
    _rotations(elements(field, machine, x), *results)
    w = machine.width
    for distance, out in zip((1, 2, 7, 4), results, strict=True):
        expected = [x[i - i % w + (i + distance) % w] for i in range(len(x))]
        assert raw_values(out, field, machine, len(x)) == expected


@pytest.mark.parametrize("field", FIELDS)
def test_halves_are_swapped_between_two_elements(field: Field, machine: Machine) -> None:
    values = edge_values(field, machine, 2, more=128)[-128:]
    x, y = values[:64], values[64:]
    results = [blank(field, machine, len(x)) for _ in range(6)]
    _swaps(elements(field, machine, x), elements(field, machine, y), *results)
    for k, run in enumerate((4, 2, 1)):
        want_x, want_y = list(x), list(y)
        if machine.width == 8:
            for start in range(0, 64, 2 * run):
                for i in range(start, start + run):  # x's second half for y's first
                    want_x[i + run], want_y[i] = y[i], x[i + run]
        assert raw_values(results[2 * k], field, machine, 64) == want_x
        assert raw_values(results[2 * k + 1], field, machine, 64) == want_y


@kernel
def _swap_twice(x, y, out, other):
    for i in range(len(x)):
        a, b = swap_halves(x[i], y[i], 2)
        out[i], other[i] = swap_halves(a, b, 2)


def test_swapping_halves_twice_undoes_it(machine: Machine) -> None:
    values = edge_values(FR, machine, 2, more=128)[-128:]
    x, y = values[:64], values[64:]
    out, other = blank(FR, machine, 64), blank(FR, machine, 64)
    _swap_twice(elements(FR, machine, x), elements(FR, machine, y), out, other)
    assert raw_values(out, FR, machine, 64) == x
    assert raw_values(other, FR, machine, 64) == y


@kernel
def _spread(x, out):
    for i in range(len(x)):
        out[i] = every_lane(first_lane(x[i]), x[i])


@pytest.mark.parametrize("field", FIELDS)
def test_the_first_lane_spreads_to_every_lane(field: Field, machine: Machine) -> None:
    bound = 2 if machine.width == 1 else 84
    x = on_every_lane(edge_values(field, machine, bound, more=20), machine)
    out = blank(field, machine, len(x))
    _spread(elements(field, machine, x, bound), out)
    p, w = field.modulus, machine.width
    for i, got in enumerate(raw_values(out, field, machine, len(x))):
        assert all(c < 2 * p for c in got)
        assert tuple(c % p for c in got) == tuple(c % p for c in x[i - i % w])


@kernel
def _exchange_parts(x, out):
    for i in range(len(x)):
        a, b = parts(x[i])
        out[i] = pair(b, a)


@kernel
def _join_parts(x, y, out):
    for i in range(len(x)):
        out[i] = pair(x[i], y[i])


def test_parts_and_pairs_of_fp2(machine: Machine) -> None:
    x = on_every_lane(edge_values(FP2, machine, 2, more=20), machine)
    out = blank(FP2, machine, len(x))
    _exchange_parts(elements(FP2, machine, x), out)
    assert raw_values(out, FP2, machine, len(x)) == [(b, a) for a, b in x]
    singles = [(value[0],) for value in x], [(value[1],) for value in x]
    _join_parts(*(elements(FP, machine, s) for s in singles), out)
    assert raw_values(out, FP2, machine, len(x)) == x


_seven = constant(7)
OWN = {FP: (3,), FR: (FR.modulus - 1,), FP2: BN254.g2_b}
_b = field_constant(OWN.__getitem__)


@kernel
def _constants(out, width):
    out[0], out[1], out[2], out[3] = zero(out), one(out), _seven(out), _b(out)
    width[0] = lanes(out[0])


@pytest.mark.parametrize("field", FIELDS)
def test_constants_are_in_every_lane(field: Field, machine: Machine) -> None:
    w = machine.width
    out, width = blank(field, machine, 4 * w), np.zeros(1, np.int64)
    _constants(out, width)
    assert width[0] == w
    wanted = [(0, 0), (1, 0), (7, 0), OWN[field]]
    expected = [in_form(field, machine, c[: field.degree]) for c in wanted for _ in range(w)]
    assert raw_values(out, field, machine, 4 * w) == expected


def _choose_between_fields(x, y, out):
    out[0] = select(is_zero(x[0]), x[0], y[0])


def _pair_of_another_field(x, y, out):
    out[0] = pair(x[0], y[0])


@pytest.mark.parametrize(
    ("function", "fields"),
    [(_choose_between_fields, (FP, FR, FP)), (_pair_of_another_field, (FR, FR, FP2))],
)
def test_choices_and_pairs_are_of_one_field(
    function: Any, fields: tuple[Field, ...], machine: Machine
) -> None:
    arrays = [Elements(field, machine, 8) for field in fields]
    with pytest.raises(TypingError):
        njit(function).compile(tuple(map(typeof, arrays)))
