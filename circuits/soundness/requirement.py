"""What compiling requires: that the inputs determine every named value, or the author waived it.

The error names the value as the author's text does, its line, and the checks that it stands in.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import islice

import numpy as np

from zkpipe.circuits.errors import Source
from zkpipe.circuits.language.text.parsing import module_of
from zkpipe.circuits.r1cs.program import Program, SolvedHint
from zkpipe.circuits.solve.explain import source_of_row
from zkpipe.circuits.soundness.analysis import analyse
from zkpipe.circuits.soundness.errors import UnderconstrainedError
from zkpipe.circuits.soundness.report import Report, Verdict
from zkpipe.circuits.soundness.search.examples import formatted
from zkpipe.circuits.soundness.search.no_witness import contradictory
from zkpipe.circuits.system import ConstraintSystem

MOST_LINES = 4  # of evidence

_FIX_HINT = (
    "Pin {value} with check(), or give the hint a type that leaves one answer; where any answer "
    "serves, say why: hint(..., waive='...')."
)
_FIX = (
    "Take {value} from what is determined, or pin it with check(); where any answer serves, let it "
    "be a hint that says why: hint(..., waive='...')."
)
_FIX_UNPROVED = (
    "Pin {value} in a way that the analysis knows, such as a narrower type, an equation or a "
    "strict bracket (see docs/soundness.md); or say why its checks leave one answer, or why any "
    "serves: hint(..., waive='...')."
)


def require_determined(system: ConstraintSystem) -> None:
    """Raise UnderconstrainedError unless the inputs determine every named value of a circuit.

    Warns (CircuitWarning) where that is so because the checks contradict each other.

    Cost: some 4 us a constraint.
    """
    report = analyse(system)
    if report.verdict is not Verdict.SAFE:
        raise underconstrained(system, report)
    if report.contradiction is not None:
        contradictory(system, report.contradiction).report()


def underconstrained(system: ConstraintSystem, report: Report) -> UnderconstrainedError:
    """The error for a report on a compiled circuit that is not SAFE."""
    program = system.program
    assert program is not None  # noqa: S101 - for the type checker: it was compiled
    differing = report.wires if report.counterexample is None else report.counterexample.wires
    hint = _first_hint(program, differing) or _first_hint(program, report.wires)
    if hint is None:
        wire = differing[0]
        name, source, fix = _own_name(system, report, wire), None, _FIX
    else:
        use, wire = hint
        name, source, fix = f"`{_hint_name(use, wire)}`", use.call.source, _FIX_HINT
    lines = [line for line in _lines(system, program, wire) if line != source]
    if source is None and lines:
        source = lines.pop(0)
    evidence = [str(line) for line in islice(dict.fromkeys(lines), MOST_LINES)]
    if report.counterexample is None:
        what = f"Whether the inputs determine {name} could not be proved."
        fix = fix if hint is None else _FIX_UNPROVED
    else:
        what = f"{name} is not determined by the inputs."
        evidence.append(formatted(system, report.counterexample, wire, name))
    return UnderconstrainedError(
        what, fix.format(value=name), name.strip("`"), report, source, evidence
    )


def _first_hint(program: Program, wires: tuple[int, ...]) -> tuple[SolvedHint, int] | None:
    """The first hint that returned one of the wires, and the wire."""
    wanted = set(wires)
    for use in program.hints:
        for wire in use.wires:
            if wire in wanted:
                return use, wire
    return None


def _hint_name(use: SolvedHint, wire: int) -> str:
    """What the author's line calls a result: the target of its assignment if that can be read."""
    position = use.wires.index(wire)
    path = use.call.result_types()[position][0]
    targets = _targets(use.call.source)
    if len(targets) == 1:
        return targets[0] + path.removeprefix(use.call.name)
    if len(targets) == len(use.wires):
        return targets[position]
    return f"{use.call.name}(...){path.removeprefix(use.call.name)}"


def _targets(source: Source | None) -> list[str]:
    """The names that a line assigns to."""
    tree = module_of(source.text if source else "")
    statement = tree.body[0] if tree and tree.body else None  # none in a part of a statement
    if not isinstance(statement, ast.Assign):
        return []
    target = statement.targets[0]
    parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    return [ast.unparse(part) for part in parts]


def _own_name(system: ConstraintSystem, report: Report, wire: int) -> str:
    name = report.undetermined[report.wires.index(wire)].removeprefix(f"{system.name}.")
    if wire <= system.output_count:
        return f"the output `{name}`"
    return f"the value `{name}`"


def _lines(system: ConstraintSystem, program: Program, wire: int) -> Iterator[Source]:
    """The author's lines whose rows hold a wire."""
    rows = [
        np.searchsorted(m.starts, np.flatnonzero(m.wires == wire), side="right") - 1
        for m in (system.a, system.b, system.c)
    ]
    for row in np.unique(np.concatenate(rows)).tolist():
        source, _ = source_of_row(program, row)
        if source is not None:
            yield source
