"""Transforms on a card against sums in plain integers, and against the processor's."""

from __future__ import annotations

import numpy as np
import pytest

from tests.accel.edge_values import generator
from tests.accel.transforms.quotients import quotient
from tests.oracles.ptx.card import ProcessorCard
from zkpipe.accel.bn254 import BN254, R
from zkpipe.accel.cuda.card import DeviceArray, DeviceRows
from zkpipe.accel.cuda.domain import CardDomain
from zkpipe.accel.fields.limbs import Words, from_montgomery, to_montgomery
from zkpipe.accel.machines.machine import SCALAR
from zkpipe.accel.transforms.ntt import domain_on
from zkpipe.accel.transforms.twiddles import bit_reversal


def column(card: ProcessorCard, values: list[int]) -> DeviceRows:
    array = DeviceArray.of(card, to_montgomery(values, R))
    return DeviceRows.over(array, BN254.fr, 1, working=True)


def on_host(rows: DeviceRows) -> list[int]:
    words: Words = rows.array.to_host().reshape(-1, 4)
    return [value % R for value in from_montgomery(words, R)]


def values_of(n: int) -> list[int]:
    draw = generator(n)
    return [0, 1, R - 1, *(draw.randrange(R) for _ in range(n))][:n]


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("n", [1, 2, 4, 8, 16, 32, 64])
def test_transforms_are_sums_of_powers(n: int, backwards: bool) -> None:
    card = ProcessorCard(backwards=backwards)
    domain = CardDomain(card, n, BN254)
    values, root = values_of(n), BN254.root_of_unity(n)
    x = column(card, values)
    domain.inverse(x)
    coefficients = [
        sum(v * pow(root, -i * k, R) for i, v in enumerate(values)) % R for k in range(n)
    ]
    assert [on_host(x)[i] for i in bit_reversal(n)] == coefficients
    domain.forward(x)
    assert on_host(x) == [n * v % R for v in values]


@pytest.mark.parametrize("n", [1, 4, 128])
def test_a_moved_polynomial_has_its_values_on_the_coset(n: int) -> None:
    card = ProcessorCard()
    coefficients, psi = values_of(n), BN254.root_of_unity(2 * n)

    def at(x: int) -> int:
        return sum(c * pow(x, k, R) for k, c in enumerate(coefficients)) % R

    x = column(card, [at(pow(psi, 2 * i, R)) for i in range(n)])
    CardDomain(card, n, BN254).move_to_coset(x)
    assert on_host(x) == [at(pow(psi, 2 * i + 1, R)) for i in range(n)]


@pytest.mark.parametrize("bits", [5, 10, 12])
def test_the_quotient_has_the_processors_bits(bits: int) -> None:
    n, card = 1 << bits, ProcessorCard()
    columns = [to_montgomery(values_of(n + k)[k:], R) for k in range(3)]
    host = domain_on(n, SCALAR, BN254)
    expected = quotient(host, *columns)
    domain = CardDomain(card, n, BN254)
    given = domain.rows(DeviceArray.of(card, np.concatenate(columns)))
    found = domain.quotient(given).to_host().reshape(-1, 4)
    assert np.array_equal(found, expected)


@pytest.mark.parametrize("n", [1, 2, 8, 32])
def test_columns_behind_one_another_are_transformed_at_once(n: int) -> None:
    card, columns = ProcessorCard(), [values_of(n + k)[k:] for k in range(3)]
    domain = CardDomain(card, n, BN254)
    whole = column(card, [value for values in columns for value in values])
    domain.move_to_coset(whole)
    alone = [column(card, values) for values in columns]
    for x in alone:
        domain.move_to_coset(x)
    assert on_host(whole) == [value for x in alone for value in on_host(x)]
