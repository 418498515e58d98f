"""Proofs that a contributor knows the secret x by which the parameters were multiplied.

    s, s x        two points of G1, s drawn at random
    sp            a point of G2 that is a hash of all that came before and of these two
    sp x          the same multiple of it

They hold if e(s, sp x) = e(s x, sp). As nobody knows the logarithm of sp, only who knows x can make
sp x; as sp depends on the challenge, the proof is of use nowhere else.

A contribution to the powers of tau has three, of tau, alpha and beta.

Source: Bowe, Gabizon, Miers, eprint 2017/1050, section 3.1; iden3/snarkjs, keypair.js.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve
from zkpipe.accel.curves.curve import g1_on_curve, g2_in_subgroup, g2_on_curve
from zkpipe.accel.curves.pairing import final_exponentiation, miller_functions, one_of_fp12
from zkpipe.accel.fields.limbs import Words
from zkpipe.prover.ceremony.chacha import ChaCha, hash_to_g2
from zkpipe.prover.ceremony.points.as_bytes import uncompressed
from zkpipe.prover.ceremony.points.multiplied import times
from zkpipe.prover.points import g1_negative_words

TAU, ALPHA, BETA = 0, 1, 2
KINDS = ("tau", "alpha", "beta")


@dataclass(frozen=True, slots=True, eq=False)
class ProofOfKnowledge:
    """s and s x, (8,) words each, and sp x, (16,) words; affine, Montgomery."""

    g1_s: Words
    g1_sx: Words
    g2_spx: Words

    def equals(self, other: ProofOfKnowledge) -> bool:
        """Whether both consist of the same points."""
        return (
            np.array_equal(self.g1_s, other.g1_s)
            and np.array_equal(self.g1_sx, other.g1_sx)
            and np.array_equal(self.g2_spx, other.g2_spx)
        )


def proof_for(
    secret: Words,
    generator: ChaCha,
    hashed: Callable[[Words, Words], Words],
    curve: Curve = BN254,
) -> ProofOfKnowledge:
    """Prove the knowledge of a secret, (4,) words, Montgomery.

    generator  draws s
    hashed     (s, s x) -> sp
    """
    g1_s = generator.g1(curve)
    g1_sx = times(g1_s, secret, curve)
    return ProofOfKnowledge(g1_s, g1_sx, times(hashed(g1_s, g1_sx), secret, curve))


def personal_point(
    kind: int, challenge: bytes, g1_s: Words, g1_sx: Words, curve: Curve = BN254
) -> Words:
    """sp of a contribution to the powers of tau, (16,) words.

    kind       TAU, ALPHA or BETA
    challenge  64 bytes: the hash of all that came before
    """
    data = bytes([kind]) + challenge
    data += uncompressed(g1_s, curve).tobytes() + uncompressed(g1_sx, curve).tobytes()
    return hash_to_g2(hashlib.blake2b(data).digest(), curve)


def knowledge_problem(proof: ProofOfKnowledge, g2_sp: Words, curve: Curve = BN254) -> str | None:
    """What is wrong with a proof, as the end of a sentence; None if it holds.

    Cost: two pairings, 2 ms.
    """
    for name, point in (("s", proof.g1_s), ("s x", proof.g1_sx)):
        if not point.any():
            return f"its {name} is infinity"
        if not g1_on_curve(point.reshape(1, 8), curve)[0]:
            return f"its {name} is not a point of the curve"
    twisted = proof.g2_spx.reshape(1, 16)
    if not twisted.any():
        return "its sp x is infinity"
    if not g2_on_curve(twisted, curve)[0] or not g2_in_subgroup(twisted, curve)[0]:
        return "its sp x is not a point of G2"
    if not same_ratio(proof.g1_s, proof.g1_sx, g2_sp, proof.g2_spx, curve):
        return "its points do not belong together"
    return None


def same_ratio(a: Words, ax: Words, b: Words, bx: Words, curve: Curve = BN254) -> bool:
    """Whether ax is the same multiple of a, in G1, as bx is of b, in G2; none may be infinity.

    The points are taken to be in their groups. Cost: two pairings, 1.5 ms.
    """
    if not all(point.any() for point in (a, ax, b, bx)):
        return False
    points = np.stack([a, g1_negative_words(ax, curve)])
    value = final_exponentiation(miller_functions(points, np.stack([bx, b]), curve), curve)
    return bool((value == one_of_fp12(curve)).all())
