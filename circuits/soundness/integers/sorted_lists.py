"""The lemma of sorted lists: unknowns that the rows keep in order, and that are known together.

Let the rows keep z_(i+1) - z_i in [l_i, h_i] mod r for i = 1, ..., n - 1, all l_i >= 0, and let
S = h_1 + ... + h_(n-1), 2 S < r. If two witnesses have the same multiset {z_1, ..., z_n} of
residues, they have the same list. Write z_i = z_1 + s_i with integers 0 = s_1 <= ... <= s_n <= S,
and z'_i = z'_1 + s'_i of the other witness. As the multisets are equal, z'_1 = z_1 + s_k for some
k, and z_1 = z'_1 + s'_m for some m; so s_k + s'_m is 0 mod r, and from 0 to 2 S: it is 0, and
z_1 = z'_1. Then the s_i and the s'_i are the same multiset of residues, and of integers, as S is
below r; both ascend, so they are equal one by one.

The multiset is known

    of members, if all l_i >= 1 and each z_i is one of the same known K_1, ..., K_n: any two z
    differ by 1 to S mod r, so the z are n different residues among n, all of them;
    of roots, if equations say what the elementary symmetric functions of the z are (`symmetric`).

A member is one by a product (`members`), or an entry of a known list by an unknown index. Then the
index is known too, if each of its values leads to a K of its own: all n values of the K are needed
for the z, so no two K are equal. A list with an entry twice has no such copy; its entries times n
plus their places have, and say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.integers.brackets import unknown_integers
from zkpipe.circuits.soundness.integers.members import memberships
from zkpipe.circuits.soundness.integers.symmetric import are_determined
from zkpipe.circuits.soundness.rules.ascents import Ascents, Chain
from zkpipe.circuits.soundness.rules.elimination import Work
from zkpipe.circuits.soundness.rules.expressions import Expressions
from zkpipe.circuits.soundness.rules.forms import Forms
from zkpipe.circuits.soundness.rules.polynomials import Monomial, Polynomial

MOST_VALUES = 1 << 6  # of an index
MOST_UNKNOWNS = 1 << 8  # that may be an index
MOST_ROOTS = 8  # whose products are multiplied out
MOST_WORK = 300_000  # entries of rows and terms of polynomials, all turns together: a second

Kind = frozenset[tuple[Monomial, int]]  # a polynomial in what is known


@dataclass(frozen=True, slots=True)
class _Choice:
    """An unknown of few cases, and what follows from it in each.

    wires  polynomials in what is known, one for each case
    """

    wires: dict[int, list[Polynomial]]

    def kinds(self, form: tuple[tuple[int, int], ...]) -> list[Kind]:
        """What a form of the wires is in each case."""
        cases = zip(*(self.wires[wire] for wire, _ in form), strict=True)
        found = []
        for polynomials in cases:
            total: Polynomial = {}
            for polynomial, (_, scale) in zip(polynomials, form, strict=True):
                for monomial, k in polynomial.items():
                    total[monomial] = (total.get(monomial, 0) + scale * k) % R
            found.append(frozenset((monomial, k) for monomial, k in total.items() if k))
        return found


class SortedLists:
    """The lemma. What it looks at is limited for all of its turns together.

    work_left  entries of rows and terms of polynomials
    """

    def __init__(self, work_left: int = MOST_WORK) -> None:
        self.work_left = work_left
        self._eliminations = Work()

    def __call__(self, forms: Forms) -> Iterator[int]:
        """Wires that the lemma determines."""
        yield from self._of_members(forms, self._by_products(forms))
        yield from self._of_members(forms, self._by_index(forms))
        yield from self._of_roots(forms)

    def _chains(self, forms: Forms, owners: dict[int, int]) -> Iterator[Chain]:
        """Chains of forms that the rows keep in order."""
        if self.work_left < 0 or len(set(owners.values())) < 2:
            return
        found = Ascents(forms, owners, self.work_left)
        self.work_left -= found.work
        yield from (chain for chain in found.chains() if 2 * chain.span < R)

    def _of_members(self, forms: Forms, choices: dict[int, _Choice]) -> Iterator[int]:
        owners = {wire: owner for owner, choice in choices.items() for wire in choice.wires}
        for chain in self._chains(forms, owners):
            if not chain.is_strict:
                continue
            kinds = [choices[owner].kinds(form) for owner, form in chain.nodes]
            self.work_left -= sum(map(len, kinds))
            if len({kind for each in kinds for kind in each}) > len(chain.nodes):
                continue
            for (owner, form), each in zip(chain.nodes, kinds, strict=True):
                if len(form) == 1:
                    yield form[0][0]
                if len(set(each)) == len(each):
                    yield owner

    def _by_products(self, forms: Forms) -> dict[int, _Choice]:
        """Unknowns that products make one of several."""
        found: dict[int, _Choice] = {}
        known = Expressions(forms, {})
        for wire, members in memberships(forms):
            read = [known.polynomial(member) for member in members]
            values = [value for value in read if value is not None]
            self.work_left -= sum(map(len, values))
            if len(values) < len(members):
                continue
            if wire not in found or len(values) < len(found[wire].wires[wire]):
                found[wire] = _Choice({wire: values})
        return found

    def _by_index(self, forms: Forms) -> dict[int, _Choice]:
        """Unknown integers of few values, with what follows from each value."""
        found: dict[int, _Choice] = {}
        owned: set[int] = set()
        indices = [
            (wire, range(arc[0], arc[1] + 1))
            for wire in unknown_integers(forms)[:MOST_UNKNOWNS]
            if (arc := forms.arc_of_wire(wire)) is not None and arc[1] - arc[0] < MOST_VALUES
        ]
        for wire, integers in indices if len(indices) > 1 else ():
            if wire in owned:
                continue
            if self.work_left < 0:
                break
            values = np.array(integers, dtype=object) % R
            following = Expressions(forms, {wire: {(): values}}, len(values))
            self.work_left -= following.work * len(values)
            if owned.isdisjoint(following.of):
                owned |= following.of.keys()
                found[wire] = _choice_of(following, len(values))
        return found

    def _of_roots(self, forms: Forms) -> Iterator[int]:
        """Unknowns in order whose symmetric functions are known."""
        own = [wire for wire in unknown_integers(forms) if wire < forms.system.wire_count]
        for chain in self._chains(forms, {wire: wire for wire in own}):
            wires = [owner for owner, _ in chain.nodes]
            if self.work_left < 0 or not len(wires) <= MOST_ROOTS:
                continue
            found = Expressions(forms, {wire: {(wire,): 1} for wire in wires})
            self.work_left -= found.work + sum(len(f) for f, _ in found.conditions)
            if are_determined(found.conditions, wires, self._eliminations):
                yield from wires


def _choice_of(following: Expressions, count: int) -> _Choice:
    """What follows in each case that constants do not exclude."""
    possible = np.ones(count, np.bool_)
    for polynomial, (low, high) in following.conditions:
        if polynomial.keys() <= {()}:
            constants = polynomial.get((), 0) + np.zeros(count, dtype=object)
            possible &= ((constants - low) % R <= high - low).astype(np.bool_)
    cases: Sequence[int] = np.flatnonzero(possible).tolist()
    zeros = np.zeros(count, dtype=object)
    wires = {}
    for wire, polynomial in following.of.items():
        columns = {monomial: (k + zeros).tolist() for monomial, k in polynomial.items()}
        wires[wire] = [{m: column[c] for m, column in columns.items()} for c in cases]
    return _Choice(wires)
