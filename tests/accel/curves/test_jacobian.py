"""Jacobian additions, doublings and multiples: complete, for every pair of points and every Z."""

from __future__ import annotations

import numpy as np
import pytest

from tests.accel.edge_values import generator
from tests.accel.known_points import GENERATORS, multiples
from tests.oracles import curves as oracle
from zkpipe.accel.bn254 import FP, FP2, P, R
from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curve import Field
from zkpipe.accel.curves import jacobian
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import reduce, square
from zkpipe.accel.fields.limbs import to_montgomery, words_from_ints
from zkpipe.accel.fields.rows import Rows
from zkpipe.accel.machines.machine import SCALAR, Machine

GROUPS = [pytest.param(FP, 8, id="G1"), pytest.param(FP2, 16, id="G2")]


@kernel
def _scaled(x, y, z):
    """The same point with another Z; infinity stays as it is."""
    point = jacobian.from_affine(x, y)
    z2 = square(z)
    return point[0] * z2, point[1] * z2 * z, point[2] * z


@kernel
def _add_and_double(left, right, scales, sums, doubles, n):
    for i in range(n):
        x1, y1 = load(left, i)
        x2, y2 = load(right, i)
        z1, z2 = load(scales, i)
        p, q = _scaled(x1, y1, z1), _scaled(x2, y2, z2)
        store(sums, i, jacobian.to_affine(jacobian.add(p, q)))
        store(doubles, i, jacobian.to_affine(jacobian.double(p)))


@kernel
def _add_distinct(left, right, scales, sums, doubles, blocks):
    for i in range(blocks):
        x, y = load(left, i)
        z, _ = load(scales, i)
        x, y, z = reduce(x), reduce(y), reduce(z)
        z2 = square(z)
        p = reduce(x * z2), reduce(y * z2 * z), z
        x2, y2 = load(right, i)
        store(sums, i, jacobian.to_affine(jacobian.add_distinct(p, (reduce(x2), reduce(y2)))))
        store(doubles, i, jacobian.to_affine(jacobian.double(p)))


@kernel
def _add_affine(left, right, scales, sums, n):
    for i in range(n):
        x1, y1 = load(left, i)
        x2, y2 = load(right, i)
        z, _ = load(scales, i)
        store(sums, i, jacobian.to_affine(jacobian.add_affine(_scaled(x1, y1, z), x2, y2)))


@kernel
def _multiply(points, scalars, out):
    for i in range(len(scalars)):
        x, y = load(points, i)
        point = jacobian.from_affine(x, y)
        store(out, i, jacobian.to_affine(jacobian.multiply(point, scalars[i], 256)))


@pytest.mark.parametrize(("field", "words"), GROUPS)
def test_all_pairs_of_small_multiples_add_up(field: Field, words: int) -> None:
    known = multiples(words, 9)
    points = [*known[:5], *(oracle.negate(p) for p in known[1:5])]
    pairs = [(p, q) for p in points for q in points]
    left, right = (oracle.to_words(side, words) for side in zip(*pairs, strict=True))
    draw = generator(1)
    size = len(pairs) * 2 * field.degree
    scales = to_montgomery([draw.randrange(1, P) for _ in range(size)], P).reshape(len(pairs), -1)
    scales[::3] = scales[0]  # equal Z, too
    out = [np.zeros_like(left) for _ in range(3)]
    a, b, z, *results = (Rows(field, SCALAR, array, 2) for array in (left, right, scales, *out))
    _add_and_double(a, b, z, *results[:2], len(pairs))
    _add_affine(a, b, z, results[2], len(pairs))
    sums, doubles, mixed = map(oracle.from_words, out)
    assert sums == [oracle.add(p, q) for p, q in pairs]
    assert mixed == sums
    assert doubles == [oracle.add(p, p) for p, _ in pairs]


@pytest.mark.parametrize(("field", "words"), GROUPS)
def test_distinct_points_add_up_and_double_on_every_machine(
    machine: Machine, field: Field, words: int
) -> None:
    known = multiples(words, 9)
    points = [*known[1:5], *(oracle.negate(p) for p in known[1:5])]
    pairs = [(p, q) for p in points for q in points if p not in (q, oracle.negate(q))]
    assert len(pairs) == 48
    left, right = (oracle.to_words(side, words) for side in zip(*pairs, strict=True))
    draw = generator(2)
    values = [draw.randrange(1, P) for _ in range(len(pairs) * 2 * field.degree)]
    scales = to_montgomery(values, P).reshape(len(pairs), -1)
    out = [np.zeros_like(left) for _ in range(2)]
    rows = (Rows(field, machine, array, 2) for array in (left, right, scales, *out))
    _add_distinct(*rows, len(pairs) // machine.width)
    sums, doubles = map(oracle.from_words, out)
    assert sums == [oracle.add(p, q) for p, q in pairs]
    assert doubles == [oracle.add(p, p) for p, _ in pairs]


@pytest.mark.parametrize(("field", "words"), GROUPS)
def test_multiples_by_edge_scalars(field: Field, words: int) -> None:
    base = GENERATORS[words]
    scalars = [0, 1, 2, 3, 7, R - 2, R - 1, R, R + 1, 2 * R, (1 << 256) - 1]
    scalars += [1 << k for k in (63, 64, 127, 128, 192, 253, 255)]
    points = oracle.to_words([base] * len(scalars), words)
    out = np.zeros_like(points)
    _multiply(Rows(field, SCALAR, points, 2), words_from_ints(scalars), Rows(field, SCALAR, out, 2))
    assert oracle.from_words(out) == [oracle.multiply(base, k % R) for k in scalars]


@pytest.mark.parametrize(("field", "words"), GROUPS)
def test_multiples_of_infinity_are_infinity(field: Field, words: int) -> None:
    scalars = [0, 1, 5, R - 1]
    points = oracle.to_words([None] * len(scalars), words)
    out = np.ones_like(points)
    _multiply(Rows(field, SCALAR, points, 2), words_from_ints(scalars), Rows(field, SCALAR, out, 2))
    assert not out.any()
