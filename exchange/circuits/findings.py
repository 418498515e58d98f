"""What lint finds in a circuit of the data exchange, less what is meant so.

ctx binds a proof to its place and constrains nothing: it is unused on purpose. ask and floor are
loose where a circuit checks that they are 0, so that no other question and no floor has a proof: a
row that says so must be there. Nothing else is excused.

A waived hint is a finding, too, which to lint is only a note: its author answers for it to himself,
but here others pay for what is proved.
"""

from __future__ import annotations

import numpy as np

from zkpipe.circuits.soundness.lint.findings import Finding, Severity
from zkpipe.circuits.soundness.lint.lint import lint
from zkpipe.circuits.soundness.lint.names import port_names
from zkpipe.circuits.soundness.model.equations import equations
from zkpipe.circuits.soundness.report import Verdict
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.exchange.errors import ExchangeError

WAIVED = "waived"
UNUSED, LOOSE = "unused-public-input", "loose-public-input"
ZERO = ("ask", "floor")


def findings(system: ConstraintSystem) -> list[Finding]:
    """What lint finds that a circuit of the data exchange must not have; most notes are left out.

    Raises ExchangeError unless the circuit is proved SAFE.
    """
    found = lint(system)
    if found.report.verdict is not Verdict.SAFE:
        raise ExchangeError(
            f"The circuit {system.name} is not proved SAFE.",
            "Run zkpipe lint on it, and correct what it names.",
        )
    zero = _zero_wires(system)
    return [
        finding
        for finding in found.findings
        if (finding.severity is Severity.WARNING or finding.kind == WAIVED)
        and not _is_meant(finding, zero)
    ]


def _is_meant(finding: Finding, zero: set[str]) -> bool:
    if finding.names == ("ctx",):
        return finding.kind == UNUSED
    return finding.kind == LOOSE and len(finding.names) == 1 and finding.names[0] in zero


def _zero_wires(system: ConstraintSystem) -> set[str]:
    """Which of `ask` and `floor` a row says to be 0."""
    linear = equations(system).linear
    is_alone = np.diff(linear.starts) == 1
    alone = set(linear.wires[linear.starts[:-1][is_alone]].tolist())
    return {name for wire, name in port_names(system).items() if name in ZERO and wire in alone}
