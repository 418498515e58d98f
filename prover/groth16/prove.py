"""Proving: from a key and a witness, a proof that shows nothing but that the witness exists.

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

import secrets
from dataclasses import dataclass

import numpy as np

from zkpipe.accel.executors.choice import executor, processor
from zkpipe.accel.executors.executor import Executor
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.fields.ranges import first_not_below
from zkpipe.accel.msm.multi_scalar import add_points, msm_g1, msm_g2
from zkpipe.circuits.witness import Witness
from zkpipe.ground.errors import ZkpipeWarning
from zkpipe.ground.kinds import describe, is_of
from zkpipe.ground.sizes import size_of
from zkpipe.prover.errors import ProofError, UnprovableError, WitnessError
from zkpipe.prover.groth16.query_msms import (
    memory_for_points,
    query_msms,
    query_msms_within,
    quotient,
)
from zkpipe.prover.groth16.verify import verify
from zkpipe.prover.points import g1_from_words, g2_from_words
from zkpipe.prover.proof import Proof
from zkpipe.prover.proving_key import ProvingKey


@dataclass(frozen=True, slots=True, repr=False)
class _Unblinded:
    """A0, B0, C0 as affine words. A secret: see above."""

    a: Words
    b: Words
    c: Words


def prove(key: ProvingKey, witness: Witness, max_memory: int | str | None = None) -> Proof:
    """Make a proof and check it.

    max_memory  bytes, or a text such as "1.5G", that proving may take beside the key and the
                interpreter: points are then
                copied and summed in chunks; without it, all of them are copied and kept for the
                next proof, 320 bytes a wire

    Raises WitnessError if the witness has not the key's number of wires, UnprovableError if it does
    not satisfy its circuit: then no proof exists, and nothing is returned; RangeError if
    max_memory is too small for the key; FileError if the key's file was changed since it was
    loaded.
    Cost: sums over three queries in G1, two of them with one set of buckets, and one in G2, and six
    transforms of the domain's size. The first proof under a key copies its points.
    """
    if not is_of(key, ProvingKey) or not is_of(witness, Witness):
        raise WitnessError(
            f"prove was given {describe(key)} and {describe(witness)}.",
            "Give a ProvingKey (ProvingKey.load reads a .zkey), then a Witness.",
        )
    most = None if max_memory is None else size_of("prove", "max_memory", max_memory)
    key.check_unchanged()
    values = _checked(key, witness)
    on, spare = executor(key.curve), processor(key.curve)
    proof = _proof(key, witness, values, most, on)
    if proof is None and on != spare:
        proof = _proof(key, witness, values, most, spare)
        if proof is not None:
            ZkpipeWarning(
                "card-was-wrong",
                "A proof that the card computed did not verify; the processor's does.",
                "Look at the card and its memory. Unset ZKPIPE_BACKEND until it is in order.",
            ).report()
    if proof is None:
        raise UnprovableError(
            "The proof made from this witness does not verify, so it was thrown away.",
            "If the circuit was changed after the setup, run the setup again. Otherwise check the "
            "witness with `zkpipe check`, and that the key belongs to this circuit and is whole.",
        )
    return proof


def _proof(
    key: ProvingKey, witness: Witness, values: Words, most: int | None, on: Executor
) -> Proof | None:
    """A proof that verifies, computed on an executor; None if it does not."""
    unblinded = _unblinded(key, values, most, on)
    try:
        proof = _blind(key, unblinded)
        fine = verify(key.verifying_key, proof, witness.public_for(key))
    except ProofError:  # points of a damaged key
        return None
    return proof if fine else None


def _checked(key: ProvingKey, witness: Witness) -> Words:
    if not isinstance(witness.values, np.ndarray) or witness.values.dtype != np.uint64:
        kind = getattr(witness.values, "dtype", type(witness.values).__name__)
        raise WitnessError(
            f"The witness is of {kind}, not of 64-bit words (uint64).",
            "Solve the circuit again, or load the witness from its file.",
        )
    values = np.ascontiguousarray(witness.values)
    if values.shape != (key.wire_count, 4):
        raise WitnessError(
            f"The witness has {len(values)} values; the key's circuit has {key.wire_count} wires.",
            "Give the witness of the circuit that this key was made for. If the circuit was "
            "changed after the setup, run the setup again.",
        )
    if (number := first_not_below(values, key.curve.r)) is not None:
        raise WitnessError(
            f"Value {number} of the witness is not below the field's order r.",
            "Solve the circuit again, or convert the witness with the tool that made it.",
        )
    if tuple(values[0]) != (1, 0, 0, 0):
        raise WitnessError(
            "The first value of the witness is not 1, as the constant wire must be.",
            "Solve the circuit again, or convert the witness with the tool that made it.",
        )
    return values


def _unblinded(key: ProvingKey, values: Words, max_memory: int | None, on: Executor) -> _Unblinded:
    room = None if max_memory is None else memory_for_points(key, max_memory)
    if room is None:
        found = query_msms(key, values, quotient(key, values, on), on)
    else:
        found = query_msms_within(key, values, quotient(key, values, on), room, on)
    return _Unblinded(
        a=add_points([key.alpha_g1, found.a], key.curve),
        b=add_points([key.beta_g2, found.b], key.curve),
        c=found.c,
    )


def _blind(key: ProvingKey, unblinded: _Unblinded) -> Proof:
    if not unblinded.a.any():
        raise WitnessError(
            "For this witness and key the proof's A cannot be blinded, so none was made.",
            "Make a fresh key: this happens once in 2^254 honest setups.",
        )
    curve, r = key.curve, key.curve.r
    while True:
        r1, r2 = 1 + secrets.randbelow(r - 1), secrets.randbelow(r)
        a = msm_g1(unblinded.a[None], words_from_ints([pow(r1, -1, r)]), curve)
        factors = words_from_ints([r1, r1 * r2 % r])
        b = msm_g2(np.stack([unblinded.b, key.delta_g2]), factors, curve)
        c = msm_g1(np.stack([unblinded.c, unblinded.a]), words_from_ints([1, r2]), curve)
        if b.any() and c.any():
            points = g1_from_words(a, curve), g2_from_words(b, curve), g1_from_words(c, curve)
            return Proof(*points, curve)
