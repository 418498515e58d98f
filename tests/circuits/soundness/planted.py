"""Random systems that two planted witnesses satisfy, which agree on the inputs.

Every row is fitted to both: where it would not hold, a multiple of something that differs between
them and a constant are added. So whatever differs is not determined, by construction; no search is
needed to know. Rows are of the kinds that rules look for: constants, opposite factors, is-zeros,
bits, digits, roots, selectors, products that are constant, copies of rows, rows that say nothing.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.circuits.soundness.systems import Row, bit, holds
from zkpipe.accel.bn254 import R

SMALL = [0, 1, -1, 2, -2, 3, 5, -5, 7]
LARGE = [pow(2, -1, R), R // 2, R // 2 + 1, 1 << 200, 1 << 253, -(1 << 128)]
COEFFICIENTS = [1, 1, 1, -1, -1, 2, -2, 4, 8, 3, 5, -5, pow(3, -1, R), R // 2]
MOST_WIRES = 9

Values = list[int]
Combination = dict[int, int]


@dataclass
class Planted:
    """A system under construction.

    given   wires that are inputs
    values  of all wires in the two witnesses
    """

    rng: random.Random
    outputs: int
    inputs: int
    values: tuple[Values, Values]
    rows: list[Row] = field(default_factory=list)

    @property
    def wires(self) -> int:
        return len(self.values[0])

    @property
    def differing(self) -> list[int]:
        first, second = self.values
        return [wire for wire in range(self.wires) if first[wire] != second[wire]]

    def wire(self) -> int:
        """Any wire; the last and the first often."""
        return self.rng.choice([self.wires - 1, 1, *range(1, self.wires)])

    def new(self, first: int, second: int) -> int:
        """A new wire with these values."""
        for values, value in zip(self.values, (first, second), strict=True):
            values.append(value % R)
        return self.wires - 1

    def form(self, most: int = 3) -> Combination:
        """A combination of a few wires, of inputs alone at times, and a constant at times."""
        wires = {self.wire() for _ in range(self.rng.randrange(1, most + 1))}
        if self.inputs and self.rng.random() < 0.4:
            first = 1 + self.outputs
            wires = {first + wire % self.inputs for wire in wires}
        made = {wire: self.rng.choice(COEFFICIENTS) for wire in wires}
        if self.rng.random() < 0.4:
            made[0] = self.rng.choice([1, -1, 5, -5, 2])
        return made

    def at(self, form: Combination) -> tuple[int, int]:
        """What a combination is in the two witnesses."""
        first, second = (sum(k * v[w] for w, k in form.items()) % R for v in self.values)
        return first, second

    def fitted(self, form: Combination, wanted: tuple[int, int]) -> Combination:
        """The combination with what makes it these two values."""
        first, second = self.at(form)
        ahead, behind = (wanted[0] - first) % R, (wanted[1] - second) % R
        made = dict(form)
        if ahead != behind:
            wire = self.rng.choice(self.differing)
            scale = (ahead - behind) * pow(self.values[0][wire] - self.values[1][wire], -1, R) % R
            ahead = (ahead - scale * self.values[0][wire]) % R
            made[wire] = made.get(wire, 0) + scale
        made[0] = made.get(0, 0) + ahead
        return {wire: k % R for wire, k in made.items() if k % R}

    def put(self, *rows: Row) -> None:
        """Add rows if both witnesses satisfy them."""
        for row in rows:
            if holds([row], self.values[0]) and holds([row], self.values[1]):
                a, b, c = row
                self.rows.append((b, a, c) if self.rng.random() < 0.3 else row)


def product(p: Planted) -> None:
    a, b = p.form(), p.form()
    (a1, a2), (b1, b2) = p.at(a), p.at(b)
    start = p.form() if p.rng.random() < 0.4 else {}
    p.put((a, b, p.fitted(start, (a1 * b1 % R, a2 * b2 % R))))


def constant_product(p: Planted) -> None:
    """Two factors whose product is a constant: the second a new wire, or fitted."""
    a, e = p.form(2), p.rng.choice([1, -1, 3])
    a1, a2 = p.at(a)
    if not a1 or not a2:
        return
    wanted = (e * pow(a1, -1, R) % R, e * pow(a2, -1, R) % R)
    b = {p.new(*wanted): 1} if p.rng.random() < 0.3 else p.fitted(p.form(2), wanted)
    p.put((a, b, {0: e}))


def zero_product(p: Planted) -> None:
    a = p.form()
    a1, a2 = p.at(a)
    b = p.form() if p.rng.random() < 0.5 else p.fitted({}, (0 if a1 else 3, 0 if a2 else 1))
    p.put((a, b, {}))


def equation(p: Planted) -> None:
    p.put(({}, {}, p.fitted(p.form(), (0, 0))))


def scaled_equation(p: Planted) -> None:
    form = p.fitted(p.form(), (0, 0))
    other = p.form(2)
    both = {w: other.get(w, 0) - form.get(w, 0) for w in {*form, *other}}
    p.put(({0: 1}, form, {}), ({0: 3}, other, {w: 3 * k for w, k in both.items() if k % R}))


def is_zero(p: Planted) -> None:
    """D z = 0 and D' m = k (1 - z), D' near D; z and m are new wires, or combinations."""
    d, scale = p.form(2), p.rng.choice([1, 1, -1, 5])
    if p.rng.random() < 0.5:  # what is zero in a witness
        d[0] = d.get(0, 0) - p.at(d)[p.rng.randrange(2)]
    near = dict(d)
    way = p.rng.randrange(4)
    if way == 1:
        near = {w: -k for w, k in d.items()}
    elif way == 2:  # without its constant, the sign turned or not
        sign = p.rng.choice([1, -1])
        near = {w: sign * k for w, k in d.items() if w}
    elif way == 3:
        near[0] = near.get(0, 0) + p.rng.choice([1, 5, -5])
    (d1, d2), (n1, n2) = p.at(d), p.at(near)
    z1, z2 = (
        0 if d_i else p.rng.choice([1, 4, -90, 0]) if n_i else 1
        for d_i, n_i in ((d1, n1), (d2, n2))
    )
    z = {p.new(z1, z2): 1} if p.rng.random() < 0.7 else p.fitted(p.form(2), (z1, z2))
    rest = {w: -scale * k for w, k in z.items()}
    rest[0] = rest.get(0, 0) + scale
    c1, c2 = p.at(rest)
    m1, m2 = (c * pow(n, -1, R) % R if n else p.rng.choice([0, 2]) for n, c in ((n1, c1), (n2, c2)))
    m = {p.new(m1, m2): 1} if p.rng.random() < 0.7 else p.fitted({}, (m1, m2))
    p.put((d, z, {}), (near, m, {w: k for w, k in rest.items() if k % R}))


def bits(p: Planted) -> None:
    for wire in range(1, p.wires):
        if {p.values[0][wire], p.values[1][wire]} <= {0, 1} and p.rng.random() < 0.8:
            p.put(p.rng.choice([bit(wire), ({wire: 1}, {wire: 1}, {wire: 1})]))


def digits(p: Planted) -> None:
    """A sum of bits with growing weights, or nearly; equal to what it is."""
    weights = p.rng.choice([[1, 2, 4, 8, 16], [1, 2, 3, 6], [4, -2, 1], [1, 1, 2], [1 << 252] * 2])
    wires = [w for w in range(1, p.wires) if {p.values[0][w], p.values[1][w]} <= {0, 1}]
    p.rng.shuffle(wires)
    p.put(({}, {}, p.fitted(dict(zip(wires, weights, strict=False)), (0, 0))))


def roots(p: Planted) -> None:
    """(x - v) (x - v') = 0 for a combination x and its two values."""
    x, scale = p.form(2), p.rng.choice([1, -1, 2])
    v1, v2 = p.at(x)
    a, b = ({**x, 0: x.get(0, 0) - v} for v in (v1, v2))
    p.put(({w: scale * k for w, k in a.items()}, b, {}))


def square(p: Planted) -> None:
    x = p.form(2)
    v1, v2 = p.at(x)
    p.put((x, x, p.fitted({}, (v1 * v1 % R, v2 * v2 % R))))


def selectors(p: Planted) -> None:
    """D_i s_i = 0 with D_i that differ by constants, or do not; and a sum of the s_i."""
    d = p.form(1)
    found = []
    for i in (0, 1, p.rng.choice([1, 2])):
        gate = {**d, 0: d.get(0, 0) - i - (p.at(d)[0] if p.rng.random() < 0.3 else 0)}
        s1, s2 = (0 if g else p.rng.choice([1, 0, 3]) for g in p.at(gate))
        found.append(p.new(s1, s2))
        p.put((gate, {found[-1]: p.rng.choice([1, 2])}, {}))
    p.put(({}, {}, p.fitted(dict.fromkeys(found, 1), (0, 0))))


def quotient(p: Planted) -> None:
    """D q = p in new wires, and sums of them."""
    d, q = p.form(2), p.new(p.rng.randrange(4), p.rng.randrange(4))
    (d1, d2), (q1, q2) = p.at(d), p.at({q: 1})
    total = p.new(d1 * q1, d2 * q2)
    p.put((d, {q: 1}, {total: 1}), ({}, {}, p.fitted({total: 1, **p.form(2)}, (0, 0))))


def again(p: Planted) -> None:
    """A row once more, as it is or scaled."""
    if p.rows:
        a, b, c = p.rng.choice(p.rows)
        k = p.rng.choice([1, -1, 3])
        p.put(({w: k * v for w, v in a.items()}, b, {w: k * v for w, v in c.items()}))


def nothing(p: Planted) -> None:
    """Rows that say nothing, of constants or of wires that cancel."""
    x = p.form(2)
    rows: list[Row] = [({}, {}, {}), ({}, x, {}), (x, {}, {}), ({0: 2}, {0: 3}, {0: 6}),
                       ({0: 1}, x, x), (x, {0: -1}, {w: -k for w, k in x.items()})]  # fmt: skip
    p.put(p.rng.choice(rows))


KINDS: list[Callable[[Planted], None]] = [
    product, product, constant_product, constant_product, zero_product, equation, equation,
    scaled_equation, is_zero, is_zero, is_zero, bits, bits, digits, digits, roots, square,
    selectors, quotient, again, nothing,
]  # fmt: skip


def planted(rng: random.Random) -> Planted:
    """A system and its two witnesses."""
    wires = rng.randrange(3, MOST_WIRES + 1)
    outputs = rng.randrange(min(3, wires - 1))
    inputs = rng.randrange(min(4, wires - outputs - (outputs == 0)))  # something is free
    pool = rng.choice([[0, 1], SMALL, SMALL, [0, 1, *SMALL, *LARGE, rng.randrange(R)]])
    first = [1, *(rng.choice(pool) % R for _ in range(wires - 1))]
    second = list(first)
    free = [1 + w for w in range(wires - 1) if not outputs <= w < outputs + inputs]
    for wire in free:
        if rng.random() < 0.6:
            second[wire] = rng.choice(pool) % R
    if first == second:
        second[rng.choice(free)] += 1
    p = Planted(rng, outputs, inputs, (first, [v % R for v in second]))
    for _ in range(rng.randrange(1, 9)):
        rng.choice(KINDS)(p)
    return shuffled(p)


def shuffled(p: Planted) -> Planted:
    """The same with internal wires in another order, so that any of them is the last."""
    order = list(range(1 + p.outputs + p.inputs, p.wires))
    p.rng.shuffle(order)
    place = {old: new for new, old in enumerate(order, start=1 + p.outputs + p.inputs)}
    place.update((wire, wire) for wire in range(1 + p.outputs + p.inputs))
    back = {new: old for old, new in place.items()}
    rows = [tuple({place[w]: k for w, k in form.items()} for form in row) for row in p.rows]
    first, second = ([v[back[w]] for w in range(p.wires)] for v in p.values)
    return Planted(p.rng, p.outputs, p.inputs, (first, second), rows)
