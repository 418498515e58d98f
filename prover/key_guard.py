"""What a verifying key must be for its proofs to mean anything.

Verification asks e(A, B) = e(alpha, beta) e(IC(public), gamma) e(C, delta). Whoever knows a linear
relation between beta, gamma and delta can make a proof without a witness. If a beta + b gamma +
c delta = 0 with c != 0 then, for C = k IC(public), the right side is

    e(alpha - (a / c) C, beta) e(IC(public) - (b / c) C, gamma)

of which k = c / b leaves one pairing, A and B; the other cases are as easy. With gamma = delta, A =
alpha, B = beta and C = -IC(public) verify for every public input: keys of this kind were deployed
and robbed in 2026 (they come out of a setup without a contribution to its second phase). A relation
between entries of IC lets public values be traded for one another under a proof that is right.

The rules here are checked whenever a VerifyingKey is made, so none that breaks them is used,
exported or deployed. They catch what shows in the points: relations with small coefficients
(accel.msm.relations), also after the curves' endomorphisms, which are known multiples. Whether
somebody knows the secrets behind a key that looks right, no check can tell: that is what a ceremony
is for.

Source: Groth, eprint 2016/260, section 3.2, for the equation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import isqrt

import numpy as np

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve
from zkpipe.accel.curves.integers import g1_images, g1_negative, g2_images, g2_negative
from zkpipe.accel.curves.pairing import final_exponentiation, miller_functions, one_of_fp12
from zkpipe.accel.fields.limbs import Words, to_montgomery
from zkpipe.accel.msm.relations import Relation, Search, small_relations
from zkpipe.prover.errors import InsecureKeyError
from zkpipe.prover.points import (
    G1,
    G2,
    g1_words,
    g2_words,
    is_in_g1,
    is_in_g2,
    is_infinity,
    is_on_twist,
)

# Of points of G2: |a|, |b| to 513 in a P = b Q, to 2^16 where the other is 4 or less; to 64 in sums
# of three or four. What the search makes is some 15,000 points.
MULTIPLES, IMAGES, COEFFICIENTS, GIANTS = 513, 65, 64, (64, 4)
# Of points of G1, of which there are as many as public values: what is made in all, of each kind.
G1_BUDGET = 1 << 12
ACROSS_BUDGET = 1 << 9  # the same for points across the groups
# Even where the budget allows less: multiples of each, and sums and differences of every two.
LEAST_MULTIPLES, MOST_WITH_SUMS = 4, 173  # G, alpha and the IC of a contract
MOST_WITH_IMAGES = 512

_NO_POINT = "Take the key from the file that the setup wrote."
_FORGEABLE = "Make the key again with at least one contribution to its second phase."
_UNBOUND = "Compile the circuit with a tool that binds each public value, and set up again."


def check_key_points(
    alpha: G1, beta: G2, gamma: G2, delta: G2, ic: Sequence[G1], curve: Curve = BN254
) -> None:
    """Check the points of a verifying key and their relations.

    Raises InsecureKeyError, which names the first rule broken.

    Cost: about 6 ms on eight lanes, 20 ms on the scalar machine, and some ten microseconds an entry
    of ic; 10 ms more for the sums of 171 entries.
    """
    if not ic:
        raise InsecureKeyError(
            "The verifying key has no IC entries; it needs one, and one for each public value.",
            _NO_POINT,
        )
    _check_groups(alpha, beta, gamma, delta, ic, curve)
    if gamma == delta:
        raise InsecureKeyError(
            "In this key delta equals gamma: anyone can forge proofs under it.",
            "It has no contribution to its second phase: contribute with `zkpipe key contribute`, "
            "and use the key that comes out.",
        )
    _check_g2(beta, gamma, delta, curve)
    _check_g1({"alpha": alpha}, ic, G1_BUDGET, curve)


def check_prover_points(
    alpha: G1, beta: G1, delta: G1, beta_g2: G2, delta_g2: G2, curve: Curve = BN254
) -> None:
    """Check the points of G1 that only a proving key has: multiples by the secrets of those of G2.

    With them, relations across the groups show. If alpha = delta, for one, C = -beta in G1 takes
    e(alpha, beta) away, and A = IC(public), B = gamma are a proof of anything.

    IC is left out: of a circuit without rows IC[0] is beta, and nothing is there to be forged.

    The other points have passed `check_key_points`. Raises InsecureKeyError. Cost: four pairings,
    2 ms.
    """
    for name, point, twisted in (("beta", beta, beta_g2), ("delta", delta, delta_g2)):
        if not is_in_g1(point, curve):
            raise InsecureKeyError(
                f"{name} in G1 is infinity, or not a point of the curve.", _NO_POINT
            )
        negative = g1_negative(curve.g1_generator, curve)
        points = np.stack([g1_words(point, curve), g1_words(negative, curve)])
        pair = np.stack([g2_words(g2_generator(curve), curve), g2_words(twisted, curve)])
        loops = miller_functions(points, pair, curve)
        if (final_exponentiation(loops, curve) != one_of_fp12(curve)).any():
            raise InsecureKeyError(
                f"{name} in G1 and {name} in G2 do not belong together.", _NO_POINT
            )
    _check_g1({"alpha": alpha, "beta": beta, "delta": delta}, (), ACROSS_BUDGET, curve)


def g2_generator(curve: Curve) -> G2:
    """The generator of G2 as a point."""
    return curve.g2_generator[:2], curve.g2_generator[2:]


def _check_g2(beta: G2, gamma: G2, delta: G2, curve: Curve) -> None:
    generator = g2_generator(curve)
    if gamma == g2_negative(generator, curve):
        raise InsecureKeyError(
            "In this key gamma = -G, where G is the generator of G2.", _FORGEABLE
        )
    named = {"beta": beta, "gamma": gamma, "delta": delta}
    if gamma != generator:  # where it is, as in snarkjs' keys, it stands for both
        named = {"G": generator, **named}
    names, points = list(named), list(named.values())
    for name, point in named.items():
        images = g2_images(point, curve)
        names += [f"psi^{k}({name})" for k in range(1, len(images) + 1)]
        points += images
    pairs = [(0, 1), (2, 3)][: len(named) // 2]  # each half of the points has its sums
    search = Search(len(named), MULTIPLES, IMAGES, COEFFICIENTS, pairs, GIANTS)
    found = small_relations(_words(points, curve), search, curve)
    if found:
        equation = _equation(min(found, key=max), names)
        if "G" in equation:
            raise InsecureKeyError(
                f"In this key {equation}, where G is the generator of G2.", _FORGEABLE
            )
        raise InsecureKeyError(
            f"In this key {equation}: anyone can forge proofs under it.", _FORGEABLE
        )


def _check_g1(secrets: Mapping[str, G1], ic: Sequence[G1], budget: int, curve: Curve) -> None:
    """No relation lets public values be traded, or a known multiple stand for a secret."""
    names = ["G", *secrets, *(f"IC[{i}]" for i in range(len(ic)))]
    points = [curve.g1_generator, *secrets.values(), *ic]
    n = len(points)
    if n <= MOST_WITH_IMAGES:
        for name, point in zip(tuple(names), tuple(points), strict=True):
            points += g1_images(point, curve)
            names += [f"lambda {name}", f"lambda^2 {name}"]
    multiples = max(LEAST_MULTIPLES, min(MULTIPLES, budget // n))
    coefficients = min(multiples, isqrt(budget // (n * (n - 1))))
    if not coefficients and n <= MOST_WITH_SUMS:
        coefficients = 1
    pairs = list(combinations(range(n), 2)) if coefficients else []
    search = Search(n, multiples, max(2, multiples // 8), coefficients, pairs)
    found = small_relations(_words(points, curve), search, curve)
    if found:
        equation = _equation(min(found, key=max), names)
        if any(name in equation for name in ("G", *secrets)):
            raise InsecureKeyError(
                f"In this key {equation}, where G is the generator of G1.", _FORGEABLE
            )
        raise InsecureKeyError(
            f"In this key {equation}: a proof for some public values holds for others.", _UNBOUND
        )


def _words(points: Sequence[G1] | Sequence[G2], curve: Curve) -> Words:
    """As rows of Montgomery words."""
    flat = np.array(points, object).reshape(-1)
    return to_montgomery(flat.tolist(), curve.p).reshape(len(points), -1)


def _equation(relation: Relation, names: Sequence[str]) -> str:
    """The last point of a relation by the others: "2 delta = 3 gamma - beta"."""
    (last, size), *others = sorted(relation.items(), reverse=True)
    right = ""
    for number, coefficient in others:
        negative = (coefficient < 0) == (size < 0)
        sign = (" - " if negative else " + ") if right else "-" if negative else ""
        right += sign + _term(coefficient, names[number])
    return f"{_term(size, names[last])} = {right}"


def _term(coefficient: int, name: str) -> str:
    return name if abs(coefficient) == 1 else f"{abs(coefficient)} {name}"


def _check_groups(
    alpha: G1, beta: G2, gamma: G2, delta: G2, ic: Sequence[G1], curve: Curve
) -> None:
    named_g1 = [("alpha", alpha), *((f"IC[{i}]", point) for i, point in enumerate(ic))]
    for name, p in named_g1:
        if is_infinity(p):
            raise InsecureKeyError(f"{name} of the verifying key is infinity.", _NO_POINT)
        if not is_in_g1(p, curve):
            raise InsecureKeyError(
                f"{name} of the verifying key is not a point of its curve.", _NO_POINT
            )
    for name, q in (("beta", beta), ("gamma", gamma), ("delta", delta)):
        if is_infinity(q):
            raise InsecureKeyError(f"{name} of the verifying key is infinity.", _NO_POINT)
        if not is_on_twist(q, curve):
            raise InsecureKeyError(
                f"{name} of the verifying key is not a point of its curve.", _NO_POINT
            )
        if not is_in_g2(q, curve):
            raise InsecureKeyError(
                f"{name} of the verifying key is on the curve but not in the group G2.", _NO_POINT
            )
