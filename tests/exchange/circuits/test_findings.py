"""What lint may find in a circuit of the exchange, and what it may not."""

from __future__ import annotations

import pytest

from zkpipe.accel.bn254 import R
from zkpipe.circuits import Field, Private, Public, UInt, check, circuit, hint
from zkpipe.circuits.gadgets import poseidon
from zkpipe.exchange.circuits import findings
from zkpipe.exchange.errors import ExchangeError


@circuit
def meant(
    ctx: Public[Field], root: Public[Field], ask: Public[Field], floor: Public[Field],
    secret: Private[Field],
) -> None:  # fmt: skip
    check(poseidon([secret]) == root)
    check(ask == 0)
    check(floor == 0)


@circuit
def loose(
    ctx: Public[Field], root: Public[Field], ask: Public[Field], floor: Public[UInt[16]],
    secret: Private[Field],
) -> None:  # fmt: skip
    check(poseidon([secret]) == root)
    check(ask == 5)
    check(floor < 9)


@circuit
def unused(ctx: Public[Field], root: Public[Field], ask: Public[Field], s: Private[Field]) -> None:
    check(poseidon([s]) == root)


@circuit
def loose_context(ctx: Public[Field], root: Public[Field], s: Private[Field]) -> None:
    check(poseidon([s]) == root)
    check(ctx == 0)


def test_a_context_that_is_unused_and_words_that_are_0_are_meant() -> None:
    assert findings(meant.compile()) == []


def test_words_that_may_be_other_numbers_are_found() -> None:
    found = {(finding.kind, finding.names) for finding in findings(loose.compile())}
    assert found == {("loose-public-input", ("ask",)), ("loose-public-input", ("floor",))}


def test_other_unused_words_and_a_context_that_is_constrained_are_found() -> None:
    assert [f.names for f in findings(unused.compile())] == [("ask",)]
    assert [f.names for f in findings(loose_context.compile())] == [("ctx",)]


def test_what_an_author_waives_is_found() -> None:
    @circuit
    def waived(ctx: Public[Field], x: Private[Field]) -> Public[Field]:
        return hint(lambda x: x, x, returns=Field, waive="it is right")

    assert "waived" in {finding.kind for finding in findings(waived.trace())}


def test_a_circuit_that_is_not_proved_is_refused() -> None:
    @circuit
    def open_(ctx: Public[Field], a: Private[Field], b: Private[Field]) -> Public[Field]:
        quotient = hint(lambda a, b: a * pow(b, -1, R) % R, a, b, returns=Field)
        check(quotient * b == a)  # says nothing of it where both are 0
        return quotient

    with pytest.raises(ExchangeError, match="is not proved SAFE"):
        findings(open_.trace())
