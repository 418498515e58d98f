"""A proving key as a prover on this machine wants it, made once for all proofs under the key.

The queries' points are copied into the machine's own form, on cache lines and in huge pages, where
a mapped file has neither; L and H become one query, whose points share their buckets, with H in
the order in which the quotient comes. The copy takes 320 bytes a wire and lasts as long as the key.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from accel.bases import Bases, prepare
from accel.machine import Machine
from accel.transforms import Domain
from accel.witness_rows import are_sorted
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
            a=prepare([(key.a_query, None)], machine),
            b=prepare([(key.b_g2_query, None)], machine),
            h_and_l=prepare([(key.h_query, domain.reversed), (key.l_query, None)], machine),
        )
    return known[machine.name]


def by_row(coefficients: Coefficients) -> Coefficients:
    """The records with their rows in order, as other tools and ours write them; else sorted."""
    if are_sorted(coefficients):
        return coefficients
    return coefficients[np.argsort(coefficients["constraint"], kind="stable")]
