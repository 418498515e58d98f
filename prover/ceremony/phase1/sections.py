"""Whether the points of a section are in their group, and each is tau times the one before.

Of points P with random c, the sums over i of c_i P_i and c_i P_(i+1) must have the ratio that the
powers begin with. If one step of a section does not have it, the sums have it with a probability of
2^-128: coefficients have 128 bits, from the operating system, drawn when the file is open already.
Where they have not, halves are tried until one step is left.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.curves.curve import g1_on_curve, g2_on_curve
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.msm.multi_scalar import add_points, msm_g1, msm_g2
from zkpipe.prover.ceremony.phase1.challenge import chunks, generator_words
from zkpipe.prover.ceremony.points.subgroup import first_outside_g2
from zkpipe.prover.ceremony.proofs_of_knowledge import same_ratio
from zkpipe.prover.ceremony.ptau_file import (
    IN_G2,
    NAMES,
    TAU_G1,
    TAU_G2,
    PtauFile,
    point_count,
    point_words,
)
from zkpipe.prover.ceremony.records import Powers
from zkpipe.prover.errors import CeremonyError

COEFFICIENT_BYTES = 16
UNTRUSTED = "Do not use this file. Take it from those who ran the ceremony, and verify it again."


def coefficients(count: int) -> Words:
    """Random scalars of 128 bits from the operating system: (count, 4) uint64, canonical."""
    out = np.zeros((count, 4), np.uint64)
    drawn = np.frombuffer(secrets.token_bytes(COEFFICIENT_BYTES * count), np.uint64)
    out[:, :2] = drawn.reshape(count, 2)
    return out


def weighted_sum(points: Words, scalars: Words) -> Words:
    """The sum of scalars[i] * points[i], of either group."""
    return msm_g1(points, scalars) if points.shape[1] == 8 else msm_g2(points, scalars)


def check_in_group(points: Words, section: int, first: int) -> None:
    """Raise CeremonyError for infinity and for a point outside its group.

    first  the index in its section of the first of them
    """
    _refuse((points == 0).all(axis=1), section, first, "is infinity")
    in_g2 = section in IN_G2
    _refuse(~(g2_on_curve if in_g2 else g1_on_curve)(points), section, first, "is not on the curve")
    if in_g2:
        outside = first_outside_g2(points)
        if outside is not None:
            raise at_point(section, first + outside, "is on the curve but not in G2")


def _refuse(bad: NDArray[np.bool_], section: int, first: int, problem: str) -> None:
    if bad.any():
        raise at_point(section, first + int(np.argmax(bad)), problem)


def at_point(section: int, index: int, problem: str) -> CeremonyError:
    """The error for one point of a section."""
    return CeremonyError(
        f"Section {section}, {NAMES[section]}: point {index} {problem}.",
        UNTRUSTED,
        section=section,
        index=index,
    )


def check_steps(
    file: PtauFile, section: int, powers: Powers, taken: Callable[[Words], None]
) -> None:
    """Check a section of powers from its first point to its last.

    powers  of the last contribution
    taken   is given the points, chunk after chunk

    Raises CeremonyError, which names the section and the point.
    """
    sums: list[list[Words]] = []
    last = np.zeros((0, point_words(section)), np.uint64)
    for begin, end in chunks(point_count(section, file.power), point_words(section)):
        points = file.points(section, begin, end)
        check_in_group(points, section, begin)
        taken(points)
        joined = np.concatenate([last, points])
        last = points[-1:]
        if len(joined) > 1:
            sums.append(_sums(joined))
    if not _rises(section, *_joined(sums), powers):
        raise at_point(
            section, _first_wrong_step(file, section, powers), "is not tau times the one before"
        )


def _sums(points: Words) -> list[Words]:
    scalars = coefficients(len(points) - 1)
    return [weighted_sum(points[:-1], scalars), weighted_sum(points[1:], scalars)]


def _rises(section: int, lower: Words, upper: Words, powers: Powers) -> bool:
    """Whether one point is tau times another."""
    if section in IN_G2:
        return same_ratio(generator_words(TAU_G1), powers.tau_g1, lower, upper)
    return same_ratio(lower, upper, generator_words(TAU_G2), powers.tau_g2)


def _first_wrong_step(file: PtauFile, section: int, powers: Powers) -> int:
    """The first point that is not tau times the one before; one that is not is there."""
    low, high = 0, point_count(section, file.power) - 1  # steps low .. high - 1
    while high - low > 1:
        middle = (low + high) // 2
        if _steps_hold(file, section, low, middle, powers):
            low = middle
        else:
            high = middle
    return low + 1


def _steps_hold(file: PtauFile, section: int, low: int, high: int, powers: Powers) -> bool:
    """Whether each of the steps low .. high - 1, from a point to the next, is a factor tau."""
    sums: list[list[Words]] = []
    for begin, end in chunks(high - low, point_words(section)):
        sums.append(_sums(file.points(section, low + begin, low + end + 1)))
    return _rises(section, *_joined(sums), powers)


def _joined(sums: list[list[Words]]) -> tuple[Words, Words]:
    lower, upper = (add_points([pair[side] for pair in sums]) for side in (0, 1))
    return lower, upper
