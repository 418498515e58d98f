"""How fast a card is, beside the processor of its machine: products, transforms, sums, proofs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from statistics import median
from typing import Any

import numpy as np

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.cuda.card import Card, DeviceArray, DeviceRows, launch
from zkpipe.accel.cuda.domain import CardDomain
from zkpipe.accel.executors.choice import processor
from zkpipe.accel.msm.multi_scalar import msm_g1, msm_g2
from zkpipe.accel.transforms.ntt import domain_on
from zkpipe.benchmarks.card.checks import card_sum, on_card
from zkpipe.benchmarks.card.inputs import points_of, random_scalars
from zkpipe.benchmarks.card.products import many_products
from zkpipe.benchmarks.records.card_run import BATCH, PRODUCTS, PROOF, PROOFS, CardTiming
from zkpipe.benchmarks.workloads.workloads import dense_chain
from zkpipe.prover import DEVELOPMENT, prove_batch, setup

ROUNDS = 5
CHAIN = 256  # products of a thread


def tasks(
    card: Card, product_bits: int, sums: Sequence[int], proofs: Sequence[int],
    batches: Sequence[int],
) -> Iterator[tuple[str, Callable[[], CardTiming]]]:  # fmt: skip
    """What is to be timed, by a name."""
    yield f"products of 2^{product_bits}", partial(products, card, product_bits)
    works = (
        ("NTT", _transforms, sums),
        ("MSM in G1", _sums_in_g1, sums),
        ("MSM in G2", _sums_in_g2, sums),
        (PROOF, _proofs, proofs),
        (PROOFS, _batch, batches),
    )
    for name, work, exponents in works:
        for exponent in exponents:
            yield f"{name} of 2^{exponent}", partial(work, card, exponent)


def _timed(run: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """The median of some runs, after one that is not counted. Each ends with a copy to the host."""
    run()
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    return median(times)


def products(card: Card, exponent: int) -> CardTiming:
    """The rate of modular products when nothing else is done: what bounds all the rest."""
    count = 1 << exponent
    x = DeviceRows.over(DeviceArray.of(card, random_scalars(count)), BN254.fp, 1, working=True)
    out = DeviceRows.empty(card, count, BN254.fp, 1)
    last = DeviceArray.zeros(card, 1, np.uint64)

    def run() -> None:
        launch(card, many_products, count, x, out, count, CHAIN)
        last.to_host()  # waits

    seconds = _timed(run)
    return CardTiming(PRODUCTS, exponent, seconds, None, count * CHAIN / seconds)


def _transforms(card: Card, exponent: int) -> CardTiming:
    n = 1 << exponent
    domain = CardDomain(card, n, BN254)
    x = domain.rows(DeviceArray.of(card, random_scalars(n)))
    last = DeviceArray.zeros(card, 1, np.uint64)

    def run() -> None:
        domain.forward(x)
        last.to_host()

    host = processor()
    theirs = domain_on(n, host.machine, BN254)
    y = theirs.read(random_scalars(n))
    return CardTiming("NTT", exponent, _timed(run), _timed(lambda: theirs.forward(y, False)), None)


def _sums(card: Card, exponent: int, words: int) -> tuple[float, float]:
    points, scalars = points_of(words, 1 << exponent), random_scalars(1 << exponent)
    there = on_card(card, points)
    ours = _timed(lambda: card_sum(card, there, scalars))
    sum_of = msm_g1 if words == 8 else msm_g2
    return ours, _timed(lambda: sum_of(points, scalars), 1)


def _sums_in_g1(card: Card, exponent: int) -> CardTiming:
    return CardTiming("MSM in G1", exponent, *_sums(card, exponent, 8), None)


def _sums_in_g2(card: Card, exponent: int) -> CardTiming:
    return CardTiming("MSM in G2", exponent, *_sums(card, exponent, 16), None)


def _proof_times(exponent: int, count: int) -> tuple[float, float]:
    """Of `count` proofs under one key, which is prepared, on the card and on the processor."""
    system, witness = dense_chain(1 << exponent)
    key = setup(system, DEVELOPMENT)

    def run() -> None:
        prove_batch(key, [witness] * count)

    ours = _timed(run, 3)
    chosen = os.environ.get("ZKPIPE_BACKEND")
    os.environ["ZKPIPE_BACKEND"] = processor().machine.name
    try:
        theirs = _timed(run, 1)
    finally:
        del os.environ["ZKPIPE_BACKEND"]
        if chosen is not None:
            os.environ["ZKPIPE_BACKEND"] = chosen
    return ours, theirs


def _proofs(card: Card, exponent: int) -> CardTiming:
    return CardTiming(PROOF, exponent, *_proof_times(exponent, 1), None)


def _batch(card: Card, exponent: int) -> CardTiming:
    return CardTiming(PROOFS, exponent, *_proof_times(exponent, BATCH), None)
