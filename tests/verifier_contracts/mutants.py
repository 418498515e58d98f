"""Proofs and public values that were changed, as the words of a call, and what each must be.

Every kind of change of class P1 to P5: bits, words replaced and swapped, aliases modulo p and r,
points put in place of others, other public values, and right proofs made from right ones, which
verify by design. Points come from py_ecc. What is right is known by how a mutant was made.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from py_ecc import optimized_bn128 as curve

from tests.prover.formats.key_material import g1, g2, torsion_point, twist_point_outside_g2

P, R = curve.field_modulus, curve.curve_order
EDGES = (0, 1, 2, 3, P - 1, P, P + 1, R - 1, R, R + 1, 2**254, 2**255, 2**256 - 1)
WORDS = 8  # of a proof; the public values follow

Words = tuple[int, ...]


@dataclass(frozen=True)
class Mutant:
    """Words of a call, how they were made, and whether they are a right proof."""

    words: Words
    kind: str
    is_right: bool


def words_of(a, b, c, public=()) -> Words:
    """In the order of a call: the second coefficient of an element of Fp2 comes first."""
    (x0, x1), (y0, y1) = b
    return (*a, x1, x0, y1, y0, *c, *public)


def replaced(words: Words, at: int, *values: int) -> Words:
    return (*words[:at], *values, *words[at + len(values) :])


class Mutants:
    """Mutants of right proofs under a Trapdoor, the same for the same seed."""

    def __init__(self, trapdoor, statements: list[Words], seed: int, mauls: int) -> None:
        """`mauls` of each statement's proof, which py_ecc computes, are right."""
        self._random = random.Random(seed)  # noqa: S311 # they must come back the same
        draw = lambda: self._random.randrange(1, R)  # noqa: E731 # used here only
        self._public = len(statements[0])
        self.right: list[Words] = []
        self._mauled: list[Words] = []
        self._half_mauled: list[Words] = []
        for public in statements:
            a, b = draw(), draw()
            bound = trapdoor.ic[0] + sum(
                x * y for x, y in zip(public, trapdoor.ic[1:], strict=True)
            )
            c = a * b - trapdoor.alpha * trapdoor.beta - bound * trapdoor.gamma
            c = c * pow(trapdoor.delta, -1, R) % R
            self.right.append(self._words(a, b, c, public))
            for number in range(mauls):
                k = draw()
                shifted = a, (b + k * trapdoor.delta) % R, (c + k * a) % R
                scaled = a * k % R, b * pow(k, -1, R) % R, c
                turned = -a % R, -b % R, c
                whole = (turned, scaled, shifted)[min(number, 1 + number % 2)]
                self._mauled.append(self._words(*whole, public))
                for half in ((whole[0], b, whole[2]), (a, whole[1], whole[2])):
                    self._half_mauled.append(self._words(*half, public))
        self._right = {*self.right, *self._mauled}
        self._half_mauled = [words for words in self._half_mauled if words not in self._right]
        first = words_of(g1(trapdoor.alpha), g2(trapdoor.beta), g1(trapdoor.ic[0]))
        pool = [*self.right, first, words_of(g1(1), g2(1), g1(R - 1))]
        pool += [words_of(g1(draw()), g2(draw()), g1(draw())) for _ in range(8)]
        self._g1 = [words[at : at + 2] for words in pool for at in (0, 6)]
        self._g1 += [(x, -y % P) for x, y in self._g1] + [(0, 0), (0, 1), (1, 1)]
        self._g2 = [words[2:6] for words in pool]
        self._g2 += [(x1, x0, -y1 % P, -y0 % P) for x1, x0, y1, y0 in self._g2]
        self._g2 += [words_of((), g2(k), ()) for k in (trapdoor.gamma, trapdoor.delta)]
        outside = [twist_point_outside_g2(i) for i in (1, 50)] + [torsion_point(i) for i in (2, 5)]
        self._g2 += [words_of((), point, ()) for point in outside] + [(0, 0, 0, 0)]

    @staticmethod
    def _words(a: int, b: int, c: int, public: Words) -> Words:
        return words_of(g1(a), g2(b), g1(c), public)

    def draw(self, count: int) -> Iterator[Mutant]:
        """So many, of all kinds in turn, bits and words more often."""
        kinds = (
            self.bits,
            self.bits,
            self.word,
            self.two_words,
            self.alias,
            self.point,
            self.point,
            self.public,
            self.of_another,
            self.maul,
            self.half_maul,
            self.changed_maul,
        )
        for number in range(count):
            make = kinds[number % len(kinds)]
            words = make(self._random.choice(self.right))
            yield Mutant(words, make.__name__, words in self._right)

    def bits(self, words: Words) -> Words:
        for _ in range(self._random.choice((1, 1, 1, 2, 3))):
            at = self._random.randrange(len(words))
            words = replaced(words, at, words[at] ^ 1 << self._random.randrange(256))
        return words

    def word(self, words: Words) -> Words:
        at = self._random.randrange(len(words))
        other = (self._random.choice(EDGES), self._random.getrandbits(256), words[at] + 1)
        value = self._random.choice(other)
        return replaced(words, at, value if value < 2**256 else 0)

    def two_words(self, words: Words) -> Words:
        i, j = self._random.sample(range(len(words)), 2)
        return replaced(replaced(words, i, words[j]), j, words[i])

    def alias(self, words: Words) -> Words:
        """A coordinate plus k p, a public value plus k r; or the other modulus; minus one too."""
        at = self._random.randrange(len(words))
        modulus = (P if at < WORDS else R) if self._random.random() < 0.9 else P + R - (P, R)[0]
        aliases = [words[at] + k * modulus for k in range(-5, 6) if k]
        return replaced(words, at, self._random.choice([x % 2**256 for x in aliases]))

    def point(self, words: Words) -> Words:
        """One point in place of another, or the negative of one, or A and C in each other's."""
        match self._random.randrange(5):
            case 0:
                return replaced(words, 0, *self._random.choice(self._g1))
            case 1:
                return replaced(words, 2, *self._random.choice(self._g2))
            case 2:
                return replaced(words, 6, *self._random.choice(self._g1))
            case 3:
                return (*words[6:8], *words[2:6], *words[0:2], *words[8:])
            case _:
                at = self._random.choice((1, 7))
                return replaced(words, at, -words[at] % P)

    def public(self, words: Words) -> Words:
        at = WORDS + self._random.randrange(self._public)
        value = words[at]
        others = (0, 1, R - 1, -value % R, (value + 1) % R, (value - 1) % R, 2 * value % R)
        other = self._random.choice((*others, self._random.randrange(R)))
        return replaced(words, at, other)

    def of_another(self, words: Words) -> Words:
        """A proof with another statement's values, or with its points one by one."""
        other = self._random.choice(self.right)
        begin, end = self._random.choice(((0, 2), (2, 6), (6, 8), (8, len(words)), (0, 6), (2, 8)))
        return replaced(words, begin, *other[begin:end])

    def maul(self, _words: Words) -> Words:
        return self._random.choice(self._mauled)

    def half_maul(self, _words: Words) -> Words:
        return self._random.choice(self._half_mauled)

    def changed_maul(self, words: Words) -> Words:
        changes = (self.bits, self.word, self.alias, self.public, self.point)
        return self._random.choice(changes)(self.maul(words))
