"""Integers, words and errors: the small things that everything else is made of."""

from __future__ import annotations

import numpy as np
import pytest

from zkpipe.accel.bn254 import P, R
from zkpipe.accel.fields.limbs import (
    from_montgomery,
    ints_from_words,
    to_montgomery,
    words_from_ints,
)
from zkpipe.ground.errors import FormatError, MissingError, RangeError, ShapeError, ZkpipeError


def test_words_are_little_endian_in_fours() -> None:
    words = words_from_ints([1 + (2 << 64) + (3 << 128) + (4 << 192), (1 << 256) - 1])
    assert words.tolist() == [[1, 2, 3, 4], [(1 << 64) - 1] * 4]
    assert words.dtype == np.uint64
    assert words.flags.writeable
    assert words_from_ints([]).shape == (0, 4)


def test_rows_of_several_elements_are_flattened() -> None:
    words = words_from_ints(range(6)).reshape(1, 24)
    assert ints_from_words(words) == list(range(6))
    assert ints_from_words(words.reshape(3, 8)[::-1]) == [4, 5, 2, 3, 0, 1]


@pytest.mark.parametrize("value", [-1, 1 << 256])
def test_integers_outside_256_bits_have_no_words(value: int) -> None:
    with pytest.raises(OverflowError):
        words_from_ints([value])


@pytest.mark.parametrize(
    "words", [np.zeros((2, 3), np.uint64), np.zeros((2, 4), np.int64), np.zeros((2, 4), np.uint32)]
)
def test_other_arrays_hold_no_elements(words: np.ndarray) -> None:
    with pytest.raises(ShapeError, match="holds no 4-word elements"):
        ints_from_words(words)


@pytest.mark.parametrize("modulus", [P, R])
def test_montgomery_form_is_a_factor_of_2_to_the_256(modulus: int) -> None:
    values = [0, 1, 2, modulus - 1, 1 << 200]
    words = to_montgomery(values, modulus)
    assert ints_from_words(words) == [(v << 256) % modulus for v in values]
    assert from_montgomery(words, modulus) == values


@pytest.mark.parametrize("kind", [ZkpipeError, ShapeError, RangeError, FormatError, MissingError])
def test_an_error_says_what_where_and_the_fix(kind: type[ZkpipeError]) -> None:
    error = kind("What is wrong.", "What to do.", ["line 3", "line 4"])
    assert str(error) == "What is wrong.\n  line 3\n  line 4\nWhat to do."
    assert error.explain() == str(error)
    assert isinstance(error, ZkpipeError)
    assert error.exit_status == (3 if kind is MissingError else 2)
    assert str(kind("What.", "Fix.")) == "What.\nFix."
