"""Random small systems: what we prove unique is so by trying every value; what we refute is not."""

from __future__ import annotations

import random

import pytest

from tests.circuits.soundness.systems import Row, bit, differing, equal, system_of
from zkpipe.accel.bn254 import R
from zkpipe.accel.roots import square_root
from zkpipe.circuits.soundness import Verdict, analyse, analyse_every_wire

BITS = 6


def random_system(rng: random.Random) -> tuple[list[Row], int]:
    """Bits and sums of them: wire 1 output, 2 and 3 inputs, all bits; and one number of bits."""
    wires = 1 + rng.randrange(4, BITS + 1)
    number = wires
    rows: list[Row] = [bit(w) for w in range(1, wires)]
    parts = rng.sample(range(1, wires), 2)
    rows.append(equal({number: 1, parts[0]: -rng.choice([1, 2, 3]), parts[1]: -2}))
    coefficients = [1, 1, 2, -1, -2, 4, 3, pow(2, -1, R)]
    for _ in range(rng.randrange(1, 5)):

        def form(size: int) -> dict[int, int]:
            chosen = rng.sample(range(wires + 1), size)
            return {w: rng.choice(coefficients) for w in chosen}

        if rng.random() < 0.5:
            rows.append(equal(form(rng.randrange(2, 5))))
        else:
            rows.append((form(rng.randrange(1, 3)), form(rng.randrange(1, 3)),
                         form(rng.randrange(0, 3))))  # fmt: skip
    return rows, wires + 1


def domains_of(wires: int) -> dict[int, list[int]]:
    """Every value that the rows of `random_system` allow."""
    return {**{w: [0, 1] for w in range(1, wires - 1)}, wires - 1: list(range(6))}


@pytest.mark.parametrize("seed", range(60))
def test_verdicts_agree_with_trying_everything(seed):
    rng = random.Random(seed)  # noqa: S311 - seeded test data
    for _ in range(10):
        rows, wires = random_system(rng)
        truly = differing(rows, [2, 3], domains_of(wires))
        system = system_of(rows, 1, 2, wires)
        report = analyse(system)
        if report.verdict is Verdict.SAFE:
            assert 1 not in truly
        if report.verdict is Verdict.UNSAFE:
            assert 1 in truly
        every = analyse_every_wire(system)
        assert truly - {2, 3} <= set(every.wires)


def test_small_systems_that_are_not_determined_are_all_refuted():
    rng = random.Random(7)  # noqa: S311 - seeded test data
    verdicts = []
    for _ in range(200):
        rows, wires = random_system(rng)
        verdicts.append(analyse(system_of(rows, 1, 2, wires)).verdict)
        if verdicts[-1] is Verdict.UNKNOWN:
            assert 1 not in differing(rows, [2, 3], domains_of(wires))
    assert verdicts.count(Verdict.SAFE) >= 40
    assert verdicts.count(Verdict.UNSAFE) >= 20


@pytest.mark.parametrize("x", [0, 1, 4, 2, R - 1, R - 4, 12345**2])
def test_square_roots_square(x):
    root = square_root(x)
    if root is None:
        assert pow(x, (R - 1) // 2, R) == R - 1
    else:
        assert root * root % R == x
