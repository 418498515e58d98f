"""The distinct coefficients of a system, by number, as the analysis needs them.

A coefficient k stands for the integer nearest to zero among its residues: its size is at most
(r - 1) / 2, and it may be negative. New ones are made in Python, so they must be few.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from accel.bn254 import R
from accel.limbs import Words, ints_from_words, to_montgomery, words_from_ints

Numbers = NDArray[np.int64]
NONE = -1


class Dictionary:
    """Coefficients by number; grows.

    values  canonical, each once
    """

    def __init__(self, coefficients: Words) -> None:
        self.values = ints_from_words(coefficients)
        self.numbers = {value: number for number, value in enumerate(self.values)}

    def number(self, value: int) -> int:
        """The number of a coefficient, new if need be."""
        value %= R
        known = self.numbers.get(value)
        if known is None:
            known = self.numbers[value] = len(self.values)
            self.values.append(value)
        return known

    def value(self, number: int) -> int:
        """The coefficient of a number; 0 for NONE."""
        return 0 if number == NONE else self.values[number]

    def combined(
        self, left: Numbers, right: Numbers, operation: Callable[[int, int], int]
    ) -> Numbers:
        """The numbers of operation(left, right), entry by entry; Python sees each pair once."""
        size = len(self.values) + 1
        pairs, which = np.unique((left + 1) * size + (right + 1), return_inverse=True)
        results = [
            self.number(operation(self.value(pair // size - 1), self.value(pair % size - 1)))
            for pair in pairs.tolist()
        ]
        return np.array(results, np.int64)[which]

    def negatives(self) -> Numbers:
        """For each coefficient the number of its negative, NONE if it is not there."""
        return np.array([self.numbers.get(R - v, NONE) for v in self.values], np.int64)

    def sizes(self) -> Words:
        """(k, 4) uint64   how far each is from zero."""
        return words_from_ints(min(value, R - value) for value in self.values)

    def ranks(self) -> Numbers:
        """(k,) int64   sorts coefficients by size; equal sizes have equal ranks."""
        sizes = [min(value, R - value) for value in self.values]
        order = {size: rank for rank, size in enumerate(sorted(set(sizes)))}
        return np.array([order[size] for size in sizes], np.int64)

    def signs(self) -> NDArray[np.int8]:
        """(k,) int8   1, -1, or 0 for zero."""
        return np.array([0 if not v else 1 if v <= R // 2 else -1 for v in self.values], np.int8)

    def montgomery(self) -> Words:
        """(k, 4) uint64   in Montgomery form."""
        return to_montgomery(self.values, R)
