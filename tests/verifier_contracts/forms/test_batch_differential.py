"""Batches of every kind, judged by Python and by all forms of the contract: of one mind.

Single, batch and hashed, on a real node. Each proof of a batch is right, mauled (right by design),
wrong, one of two whose faults cancel each other, or a mutant of `mutants`. Python's word is that of
`verify` for each proof alone, so that it does not share the batch's equation.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest
from eth_utils import keccak

from tests.long_form import IS_LONG
from tests.verifier_contracts.forms.mutants import Mutants, P, R, Words, g1, g2, words_of
from tests.verifier_contracts.forms.test_mutants import python_accepts
from tests.verifier_contracts.test_verifier import encode, selector_of
from zkpipe.verifier_contracts import Form, compile_solidity, solidity_verifier

COUNT = 2  # public values
BATCHES, LISTS = (5000, 3000) if IS_LONG else (180, 90)
MOST = 6  # proofs of a batch
STATEMENTS = [(R - 1, 0), (12, 13), (0, 0), (2**200, R - 2)]
GAS = 3_000_000  # of a batch: a bad point takes the whole price
TAKES = f"(uint256[2],uint256[2][2],uint256[2],uint256[{COUNT}])[]"
VERIFY = keccak(text=f"verifyProofs({TAKES})")[:4]
HASHED = keccak(text="verifyProof(uint256[2],uint256[2][2],uint256[2],uint256[])")[:4]


def to_bytes(words) -> bytes:
    return b"".join(word.to_bytes(32, "big") for word in words)


class Batches:
    """Random batches under a Trapdoor."""

    def __init__(self, trapdoor, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 # they must come back the same
        mauls = 12 if IS_LONG else 3
        self._mutants = Mutants(trapdoor, STATEMENTS, seed, mauls)
        self._right = self._mutants.right
        self._cancelling = [self._two(trapdoor) for _ in range(30 if IS_LONG else 3)]

    def _two(self, trapdoor) -> tuple[Words, Words]:
        """Two wrong proofs, right together where both coefficients are equal."""
        shift, both = self._random.randrange(1, R), []
        for sign in (1, -1):
            a, b = (self._random.randrange(1, R) for _ in range(2))
            public = self._random.choice(STATEMENTS)
            inputs = trapdoor.ic[0] + sum(
                x * y for x, y in zip(public, trapdoor.ic[1:], strict=True)
            )
            c = a * b - trapdoor.alpha * trapdoor.beta - inputs * trapdoor.gamma
            c = (c * pow(trapdoor.delta, -1, R) + sign * shift) % R
            both.append(words_of(g1(a), g2(b), g1(c), public))
        return both[0], both[1]

    def draw(self, count: int) -> list[tuple[str, list[Words]]]:
        """So many batches with their kinds; in half of them all proofs are right."""
        kinds = (self.right, self.mauled, self.mixed, self.cancelling, self.mutated, self.negated)
        drawn = []
        for number in range(count):
            make = kinds[number % len(kinds)]
            batch = make(1 + self._random.randrange(MOST))
            self._random.shuffle(batch)
            drawn.append((make.__name__, batch))
        return drawn

    def right(self, count: int) -> list[Words]:
        return [self._random.choice(self._right) for _ in range(count)]

    def mauled(self, count: int) -> list[Words]:
        return [self._mutants.maul(()) for _ in range(count)]

    def mixed(self, count: int) -> list[Words]:
        return [self._random.choice(self._right + self.mauled(1)) for _ in range(count)]

    def cancelling(self, count: int) -> list[Words]:
        return [*self._random.choice(self._cancelling), *self.right(count - 1)]

    def mutated(self, count: int) -> list[Words]:
        (mutant,) = self._mutants.draw(1)
        changed = [mutant.words, self._mutants.half_maul(()), self._mutants.bits(self._right[0])]
        changed += [self._mutants.alias(self._right[1]), self._mutants.point(self._right[2])]
        return [self._random.choice(changed), *self.right(count - 1)]

    def negated(self, count: int) -> list[Words]:
        """A proof beside the same with -A, -C, or both: additions meet a point and its negative."""
        words = self._random.choice(self._right)
        ats = self._random.choice(((1,), (7,), (1, 7)))
        other = tuple(P - word if at in ats else word for at, word in enumerate(words))
        return [words, other, *self.right(count - 1)]


@pytest.fixture(scope="module")
def trapdoor(oracle):
    return oracle.trapdoor("differential", COUNT)


def test_single_batch_and_python_say_the_same_of_every_batch(trapdoor, real, judge):
    key = trapdoor.key()
    contracts = [
        real.deploy(compile_solidity(solidity_verifier(key, "V", form=form)), "V")
        for form in (Form.BATCH, Form.SINGLE)
    ]
    batch_judge, single_judge = map(judge, contracts)
    drawn = Batches(trapdoor, seed=18).draw(BATCHES)
    each = sorted({words for _, batch in drawn for words in batch})
    python = {words: python_accepts(key, words) for words in each}
    calls = [encode(selector_of(COUNT), list(words)) for words in each]
    single = dict(zip(each, single_judge.verdicts(calls), strict=True))
    assert {w: v is True for w, v in single.items()} == python
    calls = [VERIFY + to_bytes((0x20, len(b), *(w for p in b for w in p))) for _, b in drawn]
    verdicts = []
    for at in range(0, len(calls), 8):  # within the gas of a block
        verdicts += [v for v, _ in batch_judge.answers(calls[at : at + 8], GAS)]
    met = Counter()
    for (kind, batch), verdict in zip(drawn, verdicts, strict=True):
        wanted = all(python[words] for words in batch)
        assert (verdict is True) == wanted, (kind, [list(map(hex, words)) for words in batch])
        if not isinstance(verdict, bool):  # only for a B that is no point: the single form says so
            assert any(isinstance(single[words], bytes) for words in batch)
        met[kind, wanted] += 1
    for kind in ("right", "mauled", "mixed"):
        assert met[kind, True] > 0 == met[kind, False]
    for kind in ("cancelling", "mutated", "negated"):
        assert met[kind, False] > 0


def test_the_hashed_form_and_python_say_the_same_of_every_list(oracle, real, judge):
    """Lists that were changed, cut, longer, or moved by a byte; Python hashes them itself."""
    trapdoor = oracle.trapdoor("differential hashed", 1)
    key, draw = trapdoor.key(), random.Random(19)  # noqa: S311 # they must come back the same
    hashed = judge(
        real.deploy(compile_solidity(solidity_verifier(key, "V", form=Form.HASHED)), "V")
    )

    def digest_of(values) -> int:
        return int.from_bytes(keccak(to_bytes(values))) >> 3

    lists = [[draw.randrange(R) for _ in range(n)] for n in (0, 1, 2, 3, 4, 5, 17, 34)]
    lists += [[0], [0, 0], [R - 1], [R - 1, 0, 1]]
    proofs = []
    for values in lists:
        proof = trapdoor.proof((digest_of(values),))
        proofs.append(words_of(proof.a, proof.b, proof.c))
    # whoever knows the trapdoor can prove the digest of any bytes: only the range check refuses
    alias = [R, R + 1]
    made = trapdoor.proof((digest_of(alias),))
    cases = [(words_of(made.a, made.b, made.c), alias)]
    for _ in range(LISTS):
        at = draw.randrange(len(lists))
        cases.append((proofs[at], changed(draw, list(lists[at]))))
    calls = [HASHED + to_bytes((*proof, 0x120, len(values), *values)) for proof, values in cases]
    verdicts = hashed.verdicts(calls)
    met = Counter()
    for (proof, values), verdict in zip(cases, verdicts, strict=True):
        in_range = all(value < R for value in values)
        wanted = in_range and python_accepts(key, (*proof, digest_of(values)))
        assert (verdict is True) == wanted, (list(map(hex, proof)), list(map(hex, values)))
        met[wanted] += 1
    assert min(met[True], met[False]) > LISTS // 10


def changed(draw, values: list[int]) -> list[int]:
    kind = draw.randrange(8)
    if kind == 0 and values:
        values[draw.randrange(len(values))] ^= 1 << draw.randrange(253)
    elif kind == 1 and values:
        at = draw.randrange(len(values))
        values[at] += R if values[at] + R < 2**256 else -1
    elif kind == 2 and values:
        del values[draw.randrange(len(values))]
    elif kind == 3:
        values.insert(draw.randrange(len(values) + 1), draw.choice((0, 1, 1 << 255)))
    elif kind == 4 and values:  # the same bytes, one further
        moved = b"\0" + to_bytes(values) + bytes(31)
        values = [int.from_bytes(moved[i : i + 32]) for i in range(0, len(moved), 32)]
    elif kind == 5 and len(values) > 1:
        values[0], values[1] = values[1], values[0]
    return values
