"""BLAKE2b by our kernel: equal to hashlib's, and its state can be written down and taken up."""

from __future__ import annotations

import hashlib
import secrets

import pytest

from zkpipe.ground.errors import FormatError
from zkpipe.prover.ceremony.blake2b import BLANK, STATE_BYTES, Blake2b

LENGTHS = (0, 1, 63, 64, 96, 127, 128, 129, 255, 256, 257, 1000, 65536, 65537, 200_001)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("cut", [0, 1, 64, 128, 130])
def test_the_hash_is_hashlibs_however_its_data_are_cut(length: int, cut: int) -> None:
    data = secrets.token_bytes(length)
    hash_ = Blake2b()
    hash_.update(data[:cut])
    hash_.update(data[cut:])
    assert hash_.digest() == hashlib.blake2b(data).digest()
    assert hash_.length == length


@pytest.mark.parametrize("length", LENGTHS)
def test_a_hash_goes_on_from_its_state(length: int) -> None:
    data, more = secrets.token_bytes(length), secrets.token_bytes(768)
    hash_ = Blake2b()
    hash_.update(data)
    state = hash_.state()
    hash_.digest()  # asking changes nothing
    assert hash_.state() == state
    assert len(state) == STATE_BYTES
    again = Blake2b.from_state(state)
    assert again.digest() == hashlib.blake2b(data).digest()
    again.update(more)
    assert again.digest() == hashlib.blake2b(data + more).digest()


def test_the_hash_of_nothing_is_known() -> None:
    assert Blake2b().digest() == BLANK == hashlib.blake2b().digest()


@pytest.mark.parametrize(
    ("place", "value"),
    [(200, 129), (207, 1), (192, 1), (199, 1), (208, 1)],
    ids=["129 bytes in the buffer", "2^56 bytes", "a byte taken", "2^56 bytes taken", "ended"],
)
def test_a_state_of_no_hash_is_refused(place: int, value: int) -> None:
    state = bytearray(Blake2b().state())
    state[place] = value
    with pytest.raises(FormatError, match="BLAKE2b"):
        Blake2b.from_state(bytes(state))


@pytest.mark.parametrize("length", [0, 215, 217])
def test_a_state_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(FormatError, match="216"):
        Blake2b.from_state(bytes(length))


def test_nothing_is_left_after_erasing() -> None:
    hash_ = Blake2b()
    hash_.update(b"\xff" * 500)
    hash_.erase()
    assert hash_.state()[:192] == bytes(192)
