"""What the work list concludes, and what it must not."""

from __future__ import annotations

import pytest

from zkpipe.circuits import Array, Bool, Field, Int, Private, Public, UInt, check, circuit, hint
from zkpipe.circuits.gadgets import check_merkle_membership, poseidon
from zkpipe.circuits.soundness import Verdict, analyse


@circuit
def comparison(x: Private[UInt[32]], y: Private[UInt[32]]) -> tuple[Public[Bool], Public[Bool]]:
    return x >= y, x == y


@circuit
def membership(
    root: Public[Field],
    name: Private[Field],
    siblings: Private[Array[Field, 4]],
    index: Private[Array[Bool, 4]],
) -> None:
    check_merkle_membership(root, [name], siblings, index)


@circuit
def magnitude(x: Private[Field], y: Private[Int[8]]) -> Public[Int[9]]:
    check(x != 3)
    return abs(y)


@circuit
def quotient_by_a_power(x: Private[UInt[32]]) -> tuple[Public[UInt[24]], Public[UInt[8]]]:
    return x // 256, x % 256


@circuit
def digest(x: Private[Field], y: Private[Field]) -> Public[Field]:
    return poseidon([x, y])


@pytest.mark.parametrize(
    "safe", [comparison, membership, magnitude, quotient_by_a_power, digest], ids=lambda c: c.name
)
def test_what_the_inputs_determine_is_proved(safe):
    assert analyse(safe.compile()).verdict is Verdict.SAFE


def test_a_hint_that_nothing_pins_is_named():
    @circuit
    def loose(x: Private[Field]) -> Public[Field]:
        y = hint(lambda v: v, x, returns=Field)
        return y * y

    report = analyse(loose.trace())
    assert report.verdict is not Verdict.SAFE
    assert report.undetermined == ("loose.out", "loose.hint_0")
