"""A witness from some of its values: unit propagation, and guesses where that stops.

A depth-first search over wires without a value. What a guess makes impossible is undone; the work
is bounded, so not finding one means nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.model.quadratics import roots_of
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.rules.assumptions import Assumptions, ways_to_sum
from zkpipe.circuits.soundness.rules.forms import Form, Forms, added, scaled, without
from zkpipe.circuits.soundness.search.draws import Draws

MOST_GUESSES = 400  # of one search
MOST_ZEROS = 8  # products of a wire whose factors are made zero


class Completion:
    """A search for values of all wires.

    assumed   what has a value so far
    wires     that still want one, the first first
    liked     values to try first, by wire
    draws     for guesses
    """

    def __init__(
        self,
        assumed: Assumptions,
        wires: Sequence[int],
        liked: dict[int, int],
        draws: Draws,
    ) -> None:
        self.assumed = assumed
        self.forms: Forms = assumed.forms
        self.wires = wires
        self.liked = liked
        self.draws = draws
        self.guesses = MOST_GUESSES

    def run(self) -> bool:
        """Whether all wires got values that contradict no row that was looked at."""
        stack: list[tuple[int, Iterator[list[tuple[int, int]]], int]] = []
        at = 0
        assumed = self.assumed
        while True:
            while at < len(self.wires) and self.wires[at] in assumed.values:
                at += 1
            if assumed.is_possible and at == len(self.wires):
                return True
            if assumed.is_possible:
                stack.append((assumed.mark(), self._choices(self.wires[at]), at))
            while stack:
                mark, choices, at = stack[-1]
                assumed.undo(mark)
                choice = next(choices, None)
                if choice is None:
                    stack.pop()
                    continue
                self.guesses -= 1
                if self.guesses < 0 or assumed.entries_left < 0:
                    return False
                for wire, value in choice:
                    assumed.assume(wire, value)
                break
            else:
                return False

    def _choices(self, wire: int) -> Iterator[list[tuple[int, int]]]:
        """What to guess next: values of a row that has few, else of the wire."""
        forced = self._from_rows(wire)
        if forced is not None:
            liked = self.liked
            yield from sorted(forced, key=lambda vs: sum(liked.get(w) != v for w, v in vs))
            return
        seen = set()
        for value in self._candidates(wire):
            if value % R not in seen:
                seen.add(value % R)
                yield [(wire, value % R)]

    def _from_rows(self, wire: int) -> list[list[tuple[int, int]]] | None:
        """The few ways in which some row of a wire can hold; None if none has few."""
        assumed, system = self.assumed, self.forms.system
        for form in assumed.linear_rows(wire):
            left = assumed.simplified(form)
            constant = left.pop(ONE_WIRE, 0)
            if len(left) > 1 and all(system.is_bit[w] for w in left):
                found = ways_to_sum(left, constant)
                if found is not None:
                    return found
        for row in self.forms.products_of(wire):
            a, b, c = (assumed.simplified(form) for form in self.forms.product(row))
            if {*a, *b, *c} <= {wire, ONE_WIRE} and wire in a and wire in b:
                p, q, s = (form.get(wire, 0) for form in (a, b, c))
                p0, q0, s0 = (form.get(ONE_WIRE, 0) for form in (a, b, c))
                roots = roots_of(p * q, p * q0 + p0 * q - s, p0 * q0 - s0)
                return [[(wire, root)] for root in roots]
            if {*a, *b} <= {wire, ONE_WIRE} and wire in a and wire in b:
                roots_beside = self._roots_beside(wire, a, b, c)
                if roots_beside is not None:
                    return roots_beside
        return None

    def _roots_beside(
        self, wire: int, a: Form, b: Form, c: Form
    ) -> list[list[tuple[int, int]]] | None:
        """The roots of a product that makes one more wire, which an equation says by the first."""
        others = c.keys() - {wire, ONE_WIRE}
        if len(others) != 1:
            return None
        (other,) = others
        for form in self.assumed.linear_rows(other):
            left = self.assumed.simplified(form)
            if other in left and wire in left and left.keys() <= {wire, other, ONE_WIRE}:
                scale = -c[other] * pow(left[other], -1, R) % R
                rest = added([without(c, [other]), scaled(without(left, [other]), scale)])
                p, q, s = a[wire], b[wire], rest.get(wire, 0)
                p0, q0, s0 = (form.get(ONE_WIRE, 0) for form in (a, b, rest))
                roots = roots_of(p * q, p * q0 + p0 * q - s, p0 * q0 - s0)
                return [[(wire, root)] for root in roots]
        return None

    def _candidates(self, wire: int) -> Iterator[int]:
        if wire in self.liked:
            yield self.liked[wire]
        if self.forms.system.is_bit[wire]:
            first = self.draws.below(2)
            yield from (first, 1 - first)
            return
        zeros = list(self._zeros(wire))
        if zeros and self.draws.below(2):
            yield from zeros
        arc = self.forms.arc_of_wire(wire)
        low, high = arc if arc is not None else (0, R - 1)
        for size in (3, 3, 15, 255):
            yield low + self.draws.below(min(high - low, size) + 1)
        yield low + self.draws.below(high - low + 1)
        yield high
        yield from zeros

    def _zeros(self, wire: int) -> Iterator[int]:
        """Values that make a factor zero, where a product says nothing of its other factor."""
        for row in self.forms.products_of(wire)[:MOST_ZEROS]:
            a, b, _ = self.forms.product(row)
            for factor in (a, b):
                if wire in factor:
                    left = self.assumed.simplified(factor)
                    if set(left) <= {wire, ONE_WIRE}:
                        yield -left.get(ONE_WIRE, 0) * pow(left[wire], -1, R) % R
