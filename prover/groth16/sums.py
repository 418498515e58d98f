"""What a proof is made from: the quotient, and the sums over the key's queries.

    a = sum w_i A[i]      b = sum w_i B2[i]      c = sum w_i L[i] + sum h_j H[j]

`sums` works on copies of all points that are kept with the key; `sums_within` copies as many at a
time as fit a bound of memory. Both are secrets of the witness, see prover.groth16.prove.

Source: Groth, eprint 2016/260, section 3.2; H in the Lagrange basis of the odd coset, snarkjs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.linear.sparse import into_montgomery
from zkpipe.accel.linear.witness_rows import witness_rows
from zkpipe.accel.machines.backend import machine
from zkpipe.accel.msm.bases import Index, prepare
from zkpipe.accel.msm.digits import Digits
from zkpipe.accel.msm.multi_scalar import (
    Query,
    add_points,
    digit_bits,
    query,
    sums_of_products,
    window_bits,
)
from zkpipe.accel.transforms.ntt import domain
from zkpipe.ground.errors import RangeError
from zkpipe.ground.sizes import allowed, needed
from zkpipe.prover.groth16.prepared import key_rows, prepared_key
from zkpipe.prover.key_shapes import COEFFICIENT
from zkpipe.prover.proving_key import ProvingKey

# Bytes that a quotient takes for each point of the domain: rows of A, B, C, three polynomials in
# lanes, the twiddles of two transforms, orders, and the result.
QUOTIENT_BYTES = 480
# Bytes that a sum takes for each point of its chunk: a copy in G2, digits, orders of windows.
POINT_BYTES = 320
LEAST_CHUNK = 1 << 12


@dataclass(frozen=True, slots=True, repr=False)
class Sums:
    """The three sums, as affine words: (8,), (16,), (8,). A secret."""

    a: Words
    b: Words
    c: Words


def quotient(key: ProvingKey, values: Words) -> Words:
    """The values of a b - c on the odd coset, canonical, in bit-reversed order: scalars of H.

    values  (wire_count, 4) uint64   the witness, canonical
    """
    points = domain(key.domain_size)
    rows = points.rows(3)
    witness_rows(key_rows(key), values, into_montgomery(values), points.place, rows)
    return points.quotient(rows)


def sums(key: ProvingKey, values: Words, h: Words) -> Sums:
    """All sums at once, L and H with one set of buckets."""
    prepared = prepared_key(key, domain(key.domain_size), machine())
    w = Digits.of(values, digit_bits(prepared.a))
    h_and_l = Digits.of(h, digit_bits(prepared.h_and_l), values[key.public_count + 1 :])
    del h  # the memory of proving is highest here
    return Sums(
        *sums_of_products(
            [query(prepared.a, w), query(prepared.b, w), query(prepared.h_and_l, h_and_l)]
        )
    )


def sums_within(key: ProvingKey, values: Words, h: Words, memory: int) -> Sums:
    """The same, a chunk of points after another, so that copies and digits take so many bytes."""
    chunk = max(memory // POINT_BYTES, LEAST_CHUNK)
    private = values[key.public_count + 1 :]
    order = domain(key.domain_size).reversed

    def total(query: str, scalars: Words, order: Index | None = None) -> Words:
        """Scalar order[i] belongs to point i, and i to i if there is no order."""
        parts = []
        for low in range(0, len(scalars), chunk):
            some = slice(low, low + chunk)
            taken = np.ascontiguousarray(scalars[some] if order is None else scalars[order[some]])
            bases = prepare([(key.rows(query, low, low + chunk), None)], machine())
            digits = Digits.of(taken, window_bits(bases.count))
            parts += sums_of_products([Query(bases, digits)])
        return add_points(parts) if parts else np.zeros(_words_of(query), np.uint64)

    return Sums(
        a=total("a_query", values),
        b=total("b_g2_query", values),
        # bit reversal undoes itself: the order of the points is that of the scalars
        c=add_points([total("l_query", private), total("h_query", h, order)]),
    )


def _words_of(query: str) -> int:
    return 16 if query == "b_g2_query" else 8


def least_memory(key: ProvingKey) -> int:
    """Bytes without which the key's quotient cannot be found, and a chunk of points summed."""
    records = COEFFICIENT.itemsize * key.length("coefficients")
    points = POINT_BYTES * LEAST_CHUNK
    return QUOTIENT_BYTES * key.domain_size + 64 * key.wire_count + records + points


def memory_for_points(key: ProvingKey, max_memory: int) -> int:
    """What a bound on all memory leaves for chunks of points, once the quotient is known.

    Raises RangeError if the bound is too small for this key.
    """
    if max_memory < (least := least_memory(key)):
        raise RangeError(
            f"Proving with this key takes at least {needed(least)} beside the key itself; "
            f"{allowed(max_memory)} are allowed.",
            "Allow more memory.",
        )
    kept = 170 * key.domain_size + 32 * key.domain_size + 64 * key.wire_count
    return max_memory - kept - COEFFICIENT.itemsize * key.length("coefficients")
