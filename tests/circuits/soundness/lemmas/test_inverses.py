"""Systems without outputs: every wire is asked about but the inverses of right is-zeros."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.circuits.soundness.systems import Row, bit, equal, holds, system_of
from zkpipe.accel.fields.limbs import ints_from_words
from zkpipe.circuits import (
    Array,
    Bool,
    ConstraintSystem,
    Field,
    Int,
    Private,
    Public,
    UInt,
    all_of,
    check,
    circuit,
    hint,
    member,
    select,
)
from zkpipe.circuits.gadgets import check_merkle_membership, poseidon
from zkpipe.circuits.soundness import Verdict, analyse, analyse_every_wire
from zkpipe.circuits.soundness.lint.lint import lint, lint_every_wire

# wires 1 and 2 are private inputs, 3 is the inverse, 4 says whether something is zero
D = {1: 1, 2: -1}
ONE_LESS = {0: 1, 4: -1}
Case = tuple[str, int, list[Row]]

RIGHT: list[Case] = [
    ("is zero", 5, [(D, {3: 1}, ONE_LESS), (D, {4: 1}, {}), equal({4: 1, 0: -1})]),
    ("factors changed over", 5, [({3: 1}, D, ONE_LESS), ({4: 1}, D, {})]),
    ("the sign turned", 5, [(D, {3: -1}, ONE_LESS), ({1: -1, 2: 1}, {4: 1}, {})]),
    ("of a difference and a constant", 5, [({1: 1, 0: 5}, {3: 1}, ONE_LESS),
                                           ({1: -1, 0: -5}, {4: 1}, {})]),
    ("factors scaled", 5, [(D, {3: 3}, ONE_LESS), (D, {4: 7}, {})]),
    ("another constant than one", 5, [(D, {3: 1}, {0: 5, 4: -5}), (D, {4: 1}, {})]),
    ("a combination that is zero or one", 6, [
        (D, {3: 1}, {4: 2, 5: -1, 0: -1}), (D, {4: 2, 5: -1}, {}), equal({5: 1, 1: -1})]),
    ("its negation in the wire's place", 5, [(D, {3: 1}, {4: 1}), (D, {0: 1, 4: -1}, {})]),
    ("one in the wire's place", 4, [(D, {3: 1}, {}), equal({1: -2, 2: 2})]),
]  # fmt: skip

WRONG: list[Case] = [
    ("no second row", 5, [(D, {3: 1}, ONE_LESS)]),
    ("no second row, and one in the wire's place", 4, [(D, {3: 1}, {})]),
    ("a second row of something else", 5, [(D, {3: 1}, ONE_LESS), ({1: 1, 2: -2}, {4: 1}, {})]),
    ("a second row of something that differs by a constant", 5, [
        (D, {3: 1}, ONE_LESS), ({1: 1, 2: -1, 0: 1}, {4: 1}, {})]),
    ("a second row that is not zero", 5, [(D, {3: 1}, ONE_LESS), (D, {4: 1}, {4: 1})]),
    ("an equation of something else", 4, [(D, {3: 1}, {}), equal({1: 1, 2: -2})]),
    ("an inverse in a third row", 6, [(D, {3: 1}, ONE_LESS), (D, {4: 1}, {}),
                                      equal({5: 1, 3: -1})]),
    ("an inverse in a third row, which makes it a bit", 5, [
        (D, {3: 1}, ONE_LESS), (D, {4: 1}, {}), bit(3)]),
    ("an inverse beside another wire", 6, [(D, {3: 1, 5: 1}, ONE_LESS), (D, {4: 1}, {})]),
    ("nothing but a multiple", 5, [(D, {3: 1}, {4: 1}), (D, {4: 1}, {})]),
    ("two products of one divisor", 5, [(D, {3: 1}, {4: 1}), (D, {4: 1}, {3: 1})]),
    ("a wire in no row", 5, [(D, {3: 1}, {0: 1})]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "wires", "rows"), RIGHT, ids=[c[0] for c in RIGHT])
def test_the_inverse_of_a_right_is_zero_is_left_in_peace(name, wires, rows):
    system = system_of(rows, 0, 2, wires)
    report = analyse(system)
    assert report.verdict is Verdict.SAFE
    assert report.question in {
        "every wire but the inverses that is-zero leaves free",
        "all there is: every wire is an input, or free by design",
    }
    assert_refuted(system, rows, lint_every_wire(system).report, 3)


@pytest.mark.parametrize(("name", "wires", "rows"), WRONG, ids=[c[0] for c in WRONG])
def test_every_other_wire_is_asked_about(name, wires, rows):
    system = system_of(rows, 0, 2, wires)
    assert_refuted(system, rows, analyse(system), None)
    assert_refuted(system, rows, analyse_every_wire(system), None)


def assert_refuted(system, rows, report, wire):
    assert report.verdict is Verdict.UNSAFE
    pair = report.counterexample
    first, second = ints_from_words(pair.first.values), ints_from_words(pair.second.values)
    assert holds(rows, first)
    assert holds(rows, second)
    assert first[1:3] == second[1:3]
    assert first != second
    if wire is not None:
        assert wire in pair.wires


@circuit
def ordered(x: Private[UInt[16]], y: Public[UInt[16]]) -> None:
    check((x < y) | (x == 7) & (y != 9))


@circuit
def a_leaf(
    root: Public[Field],
    name: Private[Field],
    siblings: Private[Array[Field, 2]],
    index: Private[Array[Bool, 2]],
) -> None:
    check_merkle_membership(root, [name], siblings, index)


@circuit
def an_opening(x: Private[Field], digest: Public[Field]) -> None:
    check(poseidon([x, 1]) == digest)


@circuit
def divided(x: Private[Int[16]], y: Private[UInt[4]], z: Public[Field]) -> None:
    check(x // (y + 1) + x % 5 == z)


@circuit
def chosen(x: Private[UInt[8]], y: Private[UInt[8]], z: Public[Field]) -> None:
    check(member(select(x == y, x, 3 * y), [1, 5, 9]))
    check(all_of([x != z, y != z, abs(x - y) < 9]))


@pytest.mark.parametrize("checks", [ordered, a_leaf, an_opening, divided, chosen])
def test_checks_of_the_language_are_safe_when_read_from_their_files(checks, tmp_path: Path):
    system = checks.compile()
    system.save(tmp_path / "c.r1cs")
    assert analyse(ConstraintSystem.load(tmp_path / "c.r1cs")).verdict is Verdict.SAFE


def test_a_lost_check_beside_an_output_is_found():
    """The output is twice the first input; the inputs should be equal, and need not be."""
    rows = [equal({1: 1, 2: -2}), ({2: 1, 3: -1}, {4: 1}, {})]
    found = lint(system_of(rows, 1, 2, 5))
    assert found.report.verdict is Verdict.SAFE
    assert found.report.question == "every output"
    (finding,) = found.findings
    assert (finding.kind, finding.severity.value) == ("open-internal-wires", "warning")
    assert finding.names == ("wire 4",)


@pytest.mark.parametrize(("name", "wires", "rows"), RIGHT, ids=[c[0] for c in RIGHT])
def test_a_right_check_beside_an_output_is_left_in_peace(name, wires, rows):
    moved = [tuple({w and w + 1: k for w, k in form.items()} for form in row) for row in rows]
    found = lint(system_of([*moved, equal({1: 1, 2: -2, 3: 3})], 1, 2, wires + 1))
    assert found.report.verdict is Verdict.SAFE
    assert not [f for f in found.findings if f.severity.value == "warning"]


def test_every_wire_asks_about_waived_hints_too():
    @circuit
    def waived(x: Private[Field]) -> Public[Field]:
        return x + hint(lambda x: x, x, returns=Field, waive="a test")

    assert analyse(waived.trace()).verdict is Verdict.SAFE
    report = analyse_every_wire(waived.trace())
    assert report.verdict is Verdict.UNSAFE
    assert report.question == "every wire"
    assert report.undetermined == ("waived.out", "waived.hint_0")
