"""What every hash over bytes does: constants among values, rows that are all needed, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.circuits.gadgets.byte_hashes.follows import follows, unnoticed
from tests.circuits.gadgets.byte_hashes.hashed import HASHES, hashed
from tests.long_form import IS_LONG
from zkpipe.circuits import (
    Array,
    CompileError,
    Field,
    InputError,
    Private,
    Public,
    UInt,
    circuit,
    narrow,
)

every_hash = pytest.mark.parametrize("name", HASHES)

# Messages whose rows are deleted, how many of them the suite draws, and rows of more than a round.
# SHA3-256 has the rows of Keccak-256.
DELETED = {
    "sha256": (3, 8, range(8_000, 8_200)),
    "sha512": (3, 4, range(20_000, 20_400)),
    "keccak256": (32, 2, range(40_000, 43_840)),
    "blake2s": (64, 4, range(8_000, 8_300)),
    "ripemd160": (55, 4, range(8_000, 8_200)),
}


@pytest.mark.parametrize("name", DELETED)
def test_without_any_of_its_rows_the_digest_does_not_follow(name: str) -> None:
    """Rows drawn at random; the long form draws 500, and takes all of more than a round."""
    count, few, a_round = DELETED[name]
    system = hashed(name, count)
    assert follows(system)
    most = 500 if IS_LONG else few
    drawn = np.random.default_rng(1).choice(system.constraint_count, most, replace=False)
    assert unnoticed(system, [*drawn.tolist(), *(a_round if IS_LONG else ())]) == []


@every_hash
def test_bytes_that_are_constant_are_mixed_with_others(name: str) -> None:
    of = HASHES[name]

    @circuit
    def mixed(
        some: Private[Array[UInt[7], 4]], x: Private[Field]
    ) -> Public[Array[UInt[8], of.size]]:
        return of.gadget([*b"prefix", *some, narrow(x, UInt[8]), some[0] + some[1], 255])

    expected = of.others(bytes([*b"prefix", 1, 2, 3, 127, 77, 3, 255]))
    system = mixed.compile() if IS_LONG else mixed.trace()
    assert bytes(system.solve(some=[1, 2, 3, 127], x=77).public) == expected
    assert bytes(mixed([1, 2, 3, 127], 77)) == expected


@every_hash
@pytest.mark.parametrize("message", [b"", b"abc"])
def test_a_message_of_constants_alone_makes_no_rows(name: str, message: bytes) -> None:
    of = HASHES[name]

    @circuit
    def known(x: Private[UInt[8]]) -> Public[Array[UInt[8], of.size]]:
        return [x * 0 + byte for byte in of.gadget(message)]

    system = known.trace()
    assert bytes(system.solve(x=1).public) == of.others(message)
    assert system.constraint_count == 8 + of.size  # the input's bits, and a row for each output


@every_hash
@pytest.mark.parametrize(
    ("message", "words"),
    [
        ([256], "no byte"),
        ([-1], "no byte"),
        (["a"], "text"),
        (5, "not a list"),
        ("abc", r"text.encode\(\)"),
        ([1.5], "a float"),
    ],
)
def test_what_is_no_message_is_refused(name: str, message: Any, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        HASHES[name].gadget(message)
    assert name in str(caught.value)


@every_hash
def test_values_that_are_no_bytes_are_refused(name: str) -> None:
    gadget = HASHES[name].gadget

    @circuit
    def wide(x: Private[UInt[9]]) -> None:
        gadget([x])

    @circuit
    def field(x: Private[Field]) -> None:
        gadget([1, x])

    @circuit
    def negative(x: Private[UInt[8]]) -> None:
        gadget([x - 1])

    for one in (wide, field, negative):
        with pytest.raises(CompileError, match="no byte"):
            one.trace()
