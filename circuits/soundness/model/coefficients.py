"""The distinct coefficients of a system, by number, as the analysis needs them.

A coefficient k stands for the integer nearest to zero among its residues: its size is at most
(r - 1) / 2, and it may be negative. New ones are made in Python, so they must be few.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words, ints_from_words, to_montgomery, words_from_ints

Numbers = NDArray[np.int64]
NONE = -1  # the number of a coefficient that the dictionary does not have; never of zero


class Dictionary:
    """Coefficients by number; grows.

    values   canonical
    numbers  the number of each value: one, if the system's own has it twice
    """

    def __init__(self, coefficients: Words) -> None:
        self.values = [value % R for value in ints_from_words(coefficients)]
        self.numbers = {value: number for number, value in enumerate(self.values)}

    def canonical(self, numbers: Numbers) -> Numbers:
        """The same coefficients by numbers that are equal where they are."""
        if len(self.numbers) == len(self.values):
            return numbers
        return np.array([self.numbers[value] for value in self.values], np.int64)[numbers]

    def number(self, value: int) -> int:
        """The number of a coefficient, new if need be."""
        value %= R
        known = self.numbers.get(value)
        if known is None:
            known = self.numbers[value] = len(self.values)
            self.values.append(value)
        return known

    def combined(
        self, left: Numbers, right: Numbers, operation: Callable[[int, int], int]
    ) -> Numbers:
        """The numbers of operation(left, right), entry by entry; Python sees each pair once."""
        size = len(self.values)
        pairs, which = np.unique(left * size + right, return_inverse=True)
        results = [
            self.number(operation(self.values[pair // size], self.values[pair % size]))
            for pair in pairs.tolist()
        ]
        return np.array(results, np.int64)[which]

    def negatives(self) -> Numbers:
        """For each coefficient the number of its negative, NONE if it is not there."""
        return np.array([self.numbers.get(-v % R, NONE) for v in self.values], np.int64)

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
