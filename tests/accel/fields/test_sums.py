"""Sums of many terms, against Python integers: on all edges, to the last term that fits."""

from __future__ import annotations

from typing import Any

import pytest
from numba import njit
from numba.core.errors import TypingError

from tests.accel.edge_values import edge_values, generator, on_every_lane
from tests.accel.raw import blank, elements, raw_values
from zkpipe.accel.bn254 import FP, FP2, FR
from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curve import Field
from zkpipe.accel.fields.rows import Elements
from zkpipe.accel.fields.sums import MOST_TERMS, lone, minus, no_terms, plus, settled
from zkpipe.accel.machines.machine import Machine

FIELDS = [pytest.param(field, id=field.name) for field in (FP, FR)]


@kernel
def _sum(x, negative, terms, out):
    """out[k] = the sum of the entries from k on, less those that are negative."""
    for k in range(len(out)):
        total = no_terms(x)
        for i in range(k, k + terms):
            total = minus(total, x[i]) if (negative >> (i - k)) & 1 else plus(total, x[i])
        out[k] = settled(total)


@kernel
def _lone(x, out):
    for i in range(len(x)):
        out[i] = lone(plus(no_terms(x), x[i]))


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("terms", [0, 1, 2, MOST_TERMS - 1, MOST_TERMS])
@pytest.mark.parametrize("signs", ["plus", "minus", "mixed"])
def test_sums_are_right_and_below_2p(
    field: Field, terms: int, signs: str, machine: Machine
) -> None:
    p, width = field.modulus, machine.width
    draw = generator(terms)
    negative = {"plus": 0, "minus": (1 << terms) - 1, "mixed": draw.getrandbits(terms or 1)}[signs]
    values = on_every_lane(edge_values(field, machine, 2, more=16), machine)
    most = (2 * p - (machine.width == 1),)
    values = [most] * (terms * width) + values + [(0,)] * (terms * width)
    count = len(values) // width - terms
    out = blank(field, machine, count * width)
    _sum(elements(field, machine, values), negative, terms, out)
    for n, (got,) in enumerate(raw_values(out, field, machine, count * width)):
        some = values[n : n + terms * width : width]
        want = sum(-v if negative >> i & 1 else v for i, (v,) in enumerate(some))
        assert got < 2 * p
        assert got % p == want % p


@pytest.mark.parametrize("field", FIELDS)
def test_a_lone_term_is_itself(field: Field, machine: Machine) -> None:
    values = on_every_lane(edge_values(field, machine, 2), machine)
    out = blank(field, machine, len(values))
    _lone(elements(field, machine, values), out)
    assert raw_values(out, field, machine, len(values)) == values


def test_the_greatest_sum_fits_the_lanes(lanes: Machine) -> None:
    for field in (FP, FR):
        assert MOST_TERMS * 2 * field.modulus < 1 << 260


def test_only_reduced_values_of_one_prime_field_are_summed(lanes: Machine) -> None:
    def adds(x: Any, y: Any) -> None:
        plus(no_terms(x), y[0])

    fine, large = Elements(FR, lanes, 8), Elements(FR, lanes, 8, 3)
    for others in [(fine, large), (fine, Elements(FP, lanes, 8)), [Elements(FP2, lanes, 8)] * 2]:
        with pytest.raises(TypingError, match=r"below 2p|prime fields"):
            njit(adds)(*others)


def test_a_sum_that_is_not_settled_is_no_element(lanes: Machine) -> None:
    def stores(x: Any) -> None:
        x[0] = plus(no_terms(x), x[0])

    with pytest.raises(TypingError):
        njit(stores)(Elements(FR, lanes, 8))
