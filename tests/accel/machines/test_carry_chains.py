"""The instruction lists of a card's arithmetic, on integers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from tests.accel.edge_values import generator
from tests.long_form import IS_LONG
from tests.oracles.carries import LostCarryError, carries, chain_of, may_be_carried_into, run
from zkpipe.accel.bn254 import P, R
from zkpipe.accel.machines import carry_chains as chains
from zkpipe.accel.machines.carry_chains import MASK, Function, Instruction, Word

RADIX = 1 << 256
RANDOM = 10_000 if IS_LONG else 3_000
TRIED = 100
MEANINGS: dict[Function, Callable[[int, int, int], int]] = {
    chains.product: lambda x, y, p: x * y * pow(RADIX, -1, p),
    chains.square: lambda x, y, p: x * x * pow(RADIX, -1, p),
    chains.sum_: lambda x, y, p: x + y,
    chains.difference: lambda x, y, p: x - y,
    chains.canonical: lambda x, y, p: x,
}


def pairs(p: int) -> tuple[list[int], list[int]]:
    """Numbers below 2p: edges with edges, words of ones and zeros, rare carries, random ones."""
    random = generator(14)
    edges = [0, 1, 2, p - 1, p, p + 1, 2 * p - 2, 2 * p - 1, (1 << 254) - 1]
    for k in range(32, 256, 32):
        edges += [(1 << k) - 1, 1 << k, (2 * p - 1) >> k << k, ((2 * p - 1) >> k << k) - 1]
    found = [(x, y) for x in edges for y in edges]
    found += [(_full_words(random, p), _full_words(random, p)) for _ in range(RANDOM)]
    found += [_full_low_product(random, p) for _ in range(RANDOM)]
    found += [(random.randrange(2 * p), random.randrange(2 * p)) for _ in range(RANDOM)]
    return [x for x, _ in found], [y for _, y in found]


def _full_words(random: Random, p: int) -> int:
    """Words that carry far: all ones, zeros, and next to them."""
    words = [random.choice((0, 1, MASK, MASK, MASK - 1, random.getrandbits(32))) for _ in range(7)]
    top = 2 * p >> 224
    words.append(random.choice((0, 1, top - 1, top - 1, random.randrange(top))))
    return sum(word << 32 * i for i, word in enumerate(words))


def _full_low_product(random: Random, p: int) -> tuple[int, int]:
    """Two words that are multiplied have a product whose low word is all ones."""
    last = random.randrange(1, 2 * p >> 224, 2)
    partner = -pow(last, -1, 1 << 32) % (1 << 32)
    x, y = (_full_words(random, p) for _ in range(2))
    x = _with_word(x, 7, last)
    place = random.choice((4, 5, 6, 7))
    if place < 7:
        x = _with_word(x, place, partner)
    elif partner < 2 * p >> 224:
        y = _with_word(y, 7, partner)
    return x, y


def _with_word(x: int, place: int, word: int) -> int:
    return x & ~(MASK << 32 * place) | word << 32 * place


every_chain = pytest.mark.parametrize(
    ("function", "p"),
    [(function, p) for function in MEANINGS for p in (P, R)],
    ids=[f"{function.__name__}-{name}" for function in MEANINGS for name in "pr"],
)


@every_chain
def test_a_chain_gives_what_it_says(function: Function, p: int) -> None:
    x, y = pairs(p)
    for a, b, z in zip(x, y, run(*chain_of(function, p), x, y), strict=True):
        assert z < (p if function is chains.canonical else 2 * p)
        assert (z - MEANINGS[function](a, b, p)) % p == 0


@every_chain
def test_every_carry_is_needed(function: Function, p: int) -> None:
    """Every carry that bounds do not exclude comes; forgotten, it gives a wrong result."""
    steps, results = chain_of(function, p)
    x, y = pairs(p)
    possible = may_be_carried_into(steps, p)
    for i, cases in enumerate(carries(steps, x, y)):
        assert bool(len(cases)) == possible[i], steps[i]
        if possible[i]:
            tried = cases[:: -(-len(cases) // TRIED)]
            some = [x[k] for k in tried], [y[k] for k in tried]
            base, *modes = steps[i].operation.split(".")
            without = replace(steps[i], operation=".".join([base[:-1], *modes]))
            changed = [*steps[:i], without, *steps[i + 1 :]]
            assert _result(changed, results, some) != run(steps, results, *some), steps[i]


def _result(
    steps: list[Instruction], results: list[Word], some: tuple[list[int], list[int]]
) -> list[int] | None:
    try:
        return run(steps, results, *some)
    except LostCarryError:
        return None


def test_instruction_counts_are_pinned() -> None:
    counts = {function.__name__: len(chain_of(function, P)[0]) for function in MEANINGS}
    assert counts == {
        "product": 294, "square": 271, "sum_": 26, "difference": 25, "canonical": 18
    }  # fmt: skip


def test_a_lost_carry_is_seen() -> None:
    steps, results = chain_of(chains.sum_, P)
    steps[7] = replace(steps[7], operation="addc")
    with pytest.raises(LostCarryError):
        run(steps, results, [RADIX - 1], [1])
