"""Is a card right: its results against Python's integers and the processor's, bit for bit."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from zkpipe.accel.bn254 import BN254, P, R
from zkpipe.accel.cuda import multi_scalar
from zkpipe.accel.cuda.card import Card, DeviceArray, DeviceRows, launch
from zkpipe.accel.cuda.domain import CardDomain
from zkpipe.accel.cuda.kernels import transforms
from zkpipe.accel.curve import Field
from zkpipe.accel.executors.choice import processor
from zkpipe.accel.fields.limbs import Words, ints_from_words, words_from_ints
from zkpipe.accel.linear.sparse import out_of_montgomery
from zkpipe.accel.msm.multi_scalar import msm_g1, msm_g2
from zkpipe.accel.transforms.ntt import domain_on
from zkpipe.benchmarks.card.inputs import points_of, random_scalars
from zkpipe.benchmarks.workloads.workloads import dense_chain
from zkpipe.prover import DEVELOPMENT, prove, setup, verify

Check = tuple[str, Callable[[], bool]]
RANDOM = 10_000
EDGES = 40  # numbers next to words of zeros and of ones
RADIX = 1 << 256


def checks(card: Card, exponent: int) -> Iterator[Check]:
    """Every check, by a name; the larger ones at 2^exponent.

    `prove` computes on the card that ZKPIPE_BACKEND=cuda opens.
    """
    for field in (BN254.fp, BN254.fr):
        yield f"x y - z in {field.name}", partial(_arithmetic, card, field)
    for bits in (1, 4, exponent):
        yield f"transforms of 2^{bits}", partial(_transform, card, bits)
    for group, words in (("G1", 8), ("G2", 16)):
        for bits in (0, 6, exponent):
            yield f"sums of 2^{bits} in {group}", partial(_sum, card, words, 1 << bits)
    yield "equal and opposite points", partial(_exceptions, card)
    yield f"proofs of 2^{exponent} rows", partial(_proof, 1 << exponent)


def edge_numbers(p: int) -> list[int]:
    """Numbers below 2p next to ends and to powers of 2^32, and random ones."""
    near = [k * p + d for k in (0, 1, 2) for d in (-2, -1, 0, 1)]
    near += [(1 << 32 * k) + d for k in range(1, 8) for d in (-1, 0, 1)]
    near += [(2 * p - 1) >> 32 * k << 32 * k for k in range(8)]
    return [x for x in near if 0 <= x < 2 * p][:EDGES]


def _arithmetic(card: Card, field: Field) -> bool:
    """x y - z of all edges with all, and of random numbers, made canonical."""
    p = field.modulus
    edges = edge_numbers(p)
    rows = [
        (x, y, edges[(i + j) % len(edges)])
        for i, x in enumerate(edges)
        for j, y in enumerate(edges)
    ]
    draw = partial(secrets.randbelow, 2 * p)
    rows += [(draw(), draw(), draw()) for _ in range(RANDOM)]
    columns = [words_from_ints(column) for column in zip(*rows, strict=True)]
    given = [DeviceRows.over(DeviceArray.of(card, c), field, 1, working=True) for c in columns]
    out = DeviceArray.empty(card, 4 * len(rows), np.uint64)
    target = DeviceRows.over(out, field, 1, working=False)
    launch(card, transforms.subtract_from_product, len(rows), *given, target, len(rows))
    once = pow(RADIX, -1, p)  # out of the Montgomery form, as results are
    expected = [(x * y * once - z) * once % p for x, y, z in rows]
    return ints_from_words(out.to_host().reshape(-1, 4)) == expected


def _transform(card: Card, bits: int) -> bool:
    """The quotient of random columns has the processor's bits."""
    n = 1 << bits
    columns = [random_scalars(n) for _ in range(3)]
    domain = domain_on(n, processor().machine, BN254)
    rows = domain.rows(3)
    for k, words in enumerate(columns):  # the card takes Montgomery form
        rows[k, domain.row_positions] = out_of_montgomery(words)
    rows[2, domain.row_positions] = out_of_montgomery(rows[2, domain.row_positions])
    expected = domain.quotient(rows)[domain.reversed]
    domain_there = CardDomain(card, n, BN254)
    given = domain_there.rows(DeviceArray.of(card, np.concatenate(columns)))
    found = domain_there.quotient(given).to_host().reshape(-1, 4)
    return bool(np.array_equal(found, expected))


def card_sum(card: Card, points: DeviceRows, scalars: Words) -> Words:
    """The sum of scalars times points on a card."""
    given = multi_scalar.CardScalars.of(card, [scalars])
    digits = multi_scalar.split(card, [given], multi_scalar.window_bits(len(scalars)), R)
    (found,) = multi_scalar.msm(card, points, digits)
    return found


def on_card(card: Card, points: Words) -> DeviceRows:
    """Points copied to a card."""
    field = BN254.fp if points.shape[1] == 8 else BN254.fp2
    return DeviceRows.over(DeviceArray.of(card, points), field, 2, working=True)


def _sum(card: Card, words: int, n: int) -> bool:
    points, scalars = points_of(words, n), random_scalars(n)
    scalars[: n // 2, 1:] = 0  # half of them small, and half of these 0 or 1
    scalars[: n // 4, 0] &= np.uint64(1)
    expected = (msm_g1 if words == 8 else msm_g2)(points, scalars)
    return bool(np.array_equal(card_sum(card, on_card(card, points), scalars), expected))


def _exceptions(card: Card) -> bool:
    """P, P, -P, infinity and 2 P in one bucket, in another order each time."""
    first = points_of(8, 1)
    negative = first.copy()
    y = ints_from_words(first[:, 4:])[0]
    negative[0, 4:] = words_from_ints([P - y])[0]
    points = np.concatenate([first, first, negative, np.zeros_like(first), first])
    for shift in range(len(points)):
        turned = np.roll(points, shift, axis=0)
        scalars = words_from_ints([1, 1, 1, 1, 2])
        expected = msm_g1(turned, scalars)
        if not np.array_equal(card_sum(card, on_card(card, turned), scalars), expected):
            return False
    return True


def _proof(rows: int) -> bool:
    """Two proofs under one key verify."""
    system, witness = dense_chain(rows)
    key = setup(system, DEVELOPMENT)
    return all(verify(key.verifying_key, prove(key, witness), witness.public) for _ in range(2))
