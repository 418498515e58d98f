"""Random systems on lists that two planted witnesses satisfy, as `planted` makes them.

An unknown is an entry of a known list by an index of bits, one of its entries by a product, or any
number. What is drawn of it is put in the system where both witnesses allow it: that differences
are in some bits, few or nearly as many as the field has; that entries differ; that flags decide;
sums of powers, and products at constant points. So the systems are what a user would write for a
sorted copy, a place or a greatest entry, mostly with something left out.
"""

from __future__ import annotations

import random
from math import prod

from tests.circuits.soundness.planted import Combination, Planted, shuffled
from tests.circuits.soundness.systems import bit
from zkpipe.accel.bn254 import R

NARROW = [1, 2, 2, 3]
WIDE = [1, 2, 3, 250, 252, 253]
FAR = [0, 0, 0, 1, 1 << 252, R // 2, R - 2]


def planted_list(rng: random.Random) -> Planted:
    """A system and its two witnesses."""
    count = rng.randrange(2, 5)
    offset = rng.choice(FAR)
    entries = [offset + rng.randrange(5) for _ in range(count)]
    if rng.random() < 0.3:
        entries.sort()
    values = [1, *(entry % R for entry in entries)]
    p = Planted(rng, 0, count, (list(values), list(values)))
    known: list[Combination] = [{1 + i: 1} for i in range(count)]
    if rng.random() < 0.2:
        known.append({0: offset + rng.randrange(5)})
    widths = rng.choice([NARROW, NARROW, WIDE])
    facts(p, known, widths)
    rng.choice([sorted_copy, sorted_copy, choice, choice, roots])(p, known, widths)
    return shuffled(p)


def difference(second: Combination, first: Combination, less: int = 0) -> Combination:
    """second - first - less."""
    made = {w: (second.get(w, 0) - first.get(w, 0)) % R for w in {*second, *first}}
    made[0] = (made.get(0, 0) - less) % R
    return {w: k for w, k in made.items() if k}


def ranged(p: Planted, form: Combination, width: int) -> None:
    """Keep a form in so many bits, if both witnesses do."""
    values = p.at(form)
    if max(values) >> width:
        return
    first = p.wires
    for i in range(width):
        wire = p.new(*(value >> i & 1 for value in values))
        p.put(bit(wire))
    p.put(({}, {}, difference(form, {first + i: 1 << i for i in range(width)})))


def differ(p: Planted, first: Combination, second: Combination, by: int) -> None:
    form = difference(second, first, by)
    values = p.at(form)
    if all(values):
        p.put((form, {p.new(*(pow(value, -1, R) for value in values)): 1}, {0: 1}))


def facts(p: Planted, known: list[Combination], widths: list[int]) -> None:
    """What the rows say of the known list: that it ascends, in part, or that entries differ."""
    way = p.rng.randrange(4)
    for i in range(len(known) - 1):
        if way == 1 and p.rng.random() < 0.9:
            ranged(p, difference(known[i + 1], known[i], p.rng.randrange(2)), p.rng.choice(widths))
        elif way == 2:
            for j in range(i):
                differ(p, known[j], known[i], p.rng.choice([0, 0, 0, 1]))


def index(p: Planted, first: int, second: int, count: int) -> list[int]:
    """The bits of an unknown index, lowest first."""
    width = max(1, (count - 1).bit_length())
    bits = [p.new(first >> i & 1, second >> i & 1) for i in range(width)]
    p.put(*(bit(wire) for wire in bits))
    if p.rng.random() < 0.8:
        number = p.new(first, second)
        p.put(({}, {}, {number: 1, **{wire: -(1 << i) for i, wire in enumerate(bits)}}))
    return bits


def entry(p: Planted, bits: list[int], column: list[Combination]) -> Combination:
    """The entry of a list at an index, by a tree of choices; where there is none, the last."""
    column = column + [column[-1]] * ((1 << len(bits)) - len(column))
    for wire in bits:
        halves = []
        for at_0, at_1 in zip(column[::2], column[1::2], strict=True):
            step = difference(at_1, at_0)
            if not step:
                halves.append(at_0)
                continue
            chosen = p.new(*(b * v for b, v in zip(p.at({wire: 1}), p.at(step), strict=True)))
            p.put(({wire: 1}, step, {chosen: 1}))
            halves.append({**at_0, chosen: (at_0.get(chosen, 0) + 1) % R})
        column = halves
    return column[0]


def member(p: Planted, wire: int, column: list[Combination]) -> None:
    """The wire is one of a list, by a chain of products."""
    factor = difference({wire: 1}, column[0])
    for other in column[1:-1]:
        a, b = p.at(factor), p.at(difference({wire: 1}, other))
        made = p.new(*(x * y % R for x, y in zip(a, b, strict=True)))
        p.put((factor, difference({wire: 1}, other), {made: 1}))
        factor = {made: 1}
    p.put((factor, difference({wire: 1}, column[-1]), {}))


def sorted_copy(p: Planted, known: list[Combination], widths: list[int]) -> None:
    """Entries of the list in unknown places, in order, mostly."""
    rng, count = p.rng, len(known)
    places = [[rng.randrange(count) for _ in range(count)] for _ in range(2)]
    for chosen, at in zip(places, p.values, strict=True):
        if rng.random() < 0.7:
            chosen[:] = range(count)
            rng.shuffle(chosen)
        values = [sum(k * at[w] for w, k in form.items()) % R for form in known]
        if rng.random() < 0.8:
            turn = rng.choice([0, 0, *values])
            chosen.sort(key=lambda i: (values[i] - turn) % R)
    by_index = rng.random() < 0.5
    size = count - (rng.random() < 0.15)
    unknown: list[Combination] = []
    for i in range(size):
        first, second = places[0][i], places[1][i]
        if by_index:
            unknown.append(entry(p, index(p, first, second, count), known))
            continue
        wire = p.new(p.at(known[first])[0], p.at(known[second])[1])
        member(p, wire, known + ([{0: rng.randrange(5)}] if rng.random() < 0.1 else []))
        unknown.append({wire: 1})
    strict = rng.random() < 0.8
    for i in range(size - 1):
        if rng.random() < 0.97:
            ranged(p, difference(unknown[i + 1], unknown[i], int(strict)), rng.choice(widths))


def choice(p: Planted, known: list[Combination], widths: list[int]) -> None:
    """An entry by an unknown index, compared with the list or with a number."""
    rng, count = p.rng, len(known)
    first, second = rng.randrange(count), rng.randrange(count)
    bits = index(p, first, second, count)
    value = entry(p, bits, known)
    after = entry(p, bits, known[1:] + known[:1]) if rng.random() < 0.5 else value
    ties = entry(p, bits, [{0: i} for i in range(count)])
    others = list(known)
    if rng.random() < 0.5:
        near = sum(p.at(known[first])[:1]) + rng.choice([0, 1, -1])
        others = [{0: near % R}]
    for i, other in enumerate(others):
        less, width = rng.randrange(2), rng.choice(widths)
        if rng.random() < 0.3:  # the index is added, as a flag j < i, or times something
            flag = entry(p, bits, [{0: int(j > i)} for j in range(count)])
            scale = rng.choice([1, 1, 2, 4])
            form = difference({w: scale * k % R for w, k in value.items()},
                              {w: scale * k % R for w, k in other.items()}, 0)  # fmt: skip
            ranged(p, difference(form, rng.choice([flag, flag, ties])), width)
        else:
            ranged(p, difference(value, other, less), width)
            ranged(p, difference(other, after, rng.randrange(2)), width)
        if rng.random() < 0.2:
            p.put(({}, {}, difference(value, other, rng.randrange(2))))


def roots(p: Planted, known: list[Combination], widths: list[int]) -> None:
    """Unknowns in order, with sums of powers and products at points that both witnesses share."""
    rng, count = p.rng, len(known)
    first = [rng.randrange(5) for _ in range(count)]
    second = rng.sample(first, count) if rng.random() < 0.4 else [rng.randrange(5) for _ in first]
    if rng.random() < 0.6:
        first.sort()
        second.sort()
    wires = [p.new(a, b) for a, b in zip(first, second, strict=True)]
    for wire in wires:
        ranged(p, {wire: 1}, 3)
    for power in range(1, count + 1):
        if rng.random() < 0.9:
            of_powers(p, wires, power)
    for point in range(count):
        if rng.random() < 0.5:
            of_product(p, wires, point)
    for i in range(count - 1):
        if rng.random() < 0.95:
            ranged(p, difference({wires[i + 1]: 1}, {wires[i]: 1}, 0), rng.choice(widths))


def of_powers(p: Planted, wires: list[int], power: int) -> None:
    terms: list[int] = []
    for wire in wires:
        values = [at[wire] for at in p.values]
        made = wire
        for k in range(2, power + 1):
            following = p.new(*(value**k % R for value in values))
            p.put(({made: 1}, {wire: 1}, {following: 1}))
            made = following
        terms.append(made)
    total = p.at(dict.fromkeys(terms, 1))
    p.put(({}, {}, {**dict.fromkeys(terms, 1), 0: -total[0]}))


def of_product(p: Planted, wires: list[int], point: int) -> None:
    factor: Combination = {wires[0]: 1, 0: point}
    for i, wire in enumerate(wires[1:-1], start=2):
        value = [prod(at[w] + point for w in wires[:i]) % R for at in p.values]
        made = p.new(*value)
        p.put((factor, {wire: 1, 0: point}, {made: 1}))
        factor = {made: 1}
    total = prod(p.values[0][w] + point for w in wires) % R
    p.put((factor, {wires[-1]: 1, 0: point}, {0: total} if total else {}))
