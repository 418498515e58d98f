"""A proving key as a prover on this machine wants it, made once for all proofs under the key.

The queries' points are copied into the machine's own form, on cache lines and in huge pages, where
a mapped file has neither; L and H become one query, whose points share their buckets, with H in
the order in which the quotient comes. The copy takes 320 bytes a wire and lasts as long as the key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from accel.bases import Bases, Index, prepare
from accel.limbs import Words
from accel.machine import Machine
from accel.transforms import Domain
from accel.witness_rows import are_sorted
from circuits.formats.files import forget_pages
from prover.keys import Coefficients, ProvingKey


@dataclass(frozen=True, slots=True)
class PreparedKey:
    """The points of a key's queries: A and B2 by wire, and H with the private wires' L after it."""

    a: Bases
    b: Bases
    h_and_l: Bases


_prepared: WeakKeyDictionary[ProvingKey, dict[str, PreparedKey]] = WeakKeyDictionary()


def prepared_key(key: ProvingKey, domain: Domain, machine: Machine) -> PreparedKey:
    """The key's points for a machine; kept while the key lives."""
    known = _prepared.setdefault(key, {})
    if machine.name not in known:
        known[machine.name] = PreparedKey(
            a=_taken([(key.a_query, None)], machine),
            b=_taken([(key.b_g2_query, None)], machine),
            h_and_l=_taken([(key.h_query, domain.reversed), (key.l_query, None)], machine),
        )
    return known[machine.name]


def _taken(parts: Sequence[tuple[Words, Index | None]], machine: Machine) -> Bases:
    """Bases, whose points need no longer be in memory where the key has them."""
    bases = prepare(parts, machine)
    for points, _ in parts:
        forget_pages(points)
    return bases


_by_row: WeakKeyDictionary[ProvingKey, Coefficients] = WeakKeyDictionary()


def by_row(coefficients: Coefficients) -> Coefficients:
    """The records with their rows in order, as other tools and ours write them; else sorted."""
    if are_sorted(coefficients):
        return coefficients
    return coefficients[np.argsort(coefficients["constraint"], kind="stable")]


def key_rows(key: ProvingKey) -> Coefficients:
    """The key's records by row; looked at once, and kept while the key lives."""
    if key not in _by_row:
        _by_row[key] = by_row(key.coefficients)
    return _by_row[key]
