"""Whether the Lagrange bases of a prepared file are those of its powers.

For random s over the n points L_j of a domain, the sum of s_j L_j must be that of c_i P_i over the
n powers P_i, c being the inverse transform of s: L_j is the sum over i of w^(-ij) P_i / n. As
every c_i depends on every s_j, one wrong point shows but for a probability of 2^-128.

The last basis of section 12 has twice as many points as the circuits' domain, and needs tau^(2n-1),
which section 2 has not. snarkjs takes 0 for it, but a file that was truncated has the true one:
both are taken, and no other. It must not be left open: whoever chose that point would have it in
keys, divided by delta, and could forge proofs under them.
"""

from __future__ import annotations

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.msm.multi_scalar import add_points
from zkpipe.accel.transforms.ntt import inverse_ntt
from zkpipe.prover.ceremony.phase1.challenge import chunks, generator_words
from zkpipe.prover.ceremony.phase1.sections import (
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
    TAU_G1,
    TAU_G2,
    PtauFile,
    point_words,
)

_MINUS = words_from_ints([1, R - 1])  # of a difference


def check_lagrange(file: PtauFile, section: int, progress: Progress) -> None:
    """Check every basis of a section; the powers have been checked.

    Raises CeremonyError, which names the section and the point.
    """
    for level in range(file.power + 1 + (section == LAGRANGE_G1)):
        first, n = (1 << level) - 1, 1 << level
        for begin, end in chunks(n, point_words(section)):
            points = file.points(section, first + begin, first + end)
            check_in_group(points, section, first + begin)
        if not _holds(file, section, level, 0, n):
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
    basis = _sum(file, section, n - 1 + low, weights[low:high])
    factors = inverse_ntt(weights) if n > 1 else weights
    if level <= file.power:
        return bool((basis == _sum(file, LAGRANGE[section], 0, factors)).all())
    powers = _sum(file, TAU_G1, 0, factors[:-1])
    rest = weighted_sum(np.stack([basis, powers]), _MINUS)
    return not rest.any() or _is_last_power(file, rest, factors[-1:])


def _is_last_power(file: PtauFile, point: Words, factor: Words) -> bool:
    """Whether a point is a multiple of tau^(2n-1): tau^n in G1 and tau^(n-1) in G2 tell."""
    n = 1 << file.power
    multiple = weighted_sum(file.points(TAU_G1, n, n + 1), factor)
    below = file.points(TAU_G2, n - 1, n)[0]
    return same_ratio(multiple, point, generator_words(TAU_G2), below)


def _sum(file: PtauFile, section: int, first: int, weights: Words) -> Words:
    """The weighted sum of points of a section, from `first` on."""
    return add_points(
        [
            weighted_sum(file.points(section, first + begin, first + end), weights[begin:end])
            for begin, end in chunks(len(weights), point_words(section))
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
