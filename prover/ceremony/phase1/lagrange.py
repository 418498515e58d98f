"""Whether the Lagrange bases of a prepared file are those of its powers.

For random s over the n points L_j of a domain, the sum of s_j L_j must be that of c_i P_i over the
n powers P_i, c being the inverse transform of s: L_j is the sum over i of w^(-ij) P_i / n. As
every c_i depends on every s_j, one wrong point shows but for a probability of 2^-128.

Where there is no memory for all s and c at once, c_i = u^i for one random u below r, and s_j is the
polynomial sum u^i X^i at w^j, ((u w^j)^n - 1) / (u w^j - 1), which comes piece by piece. The sum of
wrong points is then a polynomial in u, and 0 for at most n - 1 of r values, but these coefficients
are longer, and which point is wrong is not found.

The field has no roots of unity for the largest basis of 2^28 powers. snarkjs takes the powers of w
of half the order there, and behind them 25 times those.

The last basis of section 12 has twice as many points as the circuits' domain, and needs tau^(2n-1),
which section 2 has not. snarkjs takes 0 for it, but a file that was truncated has the true one:
both are taken, and no other. It must not be left open: whoever chose that point would have it in
keys, divided by delta, and could forge proofs under them.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial

import numpy as np

from zkpipe.accel.bn254 import BN254, R
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.fields.scalars import inverses, powers, products
from zkpipe.accel.msm.multi_scalar import add_points
from zkpipe.accel.transforms.ntt import inverse_ntt
from zkpipe.prover.ceremony.phase1.challenge import chunks, generator_words
from zkpipe.prover.ceremony.phase1.sections import (
    UNTRUSTED,
    at_point,
    check_in_group,
    coefficients,
    weighted_sum,
)
from zkpipe.prover.ceremony.progress import Progress
from zkpipe.prover.ceremony.proofs_of_knowledge import same_ratio
from zkpipe.prover.ceremony.ptau_file import (
    LAGRANGE,
    LAGRANGE_G1,
    NAMES,
    TAU_G1,
    TAU_G2,
    PtauFile,
    point_words,
)
from zkpipe.prover.errors import CeremonyError

_MINUS = words_from_ints([1, R - 1])  # of a difference
COEFFICIENTS = 192  # bytes a point for s, c and what their transform takes
SHIFTS = (1, 25)  # 5 is no square; snarkjs shifts by its square

Factors = Callable[[int, int], Words]  # of points begin .. end - 1


def check_lagrange(file: PtauFile, section: int, progress: Progress, there: int) -> None:
    """Check every basis of a section; the powers have been checked.

    there  bytes for coefficients

    Raises CeremonyError, which names the section, and the point if there is the memory to find it.
    """
    for level in range(file.power + 1 + (section == LAGRANGE_G1)):
        first, n = (1 << level) - 1, 1 << level
        for begin, end in chunks(n, point_words(section)):
            points = file.points(section, first + begin, first + end)
            check_in_group(points, section, first + begin)
        if level > BN254.two_adicity or n * COEFFICIENTS > there:
            if not _holds_piece_by_piece(file, section, level):
                raise CeremonyError(
                    f"Section {section}, {NAMES[section]}: a point is not in the Lagrange basis of "
                    f"the {n} powers; with more memory it can be found which.",
                    UNTRUSTED,
                    section=section,
                )
        elif not _holds(file, section, level, 0, n):
            raise at_point(
                section,
                first + _first_wrong(file, section, level),
                f"is not in the Lagrange basis of the {n} powers",
            )
        progress.add(n)


def _holds(file: PtauFile, section: int, level: int, low: int, high: int) -> bool:
    """Whether points low .. high - 1 of a basis are what they must be."""
    n = 1 << level
    weights = np.zeros((n, 4), np.uint64)
    weights[low:high] = coefficients(high - low)
    basis = _sum(file, section, n - 1 + low, high - low, lambda a, b: weights[low + a : low + b])
    factors = inverse_ntt(weights) if n > 1 else weights
    return _is_of_powers(file, section, level, basis, lambda a, b: factors[a:b])


def _holds_piece_by_piece(file: PtauFile, section: int, level: int) -> bool:
    """Whether a whole basis is what it must be."""
    n, u = 1 << level, 1 + secrets.randbelow(R - 1)
    part = min(n, 1 << BN254.two_adicity)
    sums = [
        _sum(file, section, n - 1 + number * part, part, partial(_at_nodes, u * shift % R, n, part))
        for number, shift in enumerate(SHIFTS[: n // part])
    ]
    scalar = words_from_ints([u])[0]
    return _is_of_powers(
        file, section, level, add_points(sums), lambda a, b: powers(scalar, a, b - a)
    )


def _at_nodes(u: int, n: int, part: int, begin: int, end: int) -> Words:
    """((u w^j)^n - 1) / (u w^j - 1) for j = begin .. end - 1, w a root of unity of order `part`."""
    root, factor = words_from_ints([BN254.root_of_unity(part), u])
    below = powers(root, begin, end - begin, factor)  # u w^j
    borrow = np.ones(len(below), np.uint64)
    for word in range(4):  # none is 0
        column = below[:, word].copy()
        below[:, word] = column - borrow
        borrow = (column < borrow).astype(np.uint64)
    return products(inverses(below), words_from_ints([(pow(u, n, R) - 1) % R]))


def _is_of_powers(file: PtauFile, section: int, level: int, basis: Words, factors: Factors) -> bool:
    """Whether a sum over a basis is the sum over the powers, the last of which may be none."""
    n = 1 << level
    if level <= file.power:
        return bool((basis == _sum(file, LAGRANGE[section], 0, n, factors)).all())
    of_powers = _sum(file, TAU_G1, 0, n - 1, factors)
    rest = weighted_sum(np.stack([basis, of_powers]), _MINUS)
    return not rest.any() or _is_last_power(file, rest, factors(n - 1, n))


def _is_last_power(file: PtauFile, point: Words, factor: Words) -> bool:
    """Whether a point is a multiple of tau^(2n-1): tau^n in G1 and tau^(n-1) in G2 tell."""
    n = 1 << file.power
    multiple = weighted_sum(file.points(TAU_G1, n, n + 1), factor)
    below = file.points(TAU_G2, n - 1, n)[0]
    return same_ratio(multiple, point, generator_words(TAU_G2), below)


def _sum(file: PtauFile, section: int, first: int, count: int, factors: Factors) -> Words:
    """The weighted sum of points of a section, from `first` on."""
    return add_points(
        [
            weighted_sum(file.points(section, first + begin, first + end), factors(begin, end))
            for begin, end in chunks(count, point_words(section))
        ]
    )


def _first_wrong(file: PtauFile, section: int, level: int) -> int:
    """The first point of a basis that is not what it must be; one is there."""
    low, high = 0, 1 << level
    while high - low > 1:
        middle = (low + high) // 2
        if _holds(file, section, level, low, middle):
            low = middle
        else:
            high = middle
    return low
