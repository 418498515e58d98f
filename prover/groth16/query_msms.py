"""What a proof is made from: the quotient, and the sums over the key's queries.

    a = sum w_i A[i]      b = sum w_i B2[i]      c = sum w_i L[i] + sum h_j H[j]

`query_msms` works on copies of all points that are kept with the key; `query_msms_within` copies as
many at a time as fit a bound of memory. Both are secrets of the witness: see groth16.attempts.

Source: Groth, eprint 2016/260, section 3.2; H in the Lagrange basis of the odd coset, snarkjs.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zkpipe.accel.executors.executor import Executor
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.linear.terms import bytes_of_terms
from zkpipe.accel.msm.bases import Index
from zkpipe.accel.msm.multi_scalar import add_points
from zkpipe.ground.errors import RangeError
from zkpipe.ground.quick_dataclass import dataclass
from zkpipe.ground.sizes import allowed, needed
from zkpipe.prover.groth16.prepared import prepared_key, prepared_records
from zkpipe.prover.proving_key import ProvingKey

# Bytes that a quotient takes for each point of the domain: rows of A, B, C, three polynomials in
# lanes, the twiddles of two transforms, orders, and the result.
QUOTIENT_BYTES = 480
# Bytes that a sum takes for each point of its chunk: a copy in G2, digits, orders of windows.
POINT_BYTES = 320
LEAST_CHUNK = 1 << 12


@dataclass(frozen=True, slots=True, repr=False)
class QueryMsms:
    """The three sums, as affine words: (8,), (16,), (8,). A secret."""

    a: Words
    b: Words
    c: Words


def quotients(key: ProvingKey, values: Any, on: Executor) -> Any:
    """The values of a b - c on the odd coset: scalars of H, in the executor's order and form.

    values  the witnesses, as the executor has them
    """
    return on.quotient(prepared_records(key, on), key.domain_size, values)


def query_msms(key: ProvingKey, values: Any, on: Executor) -> list[QueryMsms]:
    """The sums of each witness, all at once, L and H with one set of buckets.

    values  the witnesses, as the executor has them
    """
    prepared = prepared_key(key, on)
    h = quotients(key, values, on)
    w = on.scalars(prepared.a, values)
    h_and_l = on.scalars(prepared.h_and_l, h, on.behind(values, key.public_count + 1))
    del h, values  # the memory of proving is highest here
    found = on.msms([(prepared.a, w), (prepared.b, w), (prepared.h_and_l, h_and_l)])
    return [QueryMsms(*sums) for sums in zip(*found, strict=True)]


def query_msms_within(key: ProvingKey, values: Words, memory: int, on: Executor) -> QueryMsms:
    """The sums of one witness, a chunk of points after another.

    values  (wire_count, 4) uint64   the witness, canonical
    memory  bytes of the host that copies of points and digits may take
    """
    (h,) = on.to_host(quotients(key, on.values([values]), on))
    chunk = max(on.chunk(memory, POINT_BYTES), LEAST_CHUNK)
    private = values[key.public_count + 1 :]
    order = on.quotient_order(key.domain_size)

    def total(query: str, scalars: Words, order: Index | None = None) -> Words:
        """Scalar order[i] belongs to point i, and i to i if there is no order."""
        parts = []
        for low in range(0, len(scalars), chunk):
            some = slice(low, low + chunk)
            taken = np.ascontiguousarray(scalars[some] if order is None else scalars[order[some]])
            points = on.points([(key.rows(query, low, low + chunk), None)])
            ((found,),) = on.msms([(points, on.scalars(points, on.values([taken])))])
            parts.append(found)
        return add_points(parts, key.curve) if parts else np.zeros(_words_of(query), np.uint64)

    return QueryMsms(
        a=total("a_query", values),
        b=total("b_g2_query", values),
        # the order undoes itself: that of the points is that of the scalars
        c=add_points([total("l_query", private), total("h_query", h, order)], key.curve),
    )


def _words_of(query: str) -> int:
    return 16 if query == "b_g2_query" else 8


def least_memory(key: ProvingKey) -> int:
    """Bytes without which the key's quotient cannot be found, and a chunk of points summed."""
    terms = bytes_of_terms(key.length("coefficients"))
    points = POINT_BYTES * LEAST_CHUNK
    return QUOTIENT_BYTES * key.domain_size + 64 * key.wire_count + terms + points


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
    return max_memory - kept - bytes_of_terms(key.length("coefficients"))
