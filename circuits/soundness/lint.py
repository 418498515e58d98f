"""The verdict on a system, and what else in it is worth a second look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from circuits.errors import CircuitWarning
from circuits.solve.explain import source_of_row
from circuits.soundness.analysis import determined, report_on
from circuits.soundness.commitments import guessable_digests
from circuits.soundness.connections import loose_ends
from circuits.soundness.findings import Finding, Severity
from circuits.soundness.names import port_names
from circuits.soundness.report import Report
from circuits.soundness.roles import roles_of
from circuits.soundness.widths import needless_widths
from circuits.system import ConstraintSystem


@dataclass(frozen=True, slots=True, eq=False)
class Lint:
    """The report on soundness, and the findings, warnings first."""

    report: Report
    findings: tuple[Finding, ...]


def lint(system: ConstraintSystem) -> Lint:
    """Everything that can be said of a system, compiled here or read from a file.

    Of a system from a file: the verdict on its outputs, and its loose ends.
    """
    roles = roles_of(system)
    forms = determined(system, roles)
    report = report_on(system, roles, forms)
    names = port_names(system)
    findings = [
        *(_of_warning(warning) for warning in _doubts(system)),
        *loose_ends(system, forms.system, names),
        *guessable_digests(system, names),
        *_waived(system),
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


def _of_warning(warning: CircuitWarning) -> Finding:
    """What the compiler warns of, as a finding."""
    return Finding(
        warning.kind, Severity.WARNING, warning.what, warning.mend, warning.names, warning.source
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


def _divisions(system: ConstraintSystem) -> Iterator[Finding]:
    """Lines with quotients and remainders, and what they cost."""
    program = system.program
    if program is None:
        return
    kinds = [origin.site.purpose == "division" for origin in program.origins]
    places: dict[object, list[int]] = {}
    for row, origin in enumerate(program.origin_of_row.tolist()):
        if kinds[origin]:
            places.setdefault(program.origins[origin].site.place, []).append(row)
    for rows in places.values():
        source, _ = source_of_row(program, rows[0])
        yield Finding(
            "division",
            Severity.NOTE,
            f"A division costs {len(rows):,} constraints, and no input that makes its divisor zero "
            "has a proof.",
            "Multiply instead where you can: q * y == x for a quotient that is known.",
            source=source,
        )
