"""Quotients as a proof asks for them: rows put in their places, results in bit-reversed order."""

from __future__ import annotations

from zkpipe.accel.fields.limbs import Words, from_montgomery, words_from_ints
from zkpipe.accel.transforms.ntt import Domain


def rows_of(domain: Domain, a: Words, b: Words, c: Words) -> Words:
    """(n, 4) Montgomery values on the domain as a quotient takes them."""
    rows, order = domain.rows(3), domain.curve.r
    for k, values in enumerate((a, b, c)):
        rows[k, domain.row_positions] = words_from_ints(from_montgomery(values, order))
    rows[2, domain.row_positions] = words_from_ints(
        from_montgomery(rows[2, domain.row_positions], order)
    )
    return rows


def quotient(domain: Domain, a: Words, b: Words, c: Words) -> Words:
    """a b - c on the odd coset, natural order, canonical, from Montgomery values on the domain."""
    rows = rows_of(domain, a, b, c)
    result: Words = domain.quotient(rows)[domain.reversed]
    return result
