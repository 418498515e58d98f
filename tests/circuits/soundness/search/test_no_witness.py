"""Systems that nothing satisfies: found by proof, told by compile, lint and setup."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

import pytest

from tests.circuits.soundness.systems import Row, bit, equal, system_of
from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Bool,
    CircuitWarning,
    Field,
    Private,
    Public,
    UInt,
    check,
    circuit,
    hint,
    maximum,
    member,
)
from zkpipe.circuits.gadgets import poseidon
from zkpipe.circuits.soundness import Verdict, analyse
from zkpipe.circuits.soundness.analysis import determined
from zkpipe.circuits.soundness.lint.before_setup import warnings_before_setup
from zkpipe.circuits.soundness.lint.lint import lint
from zkpipe.circuits.soundness.roles import roles_of
from zkpipe.circuits.soundness.search.contradictions import LONG, contradiction


@circuit
def pins(a: Private[Field], b: Private[Field]) -> Public[Field]:
    x = a + b
    check(x == 3, "three")
    check(x == 5, "five")
    return x + a


@circuit
def no_square(a: Private[UInt[8]]) -> None:
    check(a * a == 3, "three")


@circuit
def both_ways(a: Private[UInt[8]], b: Private[UInt[8]]) -> None:
    check(a < b)
    check(b < a)


@circuit
def in_a_circle(a: Private[UInt[16]], b: Private[UInt[16]], c: Private[UInt[16]]) -> None:
    check(a < b)
    check(b < c)
    check(c < a)


@circuit
def and_not(a: Private[Bool]) -> None:
    check(a & ~a, "both")


@circuit
def three_that_differ(a: Private[Bool], b: Private[Bool], c: Private[Bool]) -> None:
    check(a ^ b)
    check(b ^ c)
    check(a ^ c)


@circuit
def equal_and_not(a: Private[Field], b: Private[Field]) -> None:
    check(a == b)
    check(a != b)


@circuit
def an_inverse_of_zero(a: Private[Field], b: Private[Field]) -> None:
    check(a * b == 1)
    check(a == 0)


@circuit
def two_products(a: Private[Field], b: Private[Field]) -> None:
    check(a * b == 1)
    check(a * b == 2)


@circuit
def two_cubes(a: Private[Field]) -> None:
    check(a * a * a == 2)
    check(a * a * a == 3)


@circuit
def odd_sum(a: Private[UInt[8]], b: Private[UInt[8]]) -> None:
    check(2 * a + 4 * b == 7)


@circuit
def two_ranges(a: Private[UInt[32]]) -> None:
    check(a < 10)
    check(a > 20)


@circuit
def another_hash(a: Private[Field]) -> None:
    check(a == 1)
    check(poseidon([a, 1]) == 2)


@circuit
def two_remainders(a: Private[UInt[8]]) -> None:
    check(a % 4 == 3)
    check(a % 2 == 0)


@circuit
def a_member_out_of_range(a: Private[UInt[8]]) -> None:
    check(member(a, [1, 2, 3]))
    check(a > 5)


@circuit
def a_quotient_by_zero(a: Private[UInt[8]], b: Private[UInt[8]]) -> Public[UInt[8]]:
    check(b == 0)
    return a // b


NEVER = [
    pins, no_square, both_ways, in_a_circle, and_not, three_that_differ, equal_and_not,
    an_inverse_of_zero, two_products, two_cubes, odd_sum, two_ranges, another_hash, two_remainders,
    a_member_out_of_range, a_quotient_by_zero,
]  # fmt: skip


@pytest.mark.parametrize("never", NEVER, ids=lambda c: c.name)
def test_a_contradiction_is_proved(never):
    system = never.trace()
    assert contradiction(determined(system, roles_of(system)), LONG) is not None
    (finding,) = [f for f in lint(system).findings if f.kind == "no-witness"]
    assert finding.severity.value == "warning"
    assert "and there is none" in finding.text
    told = [w.kind for w in warnings_before_setup(replace(system, program=None))]
    assert told.count("no-witness") == 1


@pytest.mark.parametrize("never", [pins, both_ways, and_not, no_square, equal_and_not])
def test_compile_warns_of_it(never):
    with pytest.warns(CircuitWarning, match="No witness found"):
        never.compile()


def test_the_warning_names_the_line():
    with pytest.warns(CircuitWarning) as caught:
        pins.compile()
    (warning,) = [w.message for w in caught]
    assert warning.source.text in ('check(x == 3, "three")', 'check(x == 5, "five")')


ROWS: dict[str, tuple[int, list[Row]]] = {
    "0 = 1": (3, [({}, {}, {0: 1})]),
    "2 times 3 is 7": (3, [({0: 2}, {0: 3}, {0: 7})]),
    "constants of many rows": (3, [({0: 2}, {1: 1}, {0: 4}), equal({1: 1, 0: -3})]),
    "a bit that is 2": (3, [bit(1), equal({1: 1, 0: -2})]),
    "a bit that is a half": (3, [bit(1), equal({1: 2, 0: -1})]),
    "two bits that are 3": (4, [bit(1), bit(3), equal({1: 1, 3: 1, 0: -3})]),
    "a square that is none": (3, [({1: 1}, {1: 1}, {0: 5})]),
    "a product of zero": (4, [equal({1: 1, 2: -1}), ({1: 1, 2: -1}, {3: 1}, {0: 1})]),
    "a product that is two numbers": (4, [({1: 1}, {3: 1}, {0: 2}), ({3: 1}, {1: 2}, {0: 5})]),
    "products of zero": (4, [({1: 1}, {3: 1}, {}), ({1: 1, 0: -1}, {3: 1, 0: -1}, {}),
                             equal({1: 1, 3: -1})]),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_rows_that_cannot_hold_are_found_in_a_file(name):
    wires, rows = ROWS[name]
    system = system_of(rows, 0, 2, wires)
    report = analyse(system)
    assert report.counterexample is None
    assert report.contradiction is not None
    assert "no-witness" in [finding.kind for finding in lint(system).findings]


def test_none_found_is_not_none():
    """The search cannot know; the words do not claim it."""

    @circuit
    def at_most_two(a: Private[UInt[8]], b: Private[UInt[8]]) -> None:
        check(maximum(a, b) < 3)
        check(a > 5)

    findings = {finding.kind: finding for finding in lint(at_most_two.trace()).findings}
    assert set(findings) == {"no-witness", "no-public-values"}
    finding = findings["no-witness"]
    assert "a short search found no inputs" in finding.text
    assert "there is none" not in finding.text


@circuit
def a_preimage(a: Private[Field]) -> None:
    check(poseidon([a, 1]) == 12345)


@circuit
def an_opening(a: Private[Field], digest: Public[Field]) -> None:
    check(poseidon([a, 1]) == digest)


@circuit
def a_cube(a: Private[UInt[4]]) -> Public[Field]:
    check(a * a * a == 27)
    return a + 0


@circuit
def a_route(a: Private[UInt[8]], b: Private[UInt[8]]) -> None:
    p, q = hint(lambda a, b: (a // 2, b), a, b, returns=(UInt[8], UInt[8]), waive="a test")
    check((p < 30) & (q > a) & (a != b))


@pytest.mark.parametrize("right", [a_preimage, an_opening, a_cube, a_route], ids=lambda c: c.name)
def test_what_has_a_witness_is_left_in_peace(right):
    with warnings.catch_warnings():
        warnings.simplefilter("error", CircuitWarning)
        system = right.compile()
    assert "no-witness" not in [finding.kind for finding in lint(system).findings]
    assert list(warnings_before_setup(system)) == []


def test_public_values_in_no_constraint_are_told_before_a_setup():
    rows = [equal({4: 1, 3: -2}), ({0: 1}, {2: 1}, {2: 1})]  # the second says nothing
    (warning,) = warnings_before_setup(system_of(rows, 2, 1, 5))
    assert warning.kind == "unbound-public-values"
    assert warning.names == ("wire 1", "wire 2")
    (single,) = warnings_before_setup(system_of([], 1, 0, 2))
    assert "a key proves any value there" in single.problem


def test_a_safe_verdict_of_nothing_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from tests.cli.workshop import invoke

    monkeypatch.chdir(tmp_path)
    system_of([equal({1: 1, 2: -1}), ({2: 1}, {2: 1}, {0: 5 % R})], 1, 1, 3).save("never.r1cs")
    told = invoke("lint", "never.r1cs")
    assert told.exit_code == 1
    assert "SAFE: nothing satisfies it, so no two witnesses differ." in told.stdout
    assert analyse(system_of([equal({1: 1, 2: -1})], 1, 1, 3)).verdict is Verdict.SAFE
