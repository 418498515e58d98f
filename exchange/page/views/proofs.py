"""Every proof that the contracts accepted, verified again; and the overview."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

from zkpipe.exchange.evidence import Verdict
from zkpipe.exchange.page.checking import Judge
from zkpipe.exchange.page.views.look import Look, key_of, name_of
from zkpipe.exchange.states import CircuitState, GrantState, JobState, Kind, Level


def proofs(look: Look) -> dict[str, Any]:
    """All proofs, the newest first."""
    proven, checked = look.proven(look.seen.proofs)
    return {
        "part": look.part(proven[::-1]),
        "checked": checked,
        "counts": {verdict.name.lower(): checked.count(verdict) for verdict in Verdict},
    }


def proof(look: Look, name: str) -> dict[str, Any] | None:
    """One proof: each public value, and what the word ctx is made of."""
    found = [one for one in look.seen.proofs if name_of(one) == name]
    if not found:
        return None
    (proven,), checked = look.proven(found)
    return {
        "one": proven,
        "kind_key": key_of(Kind, proven.proof.kind),
        "checked": checked,
        "publics": list(zip(proven.proof.names, proven.proof.publics, strict=True)),
        "is_final": look.is_final(proven.proof.block),
    }


def overview(look: Look) -> dict[str, Any]:
    """The exchange at a glance."""
    seen = look.seen
    _, checked = look.proven(seen.proofs)
    grants = seen.rows("grants", state=GrantState.ACTIVE)
    live = [one for one in grants if int(one["expiry"]) >= seen.time]
    jobs = Counter(row["state"] for row in seen.rows("jobs"))
    levels = Counter(row["level"] for row in seen.rows("entries"))
    budgets = seen.rows("budgets")
    issued = sum(int(row["points"]) for row in seen.rows("issues"))
    judges = Counter(check.judge for check in checked.checks)
    return {
        "checked": checked,
        "proofs": {
            "total": len(checked.checks),
            "holds": checked.count(Verdict.HOLDS),
            "fails": checked.count(Verdict.FAILS),
            "unknown": checked.count(Verdict.NO_KEY),
            "by_key": judges[Judge.KEY],
            "by_chain": judges[Judge.REGISTRY] + judges[Judge.VERIFIER],
        },
        "datasets": len(seen.rows("lineages")),
        "rows": sum(row["rows"] for row in seen.rows("segments", withdrawn=0)),
        "circuits": len(seen.rows("circuits", state=CircuitState.ACTIVE)),
        "development": sum(
            bool(row["development"]) for row in seen.rows("circuits", state=CircuitState.ACTIVE)
        ),
        "grants": len(live),
        "left": sum(max(0, one["max_uses"] - one["used"] - one["open"]) for one in live),
        "jobs": [(key_of(JobState, state), jobs[state]) for state in JobState if jobs[state]],
        "entries": [(key_of(Level, level), levels[level]) for level in Level],
        "budget": {
            "limit": sum(row["limit_bits"] for row in budgets),
            "held": sum(row["held"] for row in budgets),
            "spent": sum(row["spent"] for row in budgets),
        },
        "issued": issued,
        "addresses": look.deployment.addresses,
        "genesis": look.deployment.genesis,
        "now": time.time(),
    }
