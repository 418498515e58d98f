"""The verdict on a system, and what else in it is worth a second look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from zkpipe.circuits.errors import CircuitWarning
from zkpipe.circuits.formats.equations import equations
from zkpipe.circuits.r1cs.names import names_of
from zkpipe.circuits.solve.explain import constant_side, source_of_row
from zkpipe.circuits.soundness.analysis import determined, report_on
from zkpipe.circuits.soundness.lint.commitments import guessable_digests
from zkpipe.circuits.soundness.lint.connections import loose_ends
from zkpipe.circuits.soundness.lint.findings import Finding, Severity
from zkpipe.circuits.soundness.lint.names import port_names
from zkpipe.circuits.soundness.lint.open_divisions import open_divisions
from zkpipe.circuits.soundness.lint.widths import needless_widths
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.report import Report, Verdict
from zkpipe.circuits.soundness.roles import (
    EVERY_OUTPUT,
    EVERY_VALUE_GIVEN_WAIVED,
    Roles,
    roles_but_inverses,
    roles_of,
    roles_of_every_wire,
)
from zkpipe.circuits.soundness.rules.forms import Forms
from zkpipe.circuits.soundness.search.no_witness import without_witness
from zkpipe.circuits.system import ConstraintSystem

SHOWN = 8  # names in one finding
MOST_STOPS = 4  # findings of where a proof stops
LONGEST_SHOWN = 200  # letters of an equation


@dataclass(frozen=True, slots=True, eq=False)
class Lint:
    """The report on soundness, and the findings, warnings first."""

    report: Report
    findings: tuple[Finding, ...]


def lint(system: ConstraintSystem) -> Lint:
    """Everything that can be said of a system, compiled here or read from a file.

    Of a system from a file: the verdict on its outputs, or if it has none on its wires, and its
    loose ends; where the outputs are determined, also what internal wires are not.
    """
    return _examined(system, roles_of(system))


def lint_every_wire(system: ConstraintSystem) -> Lint:
    """The same with the verdict on all wires that are no inputs, as `analyse_every_wire` gives."""
    return _examined(system, roles_of_every_wire(system))


def _examined(system: ConstraintSystem, roles: Roles) -> Lint:
    asks_outputs = roles.question == EVERY_OUTPUT
    hoped = roles_but_inverses(system) if asks_outputs else roles
    forms = determined(system, hoped)
    report = report_on(system, roles, forms)
    names = port_names(system)
    doubt = without_witness(system, roles, forms) if report.counterexample is None else None
    findings = [
        *([] if doubt is None else [_of_warning(doubt)]),
        *_open_wires(system, report, hoped),
        *_open_divisions(system, report, forms),
        *(_of_warning(warning) for warning in _doubts(system)),
        *loose_ends(system, forms.system, names),
        *guessable_digests(system, names),
        *_waived(system),
        *_open_outputs(system, report),
        *_divisions(system),
        *needless_widths(forms, names),
    ]
    findings.sort(key=lambda finding: finding.severity is Severity.NOTE)
    return Lint(report, tuple(findings))


def _doubts(system: ConstraintSystem) -> Iterator[CircuitWarning]:
    """What the trace found doubtful, whether compile() tells it or not."""
    if system.program is not None:
        yield from system.program.warnings
        yield from system.program.remarks


def _open_wires(system: ConstraintSystem, report: Report, hoped: Roles) -> Iterator[Finding]:
    """Internal wires that nobody asked about, and that may decide a check beside the outputs."""
    wires = np.intersect1d(report.internal, hoped.required)
    if report.verdict is Verdict.SAFE and len(wires):
        names = names_of(system.symbols, wires.tolist())
        more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
        yield Finding(
            "open-internal-wires",
            Severity.WARNING,
            "The inputs determine every output, but it is not proved that they determine the "
            f"internal wires {', '.join(f'`{name}`' for name in names[:SHOWN])}{more}: where they "
            "do not, whoever proves chooses, and may pass the checks that use them.",
            "Ask about them with --every-wire.",
            names,
        )


def _open_divisions(system: ConstraintSystem, report: Report, forms: Forms) -> Iterator[Finding]:
    """Where the proof stops at divisors that may be zero, of what is neither proved nor refuted."""
    if report.verdict is not Verdict.UNKNOWN:
        return
    found = list(open_divisions(forms))
    for wire, divisor, row in found[:MOST_STOPS]:
        (name,) = names_of(system.symbols, (wire,))
        parts = names_of(system.symbols, [w for w in divisor if w != ONE_WIRE][:SHOWN])
        listed = ", ".join(f"`{part}`" for part in parts)
        (equation,) = equations(system, range(row, row + 1))
        is_shown = system.symbols is not None and len(str(equation)) < LONGEST_SHOWN
        shown = f", {equation}," if is_shown else ""
        yield Finding(
            "open-division",
            Severity.NOTE,
            f"The proof stops at `{name}`: row {row:,}{shown} says what it is where the factor of "
            f"{listed} is not 0, and no rule proves that it never is.",
            "Check that it is not 0: check(divisor != 0), or divisor * inverse === 1. If it is 0 "
            "only for inputs that something else keeps out, as points off a curve, nothing is "
            "missing. The verdict stays UNKNOWN, because it is about all inputs.",
            (name, *parts),
            equation.source,
        )


def _of_warning(warning: CircuitWarning) -> Finding:
    """What the compiler warns of, as a finding."""
    return Finding(
        warning.kind, Severity.WARNING, warning.problem, warning.fix, warning.names, warning.source
    )


def _waived(system: ConstraintSystem) -> Iterator[Finding]:
    """Hints whose author says why they need not be determined."""
    for use in () if system.program is None else system.program.hints:
        if use.call.waive:
            yield Finding(
                "waived",
                Severity.NOTE,
                f"What the hint `{use.call.name}` returns is not asked about: {use.call.waive}",
                "Read the reason, and whether it still holds.",
                source=use.call.source,
            )


def _open_outputs(system: ConstraintSystem, report: Report) -> Iterator[Finding]:
    """Outputs that are not proved to follow from the inputs without what waived hints return."""
    if report.question != EVERY_VALUE_GIVEN_WAIVED or report.verdict is not Verdict.SAFE:
        return
    outputs = np.arange(1, 1 + system.output_count)
    known = determined(system, Roles(system.input_wires, outputs)).state.is_known
    names = port_names(system)
    for wire in outputs[~known[outputs]].tolist():
        yield Finding(
            "waived-output",
            Severity.NOTE,
            f"The output `{names[wire]}` is not proved to follow from the inputs without what "
            "waived hints return: where it does not, whoever proves chooses it.",
            "Check that whoever reads it expects that.",
            (names[wire],),
        )


def _divisions(system: ConstraintSystem) -> Iterator[Finding]:
    """Lines with quotients and remainders, and what they cost."""
    program = system.program
    if program is None:
        return
    kinds = [origin.site.purpose == "division" for origin in program.origins]
    places: dict[tuple[object, int | None], list[int]] = {}
    for row, number in enumerate(program.origin_of_row.tolist()):
        if kinds[number]:
            origin = program.origins[number]
            key = origin.site.place, constant_side(system, program, origin.right)
            places.setdefault(key, []).append(row)
    for (_, divisor), rows in places.items():
        source, _ = source_of_row(program, rows[0])
        if divisor is None:
            what = (
                f"A division costs {len(rows):,} constraints, and no input that makes its divisor "
                "zero has a proof."
            )
            fix = "Multiply instead where you can: q * y == x for a quotient that is known."
        else:
            what = (
                f"A division by the constant {divisor:,}, or the rounding of a Fixed by it, costs "
                f"{len(rows):,} constraints."
            )
            fix = "Round once, after sums and products, where you can."
        yield Finding(
            "division",
            Severity.NOTE,
            what,
            fix,
            source=source,
        )
