"""Bits that the rows keep at r - 1 or below, run by run of the zeros of r - 1.

y has the bits b_0 to b_253. Any product E F = Z says: if E is 0, so is Z. Let E be a multiple of
the sum of 1 - b_i over all i in S, and Z one of the sum of b_j over all j in T, fewer than r each.
Then E is 0 exactly if all b_i are 1, and Z exactly if all b_j are 0, so that

    all bits of S are 1  =>  all bits of T are 0.

Let each place j at which r - 1 has a 0 be in such a T, all places of whose S are above j and have a
1 in r - 1. Suppose y > r - 1. In the first place j, from above, where the two differ, b_j is 1 and
r - 1 has a 0; above it they agree, so that all bits of that S are 1. Then b_j = 0, which it is not.
So y < r.

F may be anything, as the row says this of every F. A wire may stand for 1 - b_i as well as for b_i,
as does the lowest bit of x + 1 in rows that have x beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.rules.forms import Form, Forms, added, scaled, without

BITS = R.bit_length()
_ONES = frozenset(i for i in range(BITS) if (R - 1) >> i & 1)
_ZEROS = frozenset(range(BITS)) - _ONES


def is_below_r_by_runs(forms: Forms, digits: Mapping[int, int], equation: Form) -> bool:
    """Whether products keep a number of 254 bits below r.

    digits    of each bit its weight, a power of two or the negative of one; others are not judged
    equation  one that holds all of them, by which other wires are put into bits
    """
    if len(digits) != BITS:
        return False
    return any(_are_kept(forms, bits, equation) for bits in _readings(digits))


class _Bits(NamedTuple):
    """What wires stand for: b_i, or 1 - b_i.

    places    of each wire its i
    inverted  the wires that are 1 - b_i
    """

    places: Mapping[int, int]
    inverted: frozenset[int]

    def put_into(self, form: Form) -> Form:
        """A form in b_i for the wires."""
        found = {wire: R - k if wire in self.inverted else k for wire, k in form.items()}
        constant = sum(k for wire, k in form.items() if wire == ONE_WIRE or wire in self.inverted)
        return {**without(found, [ONE_WIRE]), **({ONE_WIRE: constant % R} if constant % R else {})}


def _readings(digits: Mapping[int, int]) -> Iterator[_Bits]:
    """The wires as bits of weights 1, 2, 4, ..., or of their negatives."""
    powers = {1 << i: i for i in range(BITS)}
    for sign in (1, -1):
        weights = {wire: sign * k % R for wire, k in digits.items()}
        inverted = frozenset(wire for wire, k in weights.items() if k not in powers)
        places = {w: powers.get(R - k if w in inverted else k, -1) for w, k in weights.items()}
        if sorted(places.values()) == [*range(BITS)]:
            yield _Bits(places, inverted)


def _are_kept(forms: Forms, bits: _Bits, equation: Form) -> bool:
    """Whether products keep the number of the bits below r."""
    open_zeros = set(_ZEROS)
    rows = {row for wire in bits.places for row in forms.products_of(wire)}
    for row in sorted(rows):
        a, b, c = forms.product(row)
        if len(c) > len(bits.places) + len(equation):
            continue
        zeros: set[int] | None = None
        for factor in (a, b):
            ones = _all_ones(bits.put_into(factor), bits.places)
            if ones is None or not ones <= _ONES:
                continue
            zeros = _all_zeros(c, bits, equation) if zeros is None else zeros
            open_zeros -= {j for j in zeros if j < min(ones)}
    return not open_zeros


def _all_ones(form: Form, places: Mapping[int, int]) -> set[int] | None:
    """The places whose bits are all 1 where the form is 0; None if it does not say that of any."""
    bits = without(form, [ONE_WIRE])
    factors = set(bits.values())
    if len(factors) != 1 or not bits.keys() <= places.keys():
        return None
    (k,) = factors
    if (form.get(ONE_WIRE, 0) + k * len(bits)) % R:
        return None
    return {places[wire] for wire in bits}


def _all_zeros(form: Form, bits: _Bits, equation: Form) -> set[int]:
    """The places whose bits are all 0 where the form is 0."""
    others = [w for w in form if w not in bits.places and w in equation and w != ONE_WIRE]
    if others:
        wire = others[0]
        scale = -form[wire] * pow(equation[wire], -1, R) % R
        form = added([form, scaled(equation, scale)])
    form = bits.put_into(form)
    if len(set(form.values())) != 1 or not form.keys() <= bits.places.keys():
        return set()
    return {bits.places[wire] for wire in form}
