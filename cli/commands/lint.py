"""lint."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.authors.circuit_name import CIRCUIT, CircuitName
from zkpipe.cli.command import command
from zkpipe.cli.console.answer import NO, YES, Answer, Fact, table
from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.words import FILE
from zkpipe.cli.machine.warm_up import compile_kernels

if TYPE_CHECKING:
    from zkpipe.circuits.soundness import Report
    from zkpipe.circuits.soundness.lint.findings import Finding
    from zkpipe.circuits.system import ConstraintSystem

SHOWN = 8  # names in a line of text; --json has all


@command(
    "lint",
    example="zkpipe lint square.py\nzkpipe lint build/square.r1cs",
    status="Exit status 1: not everything is proved to be determined, or there is a warning.",
)
@click.argument("circuit", metavar="CIRCUIT", type=CIRCUIT)
@click.option("--sym", metavar="C.sym", type=FILE, help="Names of an .r1cs; else beside it.")
@click.option("--every-wire", is_flag=True, help="Ask about every wire that is not an input.")
def lint(circuit: CircuitName, sym: Path | None, every_wire: bool) -> Answer:
    """Say whether the inputs determine a circuit's values, and what else to look at.

    CIRCUIT is FILE.py[:NAME], PACKAGE.MODULE[:NAME] or C.r1cs.

    SAFE is a proof. UNSAFE comes with two witnesses that satisfy every constraint. UNKNOWN names
    what could not be proved. Of a circuit in Python every value that its text can hold is asked
    about; of an .r1cs its outputs, and if it has none every wire but the inverses that is-zero
    leaves free.
    """
    from zkpipe.circuits.soundness.lint.findings import Severity
    from zkpipe.circuits.soundness.lint.lint import lint as examine
    from zkpipe.circuits.soundness.lint.lint import lint_every_wire
    from zkpipe.circuits.soundness.report import Verdict
    from zkpipe.cli.authors.circuit_file import load_traced_system

    system = load_traced_system(circuit, sym)
    compile_kernels()
    with progress(f"examining {system.name}"), redirect_stdout(sys.stderr):  # what hints print
        found = lint_every_wire(system) if every_wire else examine(system)
    report = found.report
    warned = any(finding.severity is Severity.WARNING for finding in found.findings)
    is_clean = report.verdict is Verdict.SAFE and not warned
    sentence, *more = _sentences(system, report)
    rows = [
        ("circuit", system.name),
        ("verdict", f"{report.verdict.name}: {sentence}"),
        *(("", line) for line in more),
        *((finding.severity.value, _formatted(finding)) for finding in found.findings),
    ]
    return Answer(
        {
            "name": system.name,
            "verdict": report.verdict.value,
            "question": report.question,
            "undetermined": report.undetermined,
            "internal": len(report.internal),
            "counterexample": _counterexample(system, report),
            "findings": [_facts(finding) for finding in found.findings],
        },
        table(rows),
        YES if is_clean else NO,
    )


def _sentences(system: ConstraintSystem, report: Report) -> list[str]:
    """What the verdict means here: a sentence, and what goes below it."""
    from zkpipe.circuits.soundness.report import Verdict
    from zkpipe.circuits.soundness.requirement import underconstrained
    from zkpipe.circuits.soundness.roles import EVERY_VALUE, EVERY_VALUE_GIVEN_WAIVED

    if report.contradiction is not None:
        return ["nothing satisfies it, so no two witnesses differ."]
    if report.verdict is Verdict.SAFE:
        return [f"the inputs determine {report.question}."]
    if report.question in (EVERY_VALUE, EVERY_VALUE_GIVEN_WAIVED):
        error = underconstrained(system, report)
        return [error.problem, *error.evidence, error.fix]
    more = len(report.undetermined) - SHOWN
    listed = ", ".join(report.undetermined[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")
    if report.verdict is Verdict.UNSAFE:
        return [f"two witnesses agree on the inputs and differ. Not determined: {listed}."]
    return [f"it could not be proved that the inputs determine {listed}."]


def _formatted(finding: Finding) -> str:
    place = f"  ({finding.source.file}:{finding.source.line})" if finding.source else ""
    return f"{finding.text} {finding.fix}{place}"


def _facts(finding: Finding) -> Mapping[str, Fact]:
    source = finding.source
    return {
        "kind": finding.kind,
        "severity": finding.severity.value,
        "text": finding.text,
        "fix": finding.fix,
        "names": finding.names,
        "source": None if source is None else f"{source.file}:{source.line}",
    }


def _counterexample(system: ConstraintSystem, report: Report) -> Fact:
    """The inputs of a counterexample, and the values that differ: the search's own, as text."""
    from zkpipe.accel.fields.limbs import ints_from_words
    from zkpipe.circuits.r1cs.names import names_of
    from zkpipe.circuits.soundness.lint.names import port_names

    pair = report.counterexample
    if pair is None:
        return None
    first, second = ints_from_words(pair.first.values), ints_from_words(pair.second.values)
    names = port_names(system)
    inputs = system.input_wires.tolist()
    return {
        "inputs": {names[wire]: str(first[wire]) for wire in inputs},
        "values": {
            name: [str(first[wire]), str(second[wire])]
            for wire, name in zip(pair.wires, names_of(system.symbols, pair.wires), strict=True)
        },
    }
