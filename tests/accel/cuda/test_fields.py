"""Field operators in kernels for cards: their PTX, run on the processor, against plain integers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest
from numba import types

from tests.accel.edge_values import Value, edge_pairs, edge_values
from tests.oracles import fields
from tests.oracles.ptx.launch import Kernel, kernel_of
from zkpipe.accel.bn254 import FP, FP2, FR
from zkpipe.accel.cuda.compiled.ptx import THREADS, card_kernel, ptx_of
from zkpipe.accel.cuda.kernels.threads import thread
from zkpipe.accel.curve import Field
from zkpipe.accel.fields.arrays import RowsType, load, store
from zkpipe.accel.fields.functions import is_zero, one, select, square, zero
from zkpipe.accel.fields.limbs import Words, ints_from_words, words_from_ints
from zkpipe.accel.machines.machine import CUDA

RADIX = 1 << 256
RANDOM = 10_000
FIELDS = {"Fp": FP, "Fp2": FP2, "Fr": FR}
Meaning = Callable[[Field, Value, Value], Value]


def add(x, y):
    return x + y


def subtract(x, y):
    return x - y


def multiply(x, y):
    return x * y


def squared(x, y):
    return square(x)


def negate(x, y):
    return -x


def choose(x, y):
    """y where x = 0, else x + 1; both are of the Montgomery form."""
    return select(is_zero(x), y + zero(x), x + one(x))


def _product(field: Field, x: Value, y: Value) -> Value:
    inverse = pow(RADIX, -1, field.modulus)
    return tuple(c * inverse % field.modulus for c in fields.multiply(field, x, y))


def _choice(field: Field, x: Value, y: Value) -> Value:
    if any(c % field.modulus for c in x):
        return fields.add(field, x, (RADIX, 0)[: field.degree])
    return y


MEANINGS: dict[Callable[..., Any], Meaning] = {
    add: fields.add,
    subtract: fields.subtract,
    multiply: _product,
    squared: lambda field, x, y: _product(field, x, x),
    negate: lambda field, x, y: fields.subtract(field, (0, 0)[: field.degree], x),
    choose: _choice,
}


@cache
def kernel(operation: Callable[..., Any], field: Field, working: bool) -> Kernel:
    """A kernel that applies an operation to rows of values."""
    from numba import njit

    apply = njit(operation)

    def applied(x, y, out, count):
        i = thread()
        if i < count:
            (u,), (v,) = load(x, i), load(y, i)
            store(out, i, (apply(u, v),))

    given, made = RowsType(field, CUDA, 1, True), RowsType(field, CUDA, 1, working)
    return kernel_of(ptx_of(card_kernel()(applied), (given, given, made, types.int64)))


def as_words(field: Field, x: Sequence[Value]) -> Words:
    return words_from_ints([c for value in x for c in value]).reshape(len(x), -1)


def apply(made: Kernel, x: Words, y: Words, *, backwards: bool = False) -> Words:
    """A row more than there are values stays as it is."""
    out = np.full_like(np.vstack([x, x[:1]]), 7)
    words = [w for array in (x, y, out) for w in (array.ctypes.data, len(array))]
    made.launch(-(-len(out) // THREADS), THREADS, [*words, len(x)], backwards=backwards)
    assert (out[-1] == 7).all()
    return out[:-1]


def elements(field: Field, words: Words) -> list[Value]:
    flat = ints_from_words(words.reshape(-1, 4))
    return [tuple(flat[i : i + field.degree]) for i in range(0, len(flat), field.degree)]


@pytest.mark.parametrize("working", [True, False], ids=["work", "file"])
@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("operation", MEANINGS, ids=lambda operation: operation.__name__)
def test_operators_give_what_integers_give(
    operation: Callable[..., Any], name: str, working: bool
) -> None:
    """Into working rows below 2p, into a file's rows below p, which is the only form there."""
    field = FIELDS[name]
    p = field.modulus
    edges = edge_values(field, CUDA, 2)
    x, y = edge_pairs(edges, edges, CUDA)
    random = edge_values(field, CUDA, 2, 2 * RANDOM)[len(edges) :]
    x, y = x + random[::2], y + random[1::2]
    x.append((0,) * field.degree)
    y.append(random[0])
    made = kernel(operation, field, working)
    found = apply(made, as_words(field, x), as_words(field, y))
    for a, b, c in zip(x, y, elements(field, found), strict=True):
        assert all(0 <= component < (2 * p if working else p) for component in c)
        right = MEANINGS[operation](field, a, b)
        assert all((u - v) % p == 0 for u, v in zip(c, right, strict=True))


def test_functions_of_the_same_types_are_not_confused() -> None:
    """A kernel calls the functions that it names, whatever was compiled since."""
    from numba import njit

    doubled, less = njit(lambda x, y: x + y), njit(lambda x, y: x - y)

    def first(x, y, out, count):
        i = thread()
        if i < count:
            (u,), (v,) = load(x, i), load(y, i)
            store(out, i, (doubled(u, v),))

    def second(x, y, out, count):
        i = thread()
        if i < count:
            (u,), (v,) = load(x, i), load(y, i)
            store(out, i, (less(doubled(u, v), v),))

    rows = RowsType(FP, CUDA, 1, True)
    kinds = (rows, rows, rows, types.int64)
    texts = [ptx_of(card_kernel()(made), kinds) for made in (first, second, first)]
    assert texts[0] == texts[2] != texts[1]
    x = as_words(FP, [(5,), (6,)])
    assert elements(FP, apply(kernel_of(texts[1]), x, x)) == [(5,), (6,)]


def test_an_aliased_result_is_right() -> None:
    """A thread reads its own row before it writes it, in whatever order the threads run."""
    x = as_words(FP, edge_values(FP, CUDA, 2, 300))
    made = kernel(multiply, FP, True)
    expected = apply(made, x, x)
    for backwards in (False, True):
        own = x.copy()
        words = [w for array in (own, own, own) for w in (array.ctypes.data, len(array))]
        made.launch(-(-len(x) // THREADS), THREADS, [*words, len(x)], backwards=backwards)
        assert (own == expected).all()
