"""Verification: e(A, B) = e(alpha, beta) e(IC(public), gamma) e(C, delta).

Source: Groth, eprint 2016/260, section 3.2.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zkpipe.accel.curve import Curve
from zkpipe.accel.curves.integers import g1_negative
from zkpipe.accel.curves.pairing import final_exponentiation, miller_functions, one_of_fp12
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.msm.digits import FEW
from zkpipe.accel.msm.few_points import few_points
from zkpipe.ground.kinds import describe, is_of, items
from zkpipe.prover.errors import ProofError
from zkpipe.prover.points import g1_words, g2_words
from zkpipe.prover.proof import Proof
from zkpipe.prover.public_values import check_public
from zkpipe.prover.verifying_key import VerifyingKey


def verify(key: VerifyingKey, proof: Proof, public: Sequence[int]) -> bool:
    """Whether the proof shows that the prover knew a witness for these public values.

    public  outputs, then public inputs, each an integer in [0, r)

    Raises ProofError if their number is not the key's, RangeError if one is out of range. The
    points of key and proof were checked when these were made: curve, group, no infinity.
    Cost: three Miller loops and one final exponentiation, 1 ms, and 60 us a public value; a
    fourth loop, e(alpha, beta), for the first proof of a key.
    """
    values = checked_public(key, proof, public)
    words, curve = key.words, key.curve
    bound = _bound(words.ic, words_from_ints([1, *values]), curve)
    minus_a = g1_words(g1_negative(proof.a, curve), curve)
    points = np.stack([minus_a, bound, g1_words(proof.c, curve)])
    twisted = np.stack([g2_words(proof.b, curve), words.gamma, words.delta])
    loops = np.concatenate([miller_functions(points, twisted, curve), words.alpha_beta])
    return bool((final_exponentiation(loops, curve) == one_of_fp12(curve)).all())


def _bound(ic: Words, scalars: Words, curve: Curve) -> Words:
    """IC(public), the sum that the public values choose."""
    if len(scalars) <= FEW:
        return few_points(ic, scalars, curve.fp)
    from zkpipe.accel.msm.multi_scalar import msm_g1  # here: it takes 3 ms to import

    return msm_g1(ic, scalars, curve)


def checked_public(key: VerifyingKey, proof: Proof, public: Sequence[int]) -> tuple[int, ...]:
    """A copy of the public values, checked; key and proof are checked to be a key and a proof.

    Raises ProofError and RangeError as `verify`.
    """
    if not is_of(key, VerifyingKey) or not is_of(proof, Proof):
        raise ProofError(
            f"verify was given {describe(key)} and {describe(proof)}.",
            "Give a VerifyingKey (key.verifying_key of a proving key), a Proof, the public values.",
        )
    if proof.curve != key.curve:
        raise ProofError(
            f"The proof is over the curve {proof.curve.name}, the key over {key.curve.name}.",
            "Give a proof that was made with a key of this circuit.",
        )
    given = items(public)
    if given is not None and len(given) != key.public_count:
        raise ProofError(
            f"{len(given)} public values were given; this key has {key.public_count}.",
            "Give the values of the circuit that this key belongs to, outputs first. If the "
            "circuit was changed after the setup, run the setup again.",
        )
    return check_public(public if given is None else given, key.curve, key.public_names)
