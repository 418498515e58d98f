"""The lemma of multiples: slopes between points of Baby Jubjub that are never the same.

A sum of two points in Montgomery form has a slope l with (s - u) l = t - v. The row leaves l free
where u = s and t = v. The lemma follows the sums from row to row and knows of each point that in
every witness it is k P or k P + T, with k in a range, P a point of no low order and T the point of
order 2. If so the two points of a sum differ in every witness, s - u is never 0, and l is
determined by s - u and t - v. The proof has these parts, each in its module of `soundness.points`:

    curve           the curve, and which of its points have no low order
    chosen_points   pairs that the rows keep on the curve and from low order, as multiples 1 and -1
    constant_bases  constants that are multiples of one constant point of order L
    readings        what a pair is for each choice of the bits that choose it
    multiple        when two multiples differ
    sums            the rows of a sum, and which multiple it is

Each statement is about one witness, of all rows: nothing in it depends on what is determined. Only
the last step does, that a wire is determined if its factor is never 0 and the rest is.

So p * k and constant * k are proved that take three rows for a sum, or five for 2 p + q.
"""

from __future__ import annotations

from collections.abc import Iterator

from zkpipe.circuits.soundness.points.curve import BABY_JUBJUB, Curve
from zkpipe.circuits.soundness.points.sums import Sums
from zkpipe.circuits.soundness.rules.forms import Forms

MOST_WORK = 100_000  # entries of rows that are read: a third of a second


class Multiples:
    """The lemma. It reads the sums once; how much it reads is limited."""

    def __init__(self, work_left: int = MOST_WORK, curve: Curve = BABY_JUBJUB) -> None:
        self._work_left = work_left
        self._curve = curve
        self._sums: Sums | None = None

    def __call__(self, forms: Forms) -> Iterator[int]:
        """Wires that the lemma determines."""
        if self._sums is None:
            self._sums = Sums(forms, self._curve, self._work_left)
        left = self._sums.never_zero
        for row, (factor, product) in sorted(left.items()):
            if forms.unknown(factor) or forms.unknown(product):
                continue
            del left[row]
            a, b, _ = forms.product(row)
            unknown = [*forms.unknown(a), *forms.unknown(b)]
            if len(unknown) == 1:
                yield forms.determined(unknown[0])
