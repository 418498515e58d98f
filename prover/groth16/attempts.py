"""Proofs of some witnesses of one key on one executor, each checked before it is given out.

With a(x), b(x), c(x) the polynomials that take the values of A w, B w, C w on the domain, and h the
quotient of a b - c by the vanishing polynomial, the unblinded proof is

    A0 = alpha + sum w_i A[i]       B0 = beta + sum w_i B2[i]       C0 = sum w_i L[i] + H(h)

and it is blinded by r1 != 0 and r2, drawn afresh:

    A = A0 / r1      B = r1 B0 + r1 r2 delta      C = C0 + r2 A0

which verifies because e(A, B) = e(A0, B0) e(A0, delta)^r2 and e(C, delta) = e(C0, delta)
e(A0, delta)^r2. This is the textbook's proof in other coordinates: with its blinding (r, s), A =
A0 + r delta and B = B0 + s delta in the exponent, and C is fixed by the equation. For A0 != 0 the
map (r, s) -> (A, B) and the map (r1, r2) -> (A, B) both are onto the pairs with A != 0 and one-to-
one on them, given A0 and B0 (r from A; s from B; and r1 = A0 / A, r2 = (B / r1 - B0) / delta), so
uniform (r1, r2) gives the textbook's distribution conditioned on A != 0, of statistical distance
1 / r from it, and zero knowledge carries over. It needs no sum over B in G1.

A0, B0 and C0 are a proof without blinding, which a dictionary of witnesses can be tried against:
they stay in this module, are not logged, kept or put into errors.

Source: Groth, eprint 2016/260, section 3.2; re-randomisation, Bagherzandi et al., eprint 2020/811,
figure 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from zkpipe.accel.executors.executor import Executor, KeySize
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.msm.multi_scalar import add_points, msm_g1, msm_g2
from zkpipe.ground.process.chance import random_below
from zkpipe.ground.quick_dataclass import dataclass
from zkpipe.prover.errors import ProofError, WitnessError
from zkpipe.prover.groth16.prepared import is_prepared
from zkpipe.prover.groth16.query_msms import (
    QueryMsms,
    memory_for_points,
    query_msms,
    query_msms_within,
)
from zkpipe.prover.groth16.verify import verify
from zkpipe.prover.points import g1_from_words, g2_from_words
from zkpipe.prover.proof import Proof
from zkpipe.prover.proving_key import ProvingKey

ALL = 1 << 62  # bytes: no bound of the host's memory


@dataclass(frozen=True, slots=True, repr=False)
class _Unblinded:
    """A0, B0, C0 as affine words. A secret: see above."""

    a: Words
    b: Words
    c: Words


def key_size(key: ProvingKey) -> KeySize:
    """How large a key is, as executors ask."""
    return KeySize(key.domain_size, key.wire_count, key.domain_size + key.length("l_query"))


def attempt(
    key: ProvingKey,
    values: Sequence[Words],
    publics: Sequence[Sequence[int]],
    max_memory: int | None,
    on: Executor,
) -> list[Proof | None]:
    """A proof of each witness, None where what was computed does not verify.

    values   the witnesses, checked and canonical; one, or as many as the executor takes at once
    publics  the public values of each
    """
    return verified(key, unverified(key, values, max_memory, on), publics)


def unverified(
    key: ProvingKey, values: Sequence[Words], max_memory: int | None, on: Executor
) -> list[Proof | None]:
    """What is computed for each witness, not yet verified; None where it is no proof at all."""
    proofs: list[Proof | None] = []
    for sums in _unblinded(key, values, max_memory, on):
        try:
            proofs.append(_blind(key, sums))
        except ProofError:  # points of a damaged key, or of a card that computes wrongly
            proofs.append(None)
    return proofs


def verified(
    key: ProvingKey, made: Sequence[Proof | None], publics: Sequence[Sequence[int]]
) -> list[Proof | None]:
    """Those of the proofs that hold for their public values, None in place of the others."""
    proofs = list(made)
    there = [k for k, proof in enumerate(proofs) if proof is not None]
    holds = _hold(key, [p for p in proofs if p is not None], [publics[k] for k in there])
    for k, fine in zip(there, holds, strict=True):
        proofs[k] = proofs[k] if fine else None
    return proofs


def _hold(
    key: ProvingKey, proofs: Sequence[Proof], publics: Sequence[Sequence[int]]
) -> Sequence[bool]:
    if len(proofs) > 1:
        from zkpipe.prover.groth16.verify_batch import verify_batch  # a proof alone starts sooner

        with suppress(ProofError):  # one of them is not on the curve
            return verify_batch(key.verifying_key, proofs, publics)
    return [_holds(key, *pair) for pair in zip(proofs, publics, strict=True)]


def _holds(key: ProvingKey, proof: Proof, public: Sequence[int]) -> bool:
    try:
        return verify(key.verifying_key, proof, public)
    except ProofError:
        return False


def _unblinded(
    key: ProvingKey, values: Sequence[Words], max_memory: int | None, on: Executor
) -> list[_Unblinded]:
    found: list[QueryMsms]
    room = None if max_memory is None else memory_for_points(key, max_memory)
    if room is None and (is_prepared(key, on) or on.keeps(key_size(key))):
        found = query_msms(key, on.values(values), on)
    else:
        room = ALL if room is None else room
        found = [query_msms_within(key, witness, room, on) for witness in values]
    return [
        _Unblinded(
            a=add_points([key.alpha_g1, sums.a], key.curve),
            b=add_points([key.beta_g2, sums.b], key.curve),
            c=sums.c,
        )
        for sums in found
    ]


def _blind(key: ProvingKey, unblinded: _Unblinded) -> Proof:
    if not unblinded.a.any():
        raise WitnessError(
            "For this witness and key the proof's A cannot be blinded, so none was made.",
            "Make a fresh key: this happens once in 2^254 honest setups.",
        )
    curve, r = key.curve, key.curve.r
    while True:
        r1, r2 = 1 + random_below(r - 1), random_below(r)
        a = msm_g1(unblinded.a[None], words_from_ints([pow(r1, -1, r)]), curve)
        factors = words_from_ints([r1, r1 * r2 % r])
        b = msm_g2(np.stack([unblinded.b, key.delta_g2]), factors, curve)
        c = msm_g1(np.stack([unblinded.c, unblinded.a]), words_from_ints([1, r2]), curve)
        if b.any() and c.any():
            points = g1_from_words(a, curve), g2_from_words(b, curve), g1_from_words(c, curve)
            return Proof(*points, curve)
