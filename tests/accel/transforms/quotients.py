"""Quotients as a proof asks for them: rows put in their places, results in bit-reversed order."""

from __future__ import annotations

from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.transforms.ntt import Domain


def quotient(domain: Domain, a: Words, b: Words, c: Words) -> Words:
    """a b - c on the odd coset in natural order, canonical, from (n, 4) values on the domain."""
    rows = domain.rows(3)
    for k, values in enumerate((a, b, c)):
        rows[k, domain.row_positions] = values
    result: Words = domain.quotient(rows)[domain.reversed]
    return result
