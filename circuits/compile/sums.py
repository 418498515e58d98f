"""Long sums: kept as what they are made of until a row reads them, and put on a wire in time.

A sum that a loop carries on, `x = x + v`, would cost its whole length in each step if every step
copied its entries, and in each row that reads one of its states. Up to SHORT entries it is copied,
which is the cheapest; a longer one is a Sum, which holds its parts:

    to add      a new Sum of two parts, whatever their length
    to read     one walk over the parts, the newest first, that meets each of them once
    read again  what has been copied into a row before, and is longer than LONG, gets a wire

So a sum of a thousand values that one row reads stays a thousand entries of that row, and costs no
row of its own; of a thousand prefix sums that rows read, about each fortieth gets a wire. What
cancels out (`prefix[j] - prefix[i]`) is not walked through.

A wire for a sum with a pending product costs no row: the sum takes the product's. Else it costs a
linear row. LONG is about the number of entries that cost as much, so that a wire made at the second
copy costs twice the best at the most, whatever follows (the rent or buy of ski rental). Measured:
a row and its wire take 3.2 us of `prove` and 384 bytes of a key, an entry of A or B takes 0.05 us
and 44 bytes. So a row is worth 68 entries in time and 9 in space; LONG lies between them, above
the 33 that the lowest bit of a 32-bit word has, of which hashes have many.

Where the states are read from the last to the first, the first reading has walked through all of
them. What is walked through for the third time, without a wire on the way, therefore gets one in
the middle too: n states cost n log n entries, not n^2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import heappop, heappush

from zkpipe.accel.bn254 import R
from zkpipe.circuits.compile.combinations.combination import (
    Combination,
    complement,
)
from zkpipe.circuits.compile.combinations.linear import (
    SHORT,
    Linear,
    Sum,
    kept,
    length,
    minus,
    plus,
    times,
)
from zkpipe.circuits.compile.tracer import LONG, Tracer
from zkpipe.circuits.language.text.source import here
from zkpipe.circuits.r1cs.record import Origin, Site


def read(tracer: Tracer, x: Linear) -> Combination:
    """The entries of x, for a row; on a wire of its own if it is long and rows had them before."""
    if type(x) is dict:
        return x
    assert type(x) is Sum  # noqa: S101 - for the type checker
    if x.form is None:
        _define(tracer, x)
    return _copied(tracer, x)


def choose(
    tracer: Tracer,
    flag: Combination,
    if_true: Linear,
    if_false: Linear,
    origin: int | None = None,
) -> Linear:
    """if_true where the flag is 1, else if_false: the shorter of them, and a product.

    What a loop carries on by choosing between it and a new value therefore does not grow.
    """
    step = minus(if_true, if_false)
    if length(if_true) < length(if_false):
        base, flag, step = if_true, complement(flag), times(step, -1)
    else:
        base = if_false
    product = tracer.product(flag, read(tracer, step), origin)
    return plus(tracer.resolve(base) if type(base) is dict else base, product)


def shortened(tracer: Tracer, x: Linear) -> Combination:
    """The entries of x for several rows, such as those of a range check, which have them all.

    Of a long sum its wire, and so the same entries each time: what is known of their bits stays
    known. A pending product gives one for nothing.
    """
    if type(x) is dict:
        return x
    form = read(tracer, x)
    is_free = len(form) > SHORT and not tracer.pending.keys().isdisjoint(form)
    if is_free or len(form) > LONG:
        form = {tracer.wire(form, sum_origin(tracer)): 1}
        replace(x, form)
    return form


def lent(tracer: Tracer, x: Linear) -> Combination:
    """The entries of x for the solver, which copies them into no row; the second time, as read."""
    form = read(tracer, x)
    if type(x) is Sum and not x.is_lent:
        x.is_lent = True
        x.copies -= 1
    return form


def sum_origin(tracer: Tracer) -> int:
    """The origin of a sum's own row in the user's present line."""
    return tracer.origin(Origin(Site(here(tracer.boundary), "sum")))


def wire(tracer: Tracer, x: Linear, origin: int) -> int:
    """The slot of x; what else is made of a long sum has it too."""
    slot = tracer.wire(read(tracer, x), origin)
    replace(x, {slot: 1})
    return slot


def replace(x: Linear, form: Combination) -> Linear:
    """x in an equal form that a row has found, such as its wire; so has what is made of it."""
    if type(x) is not Sum:
        return kept(form)
    x.form = form
    return x


def _copied(tracer: Tracer, x: Sum) -> Combination:
    """The form of a Sum that has one, for one more reader."""
    form = tracer.resolve(x.form or {})
    if x.copies and len(form) > LONG:
        form = {tracer.wire(form, sum_origin(tracer)): 1}
    x.copies += 1
    x.form = form
    return form


def _define(tracer: Tracer, x: Sum) -> None:
    """Give a Sum a form; the second time that its parts are copied, with a wire among them."""
    short = _short(x)
    if short is not None:
        x.form, x.parts = tracer.resolve(short), ()
        return
    form, passed = _gathered(tracer, x)
    if x.copies > 1 and len(form) > LONG and len(passed) > 1:
        middle = passed[len(passed) // 2]
        if middle.form is None:
            middle.form = _gathered(tracer, middle)[0]
            middle.parts = ()
        _copied(tracer, middle)
        form = _gathered(tracer, x)[0]
    x.form, x.parts = form, ()


def _short(top: Sum) -> Combination | None:
    """The entries of a Sum, if they and the way to them are short; a wire would not be."""
    walk, steps = _Walk(top), 0
    for x, weight in walk:
        parts = x.parts if x.form is None else ((x.form, 1),)
        steps += 1 + sum(len(part) for part, _ in parts if isinstance(part, dict))
        if steps > 2 * LONG:
            return None
        walk.add(parts, weight)
    found = walk.combination()
    return found if len(found) <= LONG else None


def _gathered(tracer: Tracer, top: Sum) -> tuple[Combination, list[Sum]]:
    """The entries of a Sum without a form, and the Sums without one that it is made of.

    A part that has been copied before is given a form on the way, unless `top` has as well.
    """
    walk = _Walk(top)
    passed: list[Sum] = []
    for x, weight in walk:
        if x is not top:
            if x.form is None and x.copies and not top.copies:
                _define(tracer, x)
            if x.form is not None:
                walk.add(((_copied(tracer, x), 1),), weight)
                continue
            x.copies += 1
            passed.append(x)
        walk.add(x.parts, weight)
    return tracer.resolve(walk.combination()), passed


class _Walk:
    """Sums that a walk comes to, the newest first, each once with its whole weight."""

    def __init__(self, top: Sum) -> None:
        self.entries: Combination = {}
        self.sums = {top.number: top}
        self.weights = {top.number: 1}
        self.waiting = [-top.number]

    def __iter__(self) -> Iterator[tuple[Sum, int]]:
        while self.waiting:
            number = -heappop(self.waiting)
            weight, x = self.weights.pop(number) % R, self.sums.pop(number)
            if weight:
                yield x, weight

    def add(self, parts: Iterable[tuple[Linear, int]], weight: int) -> None:
        """Come to the parts of a Sum."""
        for part, factor in parts:
            if isinstance(part, dict):
                for slot, coefficient in part.items():
                    have = self.entries.get(slot, 0)
                    self.entries[slot] = have + weight * factor * coefficient
            elif part.number in self.weights:
                self.weights[part.number] += weight * factor
            else:
                self.weights[part.number], self.sums[part.number] = weight * factor, part
                heappush(self.waiting, -part.number)

    def combination(self) -> Combination:
        """What the walk has found, in the order in which it was added up."""
        found = self.entries
        return {slot: value for slot in reversed(found) if (value := found[slot] % R)}
