"""Small curves a x^2 + y^2 = 1 + d x^2 y^2 of 8 L points, and rows that add their points up.

The rows are drawn as gadgets write them, and in some of them something is not so: a row is missing
or has another coefficient, numbers are large, points are of the wrong kind, a bit is none.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from tests.circuits.soundness.systems import Row
from zkpipe.circuits.soundness.points.curve import Curve
from zkpipe.circuits.soundness.rules.forms import Arc

Form = dict[int, int]
Pair = tuple[int, int]
CURVES = [  # prime, a, d, L; a - d = 4
    (17, 9, 5, 3), (19, 6, 2, 3), (23, 9, 5, 3), (31, 19, 15, 5), (37, 10, 6, 5), (43, 38, 34, 7),
    (61, 12, 8, 7), (73, 24, 20, 11), (89, 17, 13, 13), (107, 86, 82, 13), (131, 41, 37, 19),
    (149, 16, 12, 17), (509, 45, 41, 67), (547, 6, 2, 67), (587, 1, 584, 79), (601, 521, 517, 73),
]  # fmt: skip


@dataclass(frozen=True)
class SmallCurve:
    """A curve over a small prime field."""

    prime: int
    a: int
    d: int
    order: int

    @property
    def root(self) -> int:
        return next(x for x in range(self.prime) if (x * x - self.a) % self.prime == 0)

    @property
    def curve(self) -> Curve:
        """As the lemma takes it."""
        return Curve(self.a, self.d, self.order, self.root)

    @property
    def m(self) -> int:
        return (self.a + self.d) * pow(2, -1, self.prime) % self.prime

    def points(self) -> list[Pair]:
        """All points."""
        return _points(self.prime, self.a, self.d)

    def total(self, p: Pair, q: Pair) -> Pair:
        """The sum of two points, by Edwards' law."""
        (x, y), (u, v), r = p, q, self.prime
        t = self.d * x * u * y * v
        return (
            (x * v + y * u) * pow(1 + t, -1, r) % r,
            (y * v - self.a * x * u) * pow(1 - t, -1, r) % r,
        )

    def times(self, p: Pair, k: int) -> Pair:
        """A multiple."""
        if k < 0:
            return self.times((-p[0] % self.prime, p[1]), -k)
        total = (0, 1)
        for _ in range(k):
            total = self.total(total, p)
        return total

    def montgomery(self, p: Pair) -> Pair:
        """u and v of a point that is not of order 1 or 2."""
        (x, y), r = p, self.prime
        u = (1 + y) * pow(1 - y, -1, r) % r
        return u, u * pow(x, -1, r) % r


@lru_cache
def _points(prime: int, a: int, d: int) -> list[Pair]:
    return [
        (x, y)
        for x, y in itertools.product(range(prime), repeat=2)
        if (a * x * x + y * y - 1 - d * x * x * y * y) % prime == 0
    ]


@dataclass
class Draft:
    """Rows that grow, with what is wrong in them.

    chance  of each thing to go wrong
    left_out  the number of a row that is missing
    """

    on: SmallCurve
    rng: random.Random
    chance: float = 0
    left_out: int | None = None
    put_count: int = 0
    rows: list[Row] = field(default_factory=list)
    arcs: list[Arc | None] = field(default_factory=lambda: [(1, 1)])

    def wire(self) -> int:
        self.arcs.append(None)
        return len(self.arcs) - 1

    def bit(self) -> int:
        """A wire that is 0 or 1."""
        self.arcs.append(None if self.goes_wrong() else (0, 1))
        return len(self.arcs) - 1

    def goes_wrong(self) -> bool:
        return self.rng.random() < self.chance

    def put(self, a: Form, b: Form, c: Form) -> None:
        """A row, which may be missing, changed or scaled."""
        self.put_count += 1
        if self.put_count - 1 == self.left_out:
            return
        if self.goes_wrong():
            if self.rng.random() < 0.5:
                return
            form = self.rng.choice([form for form in (a, b, c) if form])
            form[self.rng.choice([*form])] = self.rng.randrange(self.on.prime)
        k, m = (self.rng.choice([1, 1, 1, -1, 3]) for _ in range(2))
        a, b, c = scaled(a, k), scaled(b, m), scaled(c, k * m)
        self.rows.append((a, b, c) if self.rng.random() < 0.7 else (b, a, c))

    def product(self, a: Form, b: Form, less: Form | None = None) -> Form:
        """A new wire: a b less a form."""
        wire = self.wire()
        self.put(a, b, added({wire: 1}, less or {}))
        return {wire: 1}

    def quotient(self, a: Form, b: Form) -> Form:
        """A new wire: a / b."""
        wire = self.wire()
        self.put(b, {wire: 1}, dict(a))
        return {wire: 1}


def scaled(form: Form, k: int) -> Form:
    return {wire: k * c for wire, c in form.items()}


def added(*forms: Form) -> Form:
    total: Form = {}
    for form in forms:
        for wire, k in form.items():
            total[wire] = total.get(wire, 0) + k
    return total


def less(x: Form, *others: Form) -> Form:
    return added(x, *(scaled(other, -1) for other in others))


def summed(d: Draft, p: tuple[Form, Form], q: tuple[Form, Form]) -> tuple[Form, Form]:
    """Rows of a sum."""
    (u, v), (s, t) = p, q
    slope = d.quotient(less(t, v), less(s, u))
    w = d.product(slope, dict(slope), added({0: d.on.m}, u, s))
    if d.goes_wrong():  # no less right
        return w, d.product(slope, less(s, w), t)
    return w, d.product(slope, less(u, w), v)


def doubled_and_added(d: Draft, p: tuple[Form, Form], q: tuple[Form, Form]) -> tuple[Form, Form]:
    """Rows of 2 p + q."""
    (u, v), (s, t) = p, q
    first = d.quotient(less(t, v), less(s, u))
    w = d.product(first, dict(first), added({0: d.on.m}, u, s))
    over = d.quotient(scaled(v, 2), less(u, w))
    second = less(over, first)
    x = d.product(second, dict(second), added({0: d.on.m}, u, w))
    return x, d.product(dict(second), less(u, x), v)


Pairs = tuple[tuple[Form, Form], tuple[Form, Form]]


def chosen_point(
    d: Draft, factors: Sequence[int] = (0, 1, 2), constant: int = 1
) -> tuple[list[int], Pairs]:
    """Rows of a point P that is an input: the inputs, and the pairs of P and P + T.

    factors   which of y + r x, y - r x and y a row keeps from 0
    constant  what they are kept to divide
    """
    on = d.on
    x, y = d.wire(), d.wire()
    xx, yy = d.product({x: 1}, {x: 1}), d.product({y: 1}, {y: 1})
    d.put(scaled(xx, on.d), dict(yy), added(scaled(xx, on.a), yy, {0: -1}))
    u, inverse = d.quotient({0: 1, y: 1}, {0: 1, y: -1}), d.quotient({0: 1}, {x: 1})
    moved_u = d.quotient({0: 1, y: -1}, {0: 1, y: 1})
    v, moved_v = d.product(u, inverse), d.product(scaled(moved_u, -1), dict(inverse))
    all_factors: list[Form] = [{y: 1, x: on.root}, {y: 1, x: -on.root}, {y: 1}]
    left = [all_factors[i] for i in factors if not d.goes_wrong()] or [{y: 1}]
    while len(left) > 1:
        left.append(d.product(left.pop(), left.pop()))
    d.quotient({0: constant} if constant else {}, left[0])
    return [x, y], ((u, v), (moved_u, moved_v))


def ladder(
    d: Draft, pattern: Sequence[int], factors: Sequence[int] = (0, 1, 2), constant: int = 1
) -> list[int]:
    """Multiples of a chosen point by bits; the inputs.

    pattern  for the first point and for each step, whether P + T is taken instead of P
    """
    inputs, pairs = chosen_point(d, factors, constant)
    bits = [d.bit() for _ in pattern[1:]]
    partial = pairs[pattern[0]]
    for bit, is_moved in zip(bits, pattern[1:], strict=True):
        s, t = pairs[is_moved]
        if d.goes_wrong():
            s = pairs[1 - is_moved][0]
        signed = d.product({bit: 2, 0: -1}, dict(t))
        follow = summed if d.rng.random() < d.chance else doubled_and_added
        partial = follow(d, partial, (dict(s), signed))
    return [*inputs, *bits]


def two_points(d: Draft) -> list[int]:
    """P + T and another point P', added; the inputs."""
    inputs, (_, moved) = chosen_point(d)
    others, (pair, _) = chosen_point(d)
    summed(d, moved, pair)
    return [*inputs, *others]


def some_ladder(d: Draft) -> list[int]:
    """One of one to three steps, in which P + T is mostly where it should be."""
    pattern = [0, 1, 0, 1][: d.rng.randrange(2, 5)]
    return ladder(d, [1 - p if d.goes_wrong() else p for p in pattern])


def windows(
    d: Draft, base: Pair, numbers: Sequence[Sequence[int]], by_ratio: bool = False
) -> list[int]:
    """Sums of multiples of a constant point, each one of four by two bits; the inputs.

    numbers   of each sum's part, what the point is multiplied by
    by_ratio  whether coordinates are quotients of forms of bits, and forms more
    """
    on = d.on
    found: list[tuple[Form, Form]] = []
    inputs: list[int] = []
    for of_part in numbers:
        first, second = d.bit(), d.bit()
        inputs += [first, second]
        both = {} if by_ratio else d.product({first: 1}, {second: 1})
        pairs = [on.montgomery(on.times(base, k)) for k in of_part]
        u, v = ([pair[i] for pair in pairs] for i in range(2))
        if by_ratio:
            found.append((_by_ratio(d, u, first, second), _by_ratio(d, v, first, second)))
            continue
        found.append((_by_bits(d, u, first, second, both), _by_bits(d, v, first, second, both)))
    for j, pair in enumerate(found[1:]):
        found[j + 1] = summed(d, found[j], pair)
    return inputs


def some_windows(d: Draft) -> list[int]:
    """Two or three windows, mostly of 4^j times -3, -1, 1 and 3."""
    on, rng = d.on, d.rng
    base = (0, 1)
    while base[0] == 0:
        base = on.times(rng.choice(on.points()), 1 if d.goes_wrong() else 8)
    tables = []
    for j in range(rng.randrange(2, 4)):
        power = 4**j if not d.goes_wrong() else rng.choice([1, 2, 4])
        tables.append([-3 * power, -power, power, 3 * power])
        if d.goes_wrong():
            tables[j][rng.randrange(4)] = rng.randrange(-8, 9)
    numbers = [[k if on.times(base, k)[0] else 1 for k in table] for table in tables]
    return windows(d, base, numbers, by_ratio=rng.random() < 0.5)


def _by_bits(d: Draft, values: list[int], first: int, second: int, both: Form) -> Form:
    """The value at the place that two bits say."""
    e, f, g, h = values
    k = d.rng.randrange(d.on.prime) if d.chance and d.rng.random() < d.chance / 4 else 0
    return _kept(d, added({0: e + k, first: f - e, second: g - e}, scaled(both, e - f - g + h)))


def _by_ratio(d: Draft, values: list[int], first: int, second: int) -> Form:
    """The same, as q + g b with K q = C: K b's form that is 0 nowhere, or somewhere."""
    e, f, g, h = values
    prime = d.on.prime
    while True:
        k, m, n, more = (d.rng.randrange(prime) for _ in range(4))
        at = [(k + m * x + n * y) % prime for y in (0, 1) for x in (0, 1)]
        left = [(e, at[0]), (f - more, at[1]), (g, at[2]), (h - more, at[3])]
        c = [value * factor for value, factor in left]
        if (c[0] - c[1] - c[2] + c[3]) % prime == 0 and (all(at) or d.goes_wrong()):
            break
    numerator = {0: c[0], first: c[1] - c[0], second: c[2] - c[0]}
    return added(
        d.quotient(_kept(d, numerator), _kept(d, {0: k, first: m, second: n})), {first: more}
    )


def _kept(d: Draft, form: Form) -> Form:
    """A form without what is 0."""
    return {wire: c % d.on.prime for wire, c in form.items() if c % d.on.prime}
