"""What a verifying key must be for its proofs to mean anything.

Verification asks e(A, B) = e(alpha, beta) e(IC(public), gamma) e(C, delta). Whoever knows a ratio
between points of the key can make a proof without a witness: with gamma = delta, A = alpha, B =
beta and C = -IC(public) verify for every public input. Keys of this kind were deployed and robbed
in 2026 (they come out of a setup without a contribution to its second phase). The rules here are
checked whenever a VerifyingKey is made, so none that breaks them is used, exported or deployed.

They catch what shows in the points. Whether somebody knows the secrets behind a key that looks
right, no check can tell: that is what a ceremony is for.

Source: Groth, eprint 2016/260, section 3.2, for the equation.
"""

from __future__ import annotations

from collections.abc import Sequence

from accel.bn254 import G1_GENERATOR, G2_GENERATOR
from prover.errors import InsecureKeyError
from prover.points import (
    G1,
    G2,
    g1_negative,
    g2_negative,
    is_in_g1,
    is_in_g2,
    is_on_twist,
    is_small_multiple,
)

G2_POINT: G2 = (G2_GENERATOR[:2], G2_GENERATOR[2:])

_NO_POINT = "Take the key from the file that the setup wrote."
_FORGEABLE = "Make the key again with at least one contribution to its second phase."


def check_key_points(alpha: G1, beta: G2, gamma: G2, delta: G2, ic: Sequence[G1]) -> None:
    """Check the points of a verifying key and their relations.

    Raises InsecureKeyError, which names the first rule broken.

    Cost: about 6 ms, 11 ms if gamma is not the generator, and a few microseconds an entry of ic.
    """
    if not ic:
        raise InsecureKeyError(
            "The verifying key has no IC entries; it needs one, and one for each public value.",
            _NO_POINT,
        )
    _check_groups(alpha, beta, gamma, delta, ic)
    if gamma == delta:
        raise InsecureKeyError(
            "In this key delta equals gamma: anyone can forge proofs under it.",
            "It has no contribution to its second phase: contribute (with snarkjs: snarkjs zkey "
            "contribute), and use the key that comes out.",
        )
    if gamma == g2_negative(delta):
        raise InsecureKeyError(
            "In this key delta is the negative of gamma: anyone can forge proofs under it.",
            _FORGEABLE,
        )
    # snarkjs' gamma is the generator, and one search will do then
    for base, name in {gamma: "gamma", G2_POINT: "the generator of G2"}.items():
        if is_small_multiple(delta, base):
            raise InsecureKeyError(
                f"In this key delta is a small multiple of {name}: anyone can forge proofs "
                "under it.",
                _FORGEABLE,
            )
    if alpha in (G1_GENERATOR, g1_negative(G1_GENERATOR)):
        raise InsecureKeyError("In this key alpha is the generator of G1, no secret.", _FORGEABLE)
    if beta in (G2_POINT, g2_negative(G2_POINT)):
        raise InsecureKeyError("In this key beta is the generator of G2, no secret.", _FORGEABLE)
    _check_distinct(ic)


def check_prover_points(beta: G1, delta: G1) -> None:
    """Check the two points of a proving key's header that the verifier does not have.

    Whether they are those of the verifying key in the other group takes a pairing; a proof made
    with wrong ones does not verify.

    Raises InsecureKeyError.
    """
    for name, point in (("beta", beta), ("delta", delta)):
        if not is_in_g1(point):
            raise InsecureKeyError(f"{name} in G1 is infinity or no point of the curve.", _NO_POINT)


def _check_groups(alpha: G1, beta: G2, gamma: G2, delta: G2, ic: Sequence[G1]) -> None:
    named_g1 = [("alpha", alpha), *((f"IC[{i}]", point) for i, point in enumerate(ic))]
    for name, p in named_g1:
        if p == (0, 0):
            raise InsecureKeyError(f"{name} of the verifying key is infinity.", _NO_POINT)
        if not is_in_g1(p):
            raise InsecureKeyError(
                f"{name} of the verifying key is no point of its curve.", _NO_POINT
            )
    for name, q in (("beta", beta), ("gamma", gamma), ("delta", delta)):
        if q == ((0, 0), (0, 0)):
            raise InsecureKeyError(f"{name} of the verifying key is infinity.", _NO_POINT)
        if not is_on_twist(q):
            raise InsecureKeyError(
                f"{name} of the verifying key is no point of its curve.", _NO_POINT
            )
        if not is_in_g2(q):
            raise InsecureKeyError(
                f"{name} of the verifying key is on the curve but not in the group G2.", _NO_POINT
            )


def _check_distinct(ic: Sequence[G1]) -> None:
    """No two entries may be equal or opposite: their public values could be traded."""
    seen: dict[int, int] = {}
    for i, (x, _) in enumerate(ic):
        if x in seen:
            raise InsecureKeyError(
                f"IC[{seen[x]}] and IC[{i}] of the verifying key are equal or opposite: a proof "
                "for one pair of public values holds for others.",
                "Compile the circuit with a tool that binds each public value, and set up again.",
            )
        seen[x] = i
