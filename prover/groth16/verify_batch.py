"""Verification of many proofs of one key, by one random combination of their equations.

With each proof's equation written so that its value is 1,

    v_i = e(-A_i, B_i) e(alpha, beta) e(IC(public_i), gamma) e(C_i, delta),

and a random rho_i for each, the product of v_i^rho_i is 1 if all proofs hold. As pairings are
linear, the n pairings with beta, gamma and delta become three, and all share one exponentiation:

    prod e(-rho_i A_i, B_i) e(sum rho_i alpha, beta) e(sum rho_i IC(public_i), gamma)
        e(sum rho_i C_i, delta)

**Soundness.** rho_i is uniform among the 2^128 odd numbers below 2^129, drawn from the operating
system after all proofs and public values have been checked and copied, so nobody could choose them
to fit. All v_i lie in a group of prime order r > 2^129 (A, B and C are in their groups, which was
checked when the proofs were made; outside them pairings would not be linear). If v_i is not 1,
then whatever the other numbers are, at most one rho_i makes the product 1: a batch with a wrong
proof passes with probability 2^-128 at most.

**Bisection.** When a product is not 1 its range of proofs is cut in half: the first half's product
is computed, the second's is the quotient of both. The numbers stay the same, and the ranges of two
or more proofs that may come up, at most n - 1, are fixed before the numbers are drawn, so a union
bound holds: some wrong proof is taken for right with probability (n - 1) 2^-128 at most. A range of
one is decided exactly: rho_i is not 0 modulo r, so v_i^rho_i is 1 only if v_i is. A right proof is
never called wrong.

Source: Bellare, Garay, Rabin, EUROCRYPT 1998 (small exponents test); Ferrara, Green, Hohenberger,
Pedersen, eprint 2008/015; bisection, Law and Matt, Cryptography and Coding 2007.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul
from typing import Any

import numpy as np

from zkpipe.accel.curve import Curve
from zkpipe.accel.curves.integers import g1_negative
from zkpipe.accel.curves.pairing import (
    final_exponentiation,
    miller_functions,
    one_of_fp12,
    pairing_quotient,
)
from zkpipe.accel.curves.points import points_from_canonical
from zkpipe.accel.fields.limbs import Words, ints_from_words, words_from_ints
from zkpipe.accel.msm.multi_scalar import msm_g1
from zkpipe.accel.msm.odd_multiples import odd_multiples, sum_of_points
from zkpipe.ground.errors import ZkpipeError
from zkpipe.ground.kinds import MOST, describe, is_of, items
from zkpipe.prover.errors import ProofError
from zkpipe.prover.groth16.verify import checked_public
from zkpipe.prover.proof import Proof
from zkpipe.prover.verifying_key import KeyWords, VerifyingKey


def verify_batch(
    key: VerifyingKey, proofs: Sequence[Proof], publics: Sequence[Sequence[int]]
) -> list[bool]:
    """Which of these proofs of one key hold, each for its public values: as `verify` of each.

    proofs   a list of n proofs (ground.kinds)
    publics  a list of n lists of public values: outputs, then public inputs; or an (n, k) array
    result   n booleans; a wrong proof is True with probability n 2^-128 at most, see the module

    Raises ProofError if there are not as many lists as proofs, and what `verify` raises, with the
    number of the proof, from 0.
    Cost: a Miller loop and a multiple by 129 bits a proof, in threads, and one final
    exponentiation; 640 bytes a proof. For k wrong ones, some k log2(n / k) exponentiations more.
    """
    batch = _copied(key, proofs, publics)
    return _judged(_Combination.drawn(batch)) if batch.publics else []


@dataclass(frozen=True, slots=True)
class _Batch:
    """Checked copies, which no caller can change.

    minus_a, b, c  (n, 8), (n, 16), (n, 8) uint64   affine, Montgomery
    """

    key: KeyWords
    curve: Curve
    minus_a: Words
    b: Words
    c: Words
    publics: list[tuple[int, ...]]


def _copied(key: VerifyingKey, proofs: Sequence[Proof], publics: Sequence[Sequence[int]]) -> _Batch:
    if not is_of(key, VerifyingKey):
        raise ProofError(
            f"verify_batch was given {describe(key)} for a key.",
            "Give a VerifyingKey (key.verifying_key of a proving key).",
        )
    proofs, publics = _list("proofs", proofs), _list("lists of public values", publics)
    if len(proofs) != len(publics):
        raise ProofError(
            f"verify_batch was given {len(proofs)} proofs and {len(publics)} lists of public "
            "values.",
            "Give one list of public values for each proof, in the same order.",
        )
    values = []
    for i, (proof, public) in enumerate(zip(proofs, publics, strict=True)):
        try:
            values.append(checked_public(key, proof, public))
        except ZkpipeError as error:
            raise type(error)(f"Proof {i} of the batch: {error.problem}", error.fix) from error
    coordinates = words_from_ints(
        x for p in proofs for x in (*g1_negative(p.a, key.curve), *p.b[0], *p.b[1], *p.c)
    )
    rows = points_from_canonical(coordinates.reshape(-1, 32), key.curve)
    a, b, c = (np.ascontiguousarray(part) for part in np.split(rows, (8, 24), axis=1))
    return _Batch(key.words, key.curve, a, b, c, values)


def _list(of: str, given: object) -> tuple[Any, ...]:
    """The entries of a list (ground.kinds), copied: a list may change."""
    listed = items(given)
    if listed is None or len(listed) > MOST:
        wrong = describe(given) if listed is None else f"{len(listed)} of them"
        raise ProofError(
            f"verify_batch takes a list of {of}, and was given {wrong}.",
            "Give a list of proofs and a list of as many lists of public values.",
        )
    return tuple(listed)


@dataclass(frozen=True, slots=True)
class _Combination:
    """A batch with its random numbers rho_i, and the Miller functions of (-rho_i A_i, B_i).

    halves  (n, 2) uint64    rho_i = 2 halves[i] + 1
    loops   (n, 48) uint64
    """

    batch: _Batch
    halves: Words
    rho: list[int]
    loops: Words

    @staticmethod
    def drawn(batch: _Batch) -> _Combination:
        """Draw the numbers. The batch is fixed by now: nobody could choose it to fit them."""
        n = len(batch.publics)
        halves = np.frombuffer(secrets.token_bytes(16 * n), np.uint64).reshape(n, 2)
        rho = [2 * half + 1 for half in ints_from_words(np.pad(halves, ((0, 0), (0, 2))))]
        loops = miller_functions(
            odd_multiples(batch.minus_a, halves, batch.curve), batch.b, batch.curve
        )
        return _Combination(batch, halves, rho, loops)

    def product(self, begin: int, end: int, sum_c: Words) -> Words:
        """The product of v_i^rho_i over a range of proofs, given its sum of rho_i C_i.

        sum_c   (8,) uint64
        result  (48,) uint64   an element of Fp12 of order r, or 1
        """
        key, curve, rho = self.batch.key, self.batch.curve, self.rho[begin:end]
        columns = zip(*self.batch.publics[begin:end], strict=True)
        sums = [sum(rho), *(sum(map(mul, rho, column)) for column in columns)]
        scalars = words_from_ints(value % curve.r for value in sums)
        alpha = msm_g1(key.alpha[np.newaxis], scalars[:1], curve)
        points = np.stack([alpha, msm_g1(key.ic, scalars, curve), sum_c])
        fixed = miller_functions(points, np.stack([key.beta, key.gamma, key.delta]), curve)
        return final_exponentiation(np.concatenate([self.loops[begin:end], fixed]), curve)


def _judged(combination: _Combination) -> list[bool]:
    """Which proofs hold: all by one product, or else by bisection."""
    batch, n = combination.batch, len(combination.rho)
    holds, curve, one = [True] * n, batch.curve, one_of_fp12(batch.curve)
    whole = combination.product(0, n, msm_g1(batch.c, words_from_ints(combination.rho), curve))
    if (whole == one).all():
        return holds
    terms = odd_multiples(
        batch.c, combination.halves, curve
    )  # rho_i C_i, for the sums of all ranges

    def judge(begin: int, end: int, product: Words) -> None:
        if (product == one).all():
            return
        if end - begin == 1:
            holds[begin] = False
            return
        middle = (begin + end) // 2
        first = combination.product(begin, middle, sum_of_points(terms[begin:middle], curve))
        judge(begin, middle, first)
        judge(middle, end, pairing_quotient(product, first, curve))

    judge(0, n, whole)
    return holds
