"""A proving key as a prover on this machine wants it, made once for all proofs under the key.

The queries' points are copied into the machine's own form, on cache lines and in huge pages, and of
a key in a file no other copy stays. L and H become one query, whose points share their buckets,
with H in the order in which the quotient comes. The copy takes 320 bytes a wire and lasts as long
as the key.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from zkpipe.accel.linear.witness_rows import are_sorted
from zkpipe.accel.machines.backend import machine as chosen_machine
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.msm.bases import Bases, prepare
from zkpipe.accel.msm.digits import window_count
from zkpipe.accel.msm.multi_scalar import shared_window_bits, with_multiples
from zkpipe.accel.msm.multiples import Multiples
from zkpipe.accel.transforms.ntt import Domain, domain
from zkpipe.ground.errors import RangeError
from zkpipe.ground.kinds import require
from zkpipe.ground.sizes import allowed, needed, size_of
from zkpipe.prover.key_shapes import Coefficients
from zkpipe.prover.proving_key import ProvingKey


@dataclass(frozen=True, slots=True)
class PreparedKey:
    """The points of a key's queries: A and B2 by wire, and H with the private wires' L after it.

    Each with its multiples, where they were asked for.
    """

    a: Bases
    b: Bases
    h_and_l: Bases


_prepared: WeakKeyDictionary[ProvingKey, dict[str, PreparedKey]] = WeakKeyDictionary()


def prepared_key(key: ProvingKey, points: Domain, machine: Machine) -> PreparedKey:
    """The key's points for a machine; kept while the key lives."""
    known = _prepared.setdefault(key, {})
    if machine.name not in known:
        known[machine.name] = PreparedKey(
            a=prepare([(key.a_query, None)], machine),
            b=prepare([(key.b_g2_query, None)], machine),
            h_and_l=prepare([(key.h_query, points.reversed), (key.l_query, None)], machine),
        )
    return known[machine.name]


def precompute(key: ProvingKey, max_memory: int | str | None = None) -> None:
    """Compute multiples of the key's points, which make every later proof under it faster.

    They are kept as long as the key. For the many proofs of a batch: measured, proofs of 2^10,
    2^14, 2^16 rows take 58, 25 to 33, 18 to 23 % less time, which 5, 40, 65 of them make good.

    max_memory  bytes that they may take, or a text such as "1.5G"

    Raises RangeError if they would take more: 5 to 8 KB a wire.
    Cost: 254 doublings of three points in G1 and one in G2 for each wire; threads share them.
    """
    require("precompute", "key", key, ProvingKey, "ProvingKey.load reads a .zkey.")
    most = None if max_memory is None else size_of("precompute", "max_memory", max_memory)
    points = domain(key.domain_size)
    windows = window_count(shared_window_bits(key.wire_count))
    size = windows * (256 * key.wire_count + 64 * key.domain_size)
    if most is not None and size > most:
        raise RangeError(
            f"The multiples of this key's points take {needed(size)}; {allowed(most)} are allowed.",
            "Prove without them, or allow more memory.",
        )
    m = chosen_machine()
    plain = prepared_key(key, points, m)
    if not isinstance(plain.a, Multiples):
        _prepared[key][m.name] = PreparedKey(
            a=with_multiples(plain.a),
            b=with_multiples(plain.b),
            h_and_l=with_multiples(plain.h_and_l),
        )


_by_row: WeakKeyDictionary[ProvingKey, Coefficients] = WeakKeyDictionary()


def by_row(coefficients: Coefficients) -> Coefficients:
    """The records with their rows in order, as other tools and ours write them; else sorted.

    In C order and writable, the one kind of array that the kernels are compiled for.
    """
    coefficients = np.require(coefficients, requirements=["C", "W"])
    if are_sorted(coefficients):
        return coefficients
    return coefficients[np.argsort(coefficients["constraint"], kind="stable")]


def key_rows(key: ProvingKey) -> Coefficients:
    """The key's records by row; looked at once, and kept while the key lives.

    Of a key in a file this is a copy, 44 bytes a record.
    """
    if key not in _by_row:
        _by_row[key] = by_row(key.rows("coefficients", 0, None))
    return _by_row[key]
