"""What lint finds in a circuit of the data exchange, less what is meant so.

ctx binds a proof to its place and constrains nothing: it is unused on purpose. ask and floor are
loose where a circuit checks that they are 0, so that no other question and no floor has a proof.
Nothing else is excused.
"""

from __future__ import annotations

from zkpipe.circuits.soundness.lint.findings import Finding, Severity
from zkpipe.circuits.soundness.lint.lint import lint
from zkpipe.circuits.soundness.report import Verdict
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.exchange.errors import ExchangeError

MEANT = {
    ("unused-public-input", "ctx"),
    ("loose-public-input", "ask"),
    ("loose-public-input", "floor"),
}


def findings(system: ConstraintSystem) -> list[Finding]:
    """The warnings of lint that a circuit of the data exchange must not have; notes are left out.

    Raises ExchangeError unless the circuit is proved SAFE.
    """
    found = lint(system)
    if found.report.verdict is not Verdict.SAFE:
        raise ExchangeError(
            f"The circuit {system.name} is not proved SAFE.",
            "Run zkpipe lint on it, and correct what it names.",
        )
    return [
        finding
        for finding in found.findings
        if finding.severity is Severity.WARNING
        and not (finding.names and all((finding.kind, name) in MEANT for name in finding.names))
    ]
