"""What equations say of a multiset of unknowns in which they are symmetric.

The elementary symmetric functions e_1, ..., e_n of z_1, ..., z_n are the coefficients of the
polynomial (T - z_1) ... (T - z_n), up to signs; where they are known, so is the multiset of its
roots. Equations that are linear in them, with constant coefficients, say what they are: a product
(c - z_1) ... (c - z_n) for a constant c is one. So do sums of powers p_k = z_1^k + ... + z_n^k by
Newton's identities: k e_k = e_(k-1) p_1 - e_(k-2) p_2 + ... , where k is not 0 mod r, says what e_k
is by p_k, and p_k by e_k, once the earlier ones are known.

Source: Newton's identities; Macdonald, Symmetric Functions and Hall Polynomials, I.2.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from math import comb

from zkpipe.circuits.soundness.rules.elimination import Work, reduced_rows
from zkpipe.circuits.soundness.rules.forms import Arc, Form
from zkpipe.circuits.soundness.rules.polynomials import Monomial, Polynomial

Condition = tuple[Polynomial, Arc]


def are_determined(conditions: Iterable[Condition], wires: Sequence[int], work: Work) -> bool:
    """Whether the multiset of the wires' values follows from conditions on them and what is known.

    conditions  polynomials, each with the interval that it is in, mod r
    """
    n = len(wires)
    rows = [
        row
        for polynomial, (low, high) in conditions
        if low == high and (row := _as_symmetric(polynomial, wires)) is not None
    ]
    known: set[int] = set()
    while True:
        left = [{at: k for at, k in row.items() if at not in known} for row in rows]
        pivots = reduced_rows(filter(None, left), work)
        if pivots is None:
            return False
        found = {at for at, row in pivots.items() if len(row) == 1}
        for k in range(1, n + 1):
            if not {k, -k} & (known | found):
                break
            found |= {k, -k}
        if found <= known:
            return known >= set(range(1, n + 1))
        known |= found


def _as_symmetric(polynomial: Polynomial, wires: Sequence[int]) -> Form | None:
    """A polynomial as a sum of e_k (number k) and of p_k (number -k), and of what is known.

    None if it is no such sum. p_1 is e_1.
    """
    parts: dict[Monomial, Polynomial] = defaultdict(dict)
    for monomial, k in polynomial.items():
        inner = tuple(wire for wire in monomial if wire in wires)
        outer = tuple(wire for wire in monomial if wire not in wires)
        parts[inner][outer] = k
    parts.pop((), None)
    shapes: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for inner, part in parts.items():
        if part.keys() != {()}:
            return None
        shapes[tuple(sorted(Counter(inner).values()))].append(part[()])
    found: Form = {}
    for shape, coefficients in shapes.items():
        is_elementary = set(shape) == {1}
        count = comb(len(wires), len(shape))
        if not (is_elementary or len(shape) == 1):
            return None
        if len(coefficients) != count or len(set(coefficients)) != 1:
            return None
        found[len(shape) if is_elementary else -shape[0]] = coefficients[0]
    return found
