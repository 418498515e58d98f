"""Sealed messages: how values are packed, and what opens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from tests.exchange.circuits.cases import AUDITOR, FOR, RECIPIENT
from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import L
from zkpipe.circuits import Array, Bool, Field, Fixed, Int, Point, UInt
from zkpipe.circuits.gadgets import poseidon, poseidon_ex, stream_encrypt
from zkpipe.circuits.language.values.types import as_type
from zkpipe.exchange.answers import Answers, is_opening, open_answer, point_of
from zkpipe.exchange.circuits import Recipients
from zkpipe.exchange.errors import ExchangeError, SchemaError


@dataclass(frozen=True)
class Pair:
    small: UInt[7]
    signed: Int[9]


def answers(*types):
    read = tuple(as_type(type_, "a test") for type_ in types)
    return Answers(read if len(read) > 1 else read[0])


def by_definition(parts):
    """Texts of bits, each (value, width), as section 12 of the design packs them."""
    messages = [""]
    for value, width in parts:
        if len(messages[-1]) + width > 248:
            messages.append("")
        messages[-1] = f"{value:0{width}b}" + messages[-1]
    return [int(bits, 2) for bits in messages]


def test_values_stand_in_order_the_first_in_the_lowest_bits():
    made = answers(Array[Pair, 2], Bool, UInt[200], UInt[40])
    values = ([Pair(100, -256), Pair(1, 255)], 1, 2**200 - 1, 2**39)
    expected = by_definition(
        [(100, 7), (0, 9), (1, 7), (511, 9), (1, 1), (2**200 - 1, 200), (2**39, 40)]
    )
    assert made.messages(values) == expected
    assert len(expected) == made.message_count == 2
    assert made.bits == 2 * 16 + 1 + 240
    assert made.values(expected) == values


def test_a_value_that_ends_at_bit_248_is_in_the_first_message():
    made = answers(UInt[100], UInt[148], UInt[1])
    assert made.places == ((0, 0), (0, 100), (1, 0))
    assert made.messages((1, 2**148 - 1, 1)) == by_definition([(1, 100), (2**148 - 1, 148), (1, 1)])


@pytest.mark.parametrize("seed", range(30))
def test_random_values_are_read_as_they_were_packed(seed):
    rng = np.random.default_rng(seed)
    widths = rng.integers(1, 249, rng.integers(1, 12)).tolist()
    values = [int.from_bytes(rng.bytes(32), "big") % 2**width for width in widths]
    made = answers(*(UInt[width] for width in widths))
    packed = made.messages(tuple(values))
    assert packed == by_definition(list(zip(values, widths, strict=True)))
    assert made.values(packed) == (tuple(values) if len(values) > 1 else values[0])


def sealed(made, values, recipients=FOR):
    """The results of a proof, made by the definition."""
    ephemeral = Point.BASE * recipients.nonce
    ciphertexts = stream_encrypt(made.messages(values), recipients.key)
    return [poseidon(list(recipients.wraps)), ephemeral.y, *ciphertexts]


@pytest.mark.parametrize(("secret", "which"), [(RECIPIENT, 0), (AUDITOR, 1)])
def test_whoever_has_the_secret_opens_his_wrap(secret, which):
    made = answers(UInt[240], Int[9])
    values = (2**239 + 7, -200)
    assert open_answer(secret, sealed(made, values), FOR.wraps[which], made) == values


def test_a_wrap_is_the_key_beside_the_pad_of_the_shared_point():
    shared = Point.BASE * (8 * RECIPIENT * FOR.nonce % L)
    tag = int.from_bytes(b"zkpipe.v1.WRAP", "big")
    assert FOR.wraps[0] == (FOR.key + poseidon_ex([shared.y], tag, 1)[0]) % R


def test_another_secret_or_another_wrap_does_not_open():
    made = answers(UInt[200])
    results = sealed(made, 5)
    for secret, wrap in ((RECIPIENT, FOR.wraps[1]), (AUDITOR, FOR.wraps[0]), (5, FOR.wraps[0])):
        with pytest.raises(ExchangeError, match="does not open"):
            open_answer(secret, results, wrap, made)
    with pytest.raises(ExchangeError, match="in 4 results"):
        open_answer(RECIPIENT, [*results, 1], FOR.wraps[0], made)
    with pytest.raises(ExchangeError, match="of no point"):
        open_answer(RECIPIENT, [results[0], 1, *results[2:]], FOR.wraps[0], made)
    for secret in (0, L, "1"):
        with pytest.raises(ExchangeError, match="A secret is no number"):
            open_answer(secret, results, FOR.wraps[0], made)


def test_an_opening_is_canonical_and_in_order():
    results = sealed(answers(UInt[9]), 5)
    first, second = FOR.wraps
    assert is_opening(results, first, second)
    assert not is_opening(results, second, first)
    assert not is_opening(results, first + R, second)
    assert not is_opening(results, first, second + 1)


def test_points_are_known_by_their_y():
    point = Point.BASE * 99
    assert point_of(point.y) in (point, -point)
    for y in (1, R - 1, 0, R, (point + Point(0, R - 1)).y, point.y + R):
        with pytest.raises(ExchangeError, match="of no point of Baby Jubjub's subgroup"):
            point_of(y)


def test_what_has_no_width_cannot_be_answered():
    for type_, said in ((Field, "has no width"), (UInt[249], "more than 248 bits")):
        with pytest.raises(SchemaError, match=said):
            answers(UInt[3], type_)
    with pytest.raises(SchemaError, match="answers nothing"):
        answers(Array[UInt[3], 0])
    assert answers(Fixed[8, 2]).bits == 8


@pytest.mark.parametrize(("nonce", "key"), [(0, 1), (L, 1), (1, R), (1, -1)])
def test_a_seal_has_secrets_in_range(nonce, key):
    with pytest.raises(ExchangeError, match="out of range"):
        Recipients(FOR.recipient, FOR.auditor, nonce, key)


def test_messages_that_no_value_packs_to_are_refused():
    made = answers(UInt[7])
    for wrong in ([128], [R - 1]):
        with pytest.raises(ExchangeError, match="does not open"):
            made.values(wrong)
    with pytest.raises(ExchangeError, match="came with 2"):
        made.values([1, 2])
