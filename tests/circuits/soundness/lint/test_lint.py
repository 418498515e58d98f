"""What lint finds beside the verdict, and what it leaves in peace."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.circuits.soundness.systems import bit, equal, system_of
from zkpipe.accel.roots import square_root
from zkpipe.circuits import (
    Array,
    ConstraintSystem,
    Field,
    Fixed,
    Int,
    Point,
    Private,
    Public,
    UInt,
    check,
    circuit,
    hint,
    narrow,
)
from zkpipe.circuits.gadgets import poseidon
from zkpipe.circuits.soundness import Verdict
from zkpipe.circuits.soundness.lint.lint import lint


def kinds(system) -> dict[str, tuple[str, ...]]:
    return {finding.kind: finding.names for finding in lint(system).findings}


def test_inputs_that_nothing_ties_are_named():
    @circuit
    def forgetful(
        epoch: Public[Field], age: Public[UInt[8]], x: Private[Field], y: Private[Field]
    ) -> Public[Field]:
        check(x != 3)  # one, the constant, ties nothing
        check(age != 3)
        return x * x

    assert kinds(forgetful.trace()) == {
        "unused-public-input": ("epoch",),
        "loose-public-input": ("age",),
        "unused-private-input": ("y",),
    }


def test_inputs_that_meet_in_a_row_are_not():
    @circuit
    def tied(epoch: Public[Field], x: Private[Field]) -> Public[Field]:
        return (x + epoch) * x

    assert kinds(tied.trace()) == {}


def test_an_output_that_no_row_has_is_named_and_not_determined():
    found = lint(system_of([equal({2: 1, 3: -1})], 1, 2, 4))
    assert found.report.verdict is Verdict.UNSAFE
    assert [finding.kind for finding in found.findings] == ["unused-output"]


def test_a_digest_of_few_bits_is_guessable_and_a_salt_mends_it():
    @circuit
    def bare(salary: Private[UInt[32]], digest: Public[Field]) -> None:
        check(poseidon([salary, 7]) == digest)

    @circuit
    def salted(salary: Private[UInt[32]], salt: Private[Field], digest: Public[Field]) -> None:
        check(poseidon([salary, salt]) == digest)

    @circuit
    def twice(salary: Private[Array[UInt[32], 2]], digest: Public[Field]) -> None:
        check(poseidon([poseidon([salary[0]]), salary[1]]) == digest)

    assert kinds(bare.trace()) == {"guessable-digest": ("salary",)}
    (finding,) = lint(bare.trace()).findings
    assert "on `salary` alone, which has 32 bits:" in finding.text
    both = lint(twice.trace()).findings
    assert any("`salary[1]` alone, which together have 64 bits:" in f.text for f in both)
    assert finding.source is not None
    assert finding.source.text.startswith("check(poseidon(")
    assert kinds(salted.trace()) == {}
    found = [f.names for f in lint(twice.trace()).findings if f.kind == "guessable-digest"]
    assert sorted(found) == [("salary[0]",), ("salary[0]", "salary[1]")]


def test_waivers_divisions_and_needless_widths_are_notes():
    @circuit
    def noted(x: Private[UInt[64]], y: Private[UInt[8]]) -> Public[UInt[65]]:
        a = hint(lambda x: x, x, returns=Field, waive="only a test")
        narrow(2**10 - 1 - x, UInt[10])
        return narrow(a, UInt[32]) + x // (y + 1)

    found = lint(noted.trace())
    assert found.report.verdict is Verdict.SAFE
    assert {finding.kind for finding in found.findings} >= {"waived", "division"}
    assert {finding.severity.value for finding in found.findings} == {"note"}
    assert any("only a test" in finding.text for finding in found.findings)


def test_outputs_that_a_waived_hint_may_choose_are_named():
    @circuit
    def chosen(x: Private[Field], y: Private[Field]) -> tuple[Public[Field], Public[Field]]:
        free = hint(lambda x: x, x, returns=Field, waive="a test")
        return x + free, x * y

    found = lint(chosen.trace())
    assert found.report.verdict is Verdict.SAFE
    assert found.report.question == "every value, given what waived hints return"
    assert [f.names for f in found.findings if f.kind == "waived-output"] == [("out[0]",)]


def test_a_waived_hint_that_no_output_depends_on_is_a_note_alone():
    @circuit
    def pinned(x: Private[Field]) -> Public[Field]:
        check(hint(lambda x: x, x, returns=Field, waive="a test") == x)
        return 2 * x

    assert [finding.kind for finding in lint(pinned.trace()).findings] == ["waived"]


@circuit
def seven(x: Private[UInt[8]]) -> None:
    check(x == 7)


@circuit
def large(x: Private[UInt[8]]) -> None:
    check(x > 200)


@circuit
def negative(x: Private[Int[16]]) -> None:
    narrow(x + 100, UInt[6])


@pytest.mark.parametrize(("narrowed", "bits"), [(seven, 3), (large, None), (negative, 8)])
def test_a_narrower_width_holds_all_that_checks_leave(narrowed, bits):
    fixes = [f.fix for f in lint(narrowed.trace()).findings if f.kind == "needless-width"]
    assert fixes == ([] if bits is None else [f"Declare it with {bits} bits."])


@pytest.mark.parametrize(
    ("offset", "fixes"),
    [(0, ["Declare it with 5 bits."]), (3, ["Declare it with 6 bits."]), (231, [])],
)
def test_a_width_counts_from_zero(offset, fixes):
    """One sum of eight bits, and one of five behind an offset."""
    bits = [bit(wire) for wire in range(2, 15)]
    wide = equal({1: -1} | {2 + i: 1 << i for i in range(8)})
    short = equal({1: -1, 0: offset} | {10 + i: 1 << i for i in range(5)})
    found = lint(system_of([*bits, wide, short], 0, 1, 15)).findings
    assert [f.fix for f in found if f.kind == "needless-width"] == fixes


@circuit
def nothing(x: Private[UInt[8]]) -> None:
    check(x == 0)


@circuit
def one(x: Private[UInt[8]]) -> None:
    check(x == 1)


@pytest.mark.parametrize(
    ("narrowed", "fix"),
    [(nothing, "Write 0 in its place."), (one, "Declare it with 1 bit.")],
)
def test_a_width_of_one_bit_or_none_is_told_so(narrowed, fix):
    (finding,) = [f for f in lint(narrowed.trace()).findings if f.kind == "needless-width"]
    assert finding.fix == fix


def test_a_rounding_is_not_told_to_divide_by_zero():
    @circuit
    def product(x: Private[Fixed[16, 8]], y: Private[Fixed[16, 8]]) -> Public[Fixed[32, 8]]:
        return x * y

    @circuit
    def both(x: Private[UInt[8]], y: Private[UInt[8]]) -> Public[UInt[9]]:
        return x // 10 + x // (y + 1)

    (rounding,) = [f.text for f in lint(product.trace()).findings if f.kind == "division"]
    assert "the constant 256, or the rounding of a Fixed" in rounding
    assert "zero" not in rounding
    texts = [f.text for f in lint(both.trace()).findings if f.kind == "division"]
    assert sorted("zero" in text for text in texts) == [False, True]


def test_ratios_of_points_are_no_divisions_of_the_authors() -> None:
    @circuit
    def tripled(p: Private[Point]) -> Public[Point]:
        return p * 3

    found = lint(tripled.trace())
    assert found.report.verdict is Verdict.SAFE
    assert "division" not in {finding.kind for finding in found.findings}


def slope(twice_a):
    """Wire 1 is the slope s at x and y: 2 y s = 3 x^2 + 2 A x + 1, which has roots or none."""
    return system_of(
        [({2: 1}, {2: 1}, {4: 1}), ({3: 2}, {1: 1}, {4: 3, 2: twice_a, 0: 1})], 1, 2, 5
    )


def test_where_a_proof_stops_at_a_factor_lint_names_the_row():
    rootless = next(k for k in range(2, 99, 2) if square_root(k * k - 12) is None)
    system = slope(rootless)
    found = lint(replace(system, symbols=("one", "s", "x", "y", "square")))
    assert found.report.verdict is Verdict.UNKNOWN
    (stop,) = (finding for finding in found.findings if finding.kind == "open-division")
    assert stop.severity.value == "note"
    assert stop.names == ("s", "y")
    assert "`s`: row 1, (2 y) * (s) =" in stop.text
    (unnamed,) = (f for f in lint(system).findings if f.kind == "open-division")
    assert unnamed.names == ("wire 1", "wire 3")
    assert "`wire 1`: row 1 says" in unnamed.text


def test_what_is_refuted_or_proved_has_no_place_where_the_proof_stops():
    rooted = next(k for k in range(2, 99, 2) if square_root(k * k - 12) is not None)
    for system, verdict in (
        (slope(rooted), Verdict.UNSAFE),
        (system_of([({2: 1}, {3: 1}, {0: 1}), ({2: 1}, {1: 1}, {3: 1})], 1, 2, 4), Verdict.SAFE),
    ):
        found = lint(system)
        assert found.report.verdict is verdict
        assert "open-division" not in {finding.kind for finding in found.findings}


def test_a_right_is_zero_is_no_place_where_a_proof_stops():
    """Wire 4 is whether wire 2 is 0, and wire 5 its inverse, or anything."""
    rootless = next(k for k in range(2, 99, 2) if square_root(k * k - 12) is None)
    rows = [({2: 1}, {2: 1}, {6: 1}), ({3: 2}, {1: 1}, {6: 3, 2: rootless, 0: 1}),
            ({2: 1}, {4: 1}, {}), ({2: 1}, {5: 1}, {0: 1, 4: -1})]  # fmt: skip
    found = lint(system_of(rows, 1, 2, 7))
    stops = [finding.names[0] for finding in found.findings if finding.kind == "open-division"]
    assert stops == ["wire 1"]


@circuit
def ordered(x: Private[UInt[8]], y: Private[UInt[8]]) -> None:
    check(x < y)


def test_a_circuit_without_public_values_is_noted():
    found = lint(ordered.trace())
    assert found.report.verdict is Verdict.SAFE
    assert [(x.kind, x.severity.value) for x in found.findings] == [("no-public-values", "note")]


def test_a_file_without_public_values_is_noted(tmp_path):
    ordered.compile().save(tmp_path / "ordered.r1cs")
    assert "no-public-values" in kinds(ConstraintSystem.load(tmp_path / "ordered.r1cs"))


@circuit
def below(x: Private[UInt[8]], limit: Public[UInt[8]]) -> None:
    check(x < limit)


@circuit
def product(x: Private[UInt[8]], y: Private[UInt[8]]) -> Public[Field]:
    return x * y


@pytest.mark.parametrize("shown", [below, product], ids=["an input", "an output"])
def test_one_public_value_is_something_to_say(shown):
    assert "no-public-values" not in kinds(shown.trace())
