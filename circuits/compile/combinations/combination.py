"""Linear combinations of slots over Fr: {slot: coefficient}, slot 0 being the constant one.

A slot is a wire while the circuit is traced. Coefficients are canonical and never 0, so a
combination without entries is zero. Combinations are never changed once made.
"""

from __future__ import annotations

from collections.abc import Iterable

from zkpipe.accel.bn254 import R

Combination = dict[int, int]

ONE = 0  # the slot of the constant one


def constant(value: int) -> Combination:
    """The combination of a known integer."""
    value %= R
    return {ONE: value} if value else {}


def is_constant(x: Combination) -> bool:
    """Whether it has no slot but that of one."""
    return not x or (len(x) == 1 and ONE in x)


def add(x: Combination, y: Combination) -> Combination:
    """x + y."""
    if len(x) < len(y):
        x, y = y, x
    out = x.copy()
    for slot, coefficient in y.items():
        if slot in out:
            total = out[slot] + coefficient
            if total >= R:
                total -= R
            if total:
                out[slot] = total
            else:
                del out[slot]
        else:
            out[slot] = coefficient
    return out


def scale(x: Combination, factor: int) -> Combination:
    """factor * x."""
    factor %= R
    if factor == 1:
        return x
    if not factor:
        return {}
    return {slot: coefficient * factor % R for slot, coefficient in x.items()}


def negate(x: Combination) -> Combination:
    """-x."""
    return {slot: R - coefficient for slot, coefficient in x.items()}


def subtract(x: Combination, y: Combination) -> Combination:
    """x - y."""
    return add(x, negate(y))


def shift(x: Combination, value: int) -> Combination:
    """x + value."""
    return add(x, constant(value))


def total(parts: Iterable[tuple[Combination, int]]) -> Combination:
    """The sum of combinations times integers, in one pass over all entries."""
    out: Combination = {}
    for x, factor in parts:
        for slot, coefficient in x.items():
            out[slot] = out.get(slot, 0) + factor * coefficient
    return {slot: value for slot, sum_ in out.items() if (value := sum_ % R)}


def complement(flag: Combination) -> Combination:
    """1 - flag."""
    return shift(negate(flag), 1)
