"""Random systems over a small prime field that come near what the lemmas prove.

Each has two planted witnesses, as `planted` makes them, so none is empty; all others are for a
search to find. Intervals are given with the wires, so any of them may be drawn, not only those of
bits. What a lemma asks for is mostly there, off by one at times, and at times left out.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from tests.circuits.soundness import planted
from tests.circuits.soundness.planted import Combination, Planted
from zkpipe.circuits.soundness.rules.forms import Arc

Kind = Callable[["Draft"], None]
NOISE = [planted.product, planted.equation, planted.again, planted.is_zero, planted.zero_product,
         planted.constant_product, planted.square, planted.roots, planted.quotient]  # fmt: skip


@dataclass
class Draft(Planted):
    """A system under construction.

    prime  of the field
    arcs   of wires that have an interval
    alike  whether the planted witnesses are one, so that rows may leave no other
    """

    prime: int = 0
    alike: bool = False
    arcs: dict[int, Arc] = field(default_factory=dict)

    def value(self, most: int) -> int:
        """A number from 0 to less than `most`."""
        return self.rng.randrange(most)

    def two(self, most: int) -> tuple[int, int]:
        """Values of an unknown in the two witnesses."""
        first = self.value(most)
        return first, first if self.alike else self.value(most)

    def chance(self, share: float) -> bool:
        """Whether something is so, in a share of all cases."""
        return self.rng.random() < share

    def held(self, first: int, second: int, low: int = 0, more: int = 2) -> int:
        """A new wire in an interval that begins at `low`, or near it, and holds both values."""
        low -= self.chance(0.15)
        span = max((value - low) % self.prime for value in (first, second)) + self.value(more + 1)
        wire = self.new(first, second)
        if span < self.prime - 1:
            self.arcs[wire] = low, low + span
        return wire

    def given(self, most: int, low: int = 0) -> int:
        """A new wire with one value in an interval, as an input that was checked has."""
        value = low + self.value(most)
        return self.held(value, value, low, most)

    def flag(self, first: int, second: int) -> int:
        wire = self.new(first, second)
        self.arcs[wire] = 0, 1
        return wire

    def times(self, a: Combination, b: Combination) -> Combination:
        (a1, a2), (b1, b2) = self.at(a), self.at(b)
        wire = self.new(a1 * b1, a2 * b2)
        self.put((a, b, {wire: 1}))
        return {wire: 1}

    def zero(self, form: Combination) -> None:
        """An equation, scaled, if both witnesses have it."""
        self.put(({}, {}, scaled(form, self.rng.choice([1, 1, -1, 2]))))

    def ranged(self, form: Combination, more: int = 2) -> None:
        """Keep a form in an interval from 0 on, or nearly."""
        self.zero(added(form, {self.held(*self.at(form), more=more): -1}))

    def mostly(self, *steps: Callable[[], None]) -> None:
        """Most of what a lemma needs, in any order; at times all but one."""
        chosen = list(steps)
        self.rng.shuffle(chosen)
        for step in chosen[self.chance(0.3) :]:
            step()


def added(*forms: Combination) -> Combination:
    return {w: sum(form.get(w, 0) for form in forms) for w in {w for form in forms for w in form}}


def scaled(form: Combination, k: int) -> Combination:
    return {wire: k * value for wire, value in form.items()}


def less(first: Combination, second: Combination, by: int = 0) -> Combination:
    """first - second - by."""
    return added(first, scaled(second, -1), {0: -by})


def small(rng: random.Random, prime: int, kind: Kind | None = None) -> tuple[Draft, set[int]]:
    """A system, of some kind or any, and the wires that are given. r must be this prime."""
    d = Draft(rng, 0, 0, ([1], [1]), prime=prime, alike=rng.random() < 0.6)
    (kind or rng.choice(KINDS))(d)
    for _ in range(rng.choice([0, 0, 0, 1, 2]) if d.differing else 0):
        rng.choice(NOISE)(d)
    same = [w for w in range(1, d.wires) if d.values[0][w] == d.values[1][w]]
    inputs = set(range(1, d.inputs + 1))
    return d, inputs | {w for w in same if rng.random() < rng.choice([0, 0, 0.2, 0.6])}


def arcs_of(d: Draft) -> list[Arc | None]:
    return [(1, 1), *(d.arcs.get(wire) for wire in range(1, d.wires))]


# --- a lemma's systems


def quotient(d: Draft) -> None:
    """p = q y; x - p and y - 1 - (x - p) in ranges."""
    first, second = d.two(3)
    y = {d.given(5): 1}
    if d.chance(0.3):
        y[0] = d.rng.choice([1, 1, -1])
    divisor = d.at(y)[0]
    value = first * divisor + d.rng.choice([0, 0, 1, divisor - 1, divisor])
    x = {d.held(value, value): 1}
    d.inputs = 2
    q = {d.held(first, second): 1}
    p = d.times(y, added(q, {0: d.rng.choice([0, 0, 0, 1])}))
    rest = less(x, scaled(p, d.rng.choice([1, 1, 1, 1, -1])))
    d.mostly(
        lambda: d.ranged(rest),
        lambda: d.ranged(less(y, rest, d.rng.choice([1, 1, 1, 0, 2]))),
    )


def bracket(d: Draft) -> None:
    """F(q) <= x < F(q + 1), or nearly, of a power or a multiple of a known number."""
    y = {d.given(4): 1}
    first, second = d.two(4)
    factor = first if d.chance(0.6) else d.at(y)[0]
    value = first * factor + d.value(3)
    x = {d.held(value, value, more=6): 1}
    d.inputs = 2
    q = {d.held(first, second): 1}
    step, is_square = d.rng.choice([1, 1, 1, 2]), factor == first

    def power(base: Combination) -> Combination:
        other = base if is_square else y
        made = d.times(base, other)
        return d.times(made, other) if d.chance(0.1) else made

    d.mostly(
        lambda: d.ranged(less(x, power(q)), 6),
        lambda: d.ranged(less(power(added(q, {0: step})), x, d.rng.choice([1, 1, 1, 0])), 6),
    )


def factor(d: Draft) -> None:
    """D (b x + E) = c x + F, and rows that say where D is not 0."""
    u, v = ({d.given(4, d.rng.choice([0, 1, 1])): 1} for _ in range(2))
    d.inputs = 2
    first, second = d.two(d.prime)
    x = {d.held(first, second) if d.chance(0.3) else d.new(first, second): 1}
    divisor = added(u, d.rng.choice([{}, v, scaled(v, -1)]), {0: d.rng.choice([0, 1, 1, 2, -1])})
    if d.chance(0.4):  # a zero, and any x
        divisor = less(divisor, {0: d.at(divisor)[0]})
    inner = added(scaled(x, d.rng.choice([1, 2])), d.rng.choice([{}, v, {0: 1}]))
    c = d.rng.choice([0, 0, 0, 1, 2])
    (a1, a2), (b1, b2) = d.at(divisor), d.at(inner)
    (x1, x2) = d.at(x)
    f1, f2 = (a1 * b1 - c * x1) % d.prime, (a2 * b2 - c * x2) % d.prime
    if f1 != f2:
        return
    n = {d.new(f1, f2): 1} if d.chance(0.5) else {0: f1}
    d.put((divisor, inner, added(scaled(x, c), n)))
    if d.chance(0.4):
        near = added(scaled(divisor, d.rng.choice([1, 1, -1, 2])), {0: d.rng.choice([0, 0, 1, -c])})
        n1, n2 = d.at(near)
        if n1 and n2:
            e = d.rng.choice([1, 2])
            d.put((near, {d.new(*(e * pow(n, -1, d.prime) for n in (n1, n2))): 1}, {0: e}))


def vanishing(d: Draft) -> None:
    """D x = N, and rows that contradict D = 0, or nearly."""
    y = {d.new(*[d.value(d.prime)] * 2): 1}
    d.inputs = 1
    way, k = d.value(3), d.rng.choice([1, 1, -1, 2])
    divisor = added(scaled(y, k), {0: -k * d.at(y)[0] if d.chance(0.4) else d.value(3)})
    if way == 0:  # a product with y that has no y at which D is 0, or has
        a, b = (added(y, {0: d.value(4)}) for _ in range(2))
        (a1, _), (b1, _) = d.at(a), d.at(b)
        d.put((a, b, {0: a1 * b1}))
    elif way == 1:  # a flag of whether y is a number
        at = d.rng.choice([d.at(y)[0], d.value(d.prime)])
        here = less(y, {0: at})
        is_zero = int(d.at(here)[0] == 0)
        flag = d.flag(is_zero, is_zero)
        inverse = d.new(*[pow(d.at(here)[0] or 1, -1, d.prime)] * 2)
        d.put((here, {inverse: 1}, {0: 1, flag: -1}))
        if d.chance(0.8):
            d.put((here, {flag: 1}, {}))
        divisor = added(scaled(here, k), scaled({flag: 1}, d.rng.choice([1, 1, 0, -1])))
        if d.chance(0.3):
            divisor = {flag: 1, 0: d.rng.choice([1, -1])}
    elif way == 2:  # a bit that decides what y is
        b = d.value(2)
        flag = d.flag(b, b)
        high, low = d.value(4), d.value(4)
        high, low = (d.at(y)[0], low) if b else (high, d.at(y)[0])
        d.zero(less(y, {flag: high - low, 0: low}))
    if d.chance(0.3):
        d.zero(less(y, {0: d.at(y)[0]}))
    d1, d2 = d.at(divisor)
    first, second = d.two(d.prime)
    x = {d.new(first, first if d1 or d2 else second): 1}
    inner = added(scaled(x, d.rng.choice([1, 2])), {0: d.value(3)})
    (b1, b2) = d.at(inner)
    if d1 * b1 % d.prime == d2 * b2 % d.prime:
        number = scaled(y, d.rng.choice([0, 1, 1, -1]))
        d.put((divisor, inner, added(number, {0: d1 * b1 - d.at(number)[0]})))


def extreme(d: Draft) -> None:
    """An unknown that is one of some, and on one side of all of them, or nearly."""
    known = entries(d)
    sign = d.rng.choice([1, -1])
    most = max(d.at(k)[0] * sign for k in known) * sign
    first, second = (d.rng.choice([most, d.at(known[i])[0]]) for i in d.two(len(known)))
    q = member(d, d.new(first, first if d.alike else second), known)
    d.mostly(*(lambda k=k: d.ranged(scaled(less(q, k), sign), d.prime // 2) for k in known))


def sorted_copy(d: Draft) -> None:
    """As many unknowns as entries, each one of them, in order."""
    known = entries(d)
    columns = []
    for _ in range(2):
        values = [d.at(k)[0] for k in known]
        if d.chance(0.5):
            values = [d.rng.choice(values) for _ in known]
        columns.append(sorted(values) if d.chance(0.8) else values)
    columns[d.alike] = columns[0]
    z = [member(d, d.new(*pair), known) for pair in zip(*columns, strict=True)]
    by = d.rng.choice([1, 1, 0])
    d.mostly(*(lambda a=a, b=b: d.ranged(less(b, a, by), d.prime // 4) for a, b in pairwise(z)))


def place(d: Draft) -> None:
    """An index of few values, the entries that it chooses, and what says which."""
    known = entries(d) if d.chance(0.5) else [{0: d.value(d.prime)} for _ in range(3)]
    x = {d.given(6): 1} if d.chance(0.5) or not d.inputs else d.rng.choice(known)
    d.inputs = d.wires - 1 if d.inputs == 0 else d.inputs
    i, j = d.two(len(known))
    bits = [d.flag(i >> n & 1, j >> n & 1) for n in range((len(known) - 1).bit_length())]
    index = {d.held(i, j): 1} if d.chance(0.7) else {}
    if index:
        d.zero(less(index, {bit_: 1 << n for n, bit_ in enumerate(bits)}))
    chosen = [entry(d, bits, known), entry(d, bits, [*known[1:], known[0]])]
    pieces = [*chosen, index or {bits[0]: 1}]
    for _ in range(d.rng.choice([1, 2, 2, 3])):
        form = less(d.rng.choice(pieces[:2]), d.rng.choice([x, x, *known, pieces[2]]))
        form = added(form, d.rng.choice([{}, {}, {0: 1}, {0: -1}, scaled(pieces[2], d.value(3))]))
        form = scaled(form, d.rng.choice([1, -1]))
        if d.chance(0.8):
            d.ranged(form)
        elif d.at(form)[0] == d.at(form)[1]:
            d.zero(less(form, {0: d.at(form)[0]}))


def selectors(d: Draft) -> None:
    """Products with a known index less constants; their unknowns have a known sum."""
    m, other = ({d.given(4): 1} for _ in range(2))
    d.inputs = 2
    gates = [
        less(d.rng.choice([m, m, m, m, other]), {0: d.rng.choice([n, n, n, n + 1])})
        for n in range(3)
    ]
    scale = d.rng.choice([1, 2])
    found = []
    for gate in gates:
        shut = bool(d.at(gate)[0])
        found.append(d.new(*((0, 0) if shut else d.two(3))))
        d.put((scaled(gate, scale), {found[-1]: 1}, {}))
    total = dict.fromkeys(found, 1)
    if d.at(total)[0] == d.at(total)[1]:
        d.zero(less(total, {0: d.at(total)[0]}))


def squares(d: Draft) -> None:
    """A quadratic equation of one unknown in a range."""
    low = d.rng.choice([0, 0, -1, -2, 1])
    first, second = d.two(4)
    x = {d.held(low + first, low + second, low, d.prime // d.rng.choice([1, 2, 2, 3])): 1}
    a, b = (added(scaled(x, d.rng.choice([1, 1, -1, 2])), {0: d.value(3)}) for _ in range(2))
    c = added(scaled(x, d.value(2)), {})
    (a1, a2), (b1, b2), (c1, c2) = d.at(a), d.at(b), d.at(c)
    if (a1 * b1 - c1 - a2 * b2 + c2) % d.prime == 0:
        d.put((a, b, added(c, {0: a1 * b1 - c1})))


def divided(d: Draft) -> None:
    """k y + bits = known, with products that keep the bits below k, or nearly."""
    v = d.two(8)
    bits = [d.flag(*(value >> n & 1 for value in v)) for n in range(3)]
    q = d.held(*d.two(3))
    k = d.rng.choice([5, 6, 6, 7, 8])
    total = {**{b: 1 << n for n, b in enumerate(bits)}, q: k}
    high = {bits[2]: 1}
    if d.chance(0.8):
        middle = d.times(high, {bits[1]: 1})
        d.put(
            d.rng.choice([(middle, {bits[0]: 1}, {}), ({}, {}, middle), (high, {bits[0]: 1}, {})])
        )
    if d.at(total)[0] == d.at(total)[1]:
        d.zero(less(total, {d.new(*d.at(total)): 1}))
        d.inputs = 0


def linear(d: Draft) -> None:
    """As many equations as unknowns, independent or not."""
    unknown = [d.new(*d.two(d.prime)) for _ in range(2)]
    for _ in range(3):
        form = {w: d.rng.choice([1, 2, -1]) for w in unknown}
        if d.at(form)[0] == d.at(form)[1]:
            d.zero(less(form, {0: d.at(form)[0]}))


def curve(d: Draft) -> None:
    """D x = N where N and D are never 0 together if a constant is no square, or may be."""
    m, n = ({d.new(*[d.value(d.prime)] * 2): 1} for _ in range(2))
    d.inputs = 2
    both = d.times(m, d.rng.choice([n, n, n, m]))
    f = d.value(d.prime - 1) + 1
    divisor = added(scaled(both, f), {0: d.rng.choice([1, 1, 1, 0])})
    numerator = d.rng.choice([m, n, both, added(m, scaled(n, d.value(d.prime - 1) + 1))])
    if d.chance(0.5) and d.at(both)[0]:
        divisor = added(scaled(both, -pow(d.at(both)[0], -1, d.prime)), {0: 1})
        if d.at(n)[0] and d.chance(0.7):
            k = -d.at(m)[0] * pow(d.at(n)[0], -1, d.prime)
            numerator = added(m, scaled(n, k))
    d1, n1 = d.at(divisor)[0], d.at(numerator)[0]
    if d1:
        x = [n1 * pow(d1, -1, d.prime)] * 2
    elif n1 == 0:
        x = [*d.two(d.prime)]
    else:
        return
    d.put((divisor, {d.new(*x): 1}, numerator))


def entries(d: Draft) -> list[Combination]:
    """A known list, of which the rows say that entries differ, or ascend, or nothing."""
    values = [d.value(5) for _ in range(d.rng.choice([2, 2, 3]))]
    wires = [d.held(v, v, 0, 3) if d.chance(0.6) else d.new(v, v) for v in sorted(values)]
    d.inputs = len(wires)
    known = [{wire: 1} for wire in wires]
    way = d.value(3)
    for first, second in pairwise(known):
        form = less(second, first, d.rng.choice([0, 0, 1]) if way else 0)
        if way == 1:
            d.ranged(form)
        elif way == 2 and all(d.at(form)):
            inverse = (pow(value, -1, d.prime) for value in d.at(form))
            d.put((form, {d.new(*inverse): 1}, {0: 1}))
    return known


def member(d: Draft, wire: int, known: list[Combination]) -> Combination:
    product = less({wire: 1}, known[0])
    for k in known[1:-1]:
        product = d.times(product, less({wire: 1}, k))
    d.put((product, less({wire: 1}, known[-1]), {}))
    return {wire: 1}


def entry(d: Draft, bits: list[int], column: list[Combination]) -> Combination:
    column = column + [column[-1]] * ((1 << len(bits)) - len(column))
    for bit_ in bits:
        column = [
            added(a, d.times({bit_: 1}, less(b, a)))
            for a, b in zip(column[::2], column[1::2], strict=True)
        ]
    return column[0]


KINDS: list[Kind] = [
    quotient, quotient, bracket, bracket, factor, factor, vanishing, vanishing, extreme,
    sorted_copy, place, place, selectors, squares, divided, linear, curve,
]  # fmt: skip
