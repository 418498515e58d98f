"""Bits that the rows keep at r - 1 or below, run by run of the zeros of r - 1.

y has the bits b_0 to b_253. Any product E F = Z says: if E is 0, so is Z. Let E be a multiple of
the sum of 1 - b_i over all i in S, and Z one of the sum of b_j over all j in T, fewer than r each.
Then E is 0 exactly if all b_i are 1, and Z exactly if all b_j are 0, so that

    all bits of S are 1  =>  all bits of T are 0.

Let each place j at which r - 1 has a 0 be in such a T, all places of whose S are above j and have a
1 in r - 1. Suppose y > r - 1. In the first place j, from above, where the two differ, b_j is 1 and
r - 1 has a 0; above it they agree, so that all bits of that S are 1. Then b_j = 0, which it is not.
So y < r.

F may be anything, as the row says this of every F.
"""

from __future__ import annotations

from collections.abc import Mapping

from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.rules.forms import Form, Forms, added, scaled, without

BITS = R.bit_length()
_ONES = frozenset(i for i in range(BITS) if (R - 1) >> i & 1)
_ZEROS = frozenset(range(BITS)) - _ONES


def is_below_r_by_runs(forms: Forms, digits: Mapping[int, int], equation: Form) -> bool:
    """Whether products keep a number of 254 bits below r.

    digits    of each bit its weight, canonical or its negative; other numbers are not judged
    equation  one that holds all of them, by which other wires are put into bits
    """
    if len(digits) != BITS:
        return False
    places = _places(digits)
    if places is None:
        return False
    open_zeros = set(_ZEROS)
    rows = {row for wire in digits for row in forms.products_of(wire)}
    for row in sorted(rows):
        a, b, c = forms.product(row)
        if len(c) > len(digits) + len(equation):
            continue
        zeros: set[int] | None = None
        for factor in (a, b):
            ones = _all_ones(factor, places)
            if ones is None or not ones <= _ONES:
                continue
            zeros = _all_zeros(c, places, equation) if zeros is None else zeros
            open_zeros -= {j for j in zeros if j < min(ones)}
    return not open_zeros


def _places(digits: Mapping[int, int]) -> dict[int, int] | None:
    """The place of each bit; None if the weights are not 1, 2, 4, ... or their negatives."""
    for sign in (1, -1):
        weights = {wire: sign * k % R for wire, k in digits.items()}
        if sorted(weights.values()) == [1 << i for i in range(BITS)]:
            return {wire: k.bit_length() - 1 for wire, k in weights.items()}
    return None


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


def _all_zeros(form: Form, places: Mapping[int, int], equation: Form) -> set[int]:
    """The places whose bits are all 0 where the form is 0."""
    others = [wire for wire in form if wire not in places and wire in equation]
    if others:
        wire = others[0]
        scale = -form[wire] * pow(equation[wire], -1, R) % R
        form = added([form, scaled(equation, scale)])
    if len(set(form.values())) != 1 or not form.keys() <= places.keys():
        return set()
    return {places[wire] for wire in form}
