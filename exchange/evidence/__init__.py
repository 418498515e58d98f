"""Evidence for who was not there: proofs read again from events, and bundles that need no node.

    proofs    every proof that the contracts accepted, and whether it holds under its key

The names below are loaded when they are first used (zkpipe.lazy).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpipe.lazy import late

if TYPE_CHECKING:
    from zkpipe.exchange.evidence.proofs import (
        AcceptedProof,
        Verdict,
        accepted_proofs,
        by_digest,
        judged,
    )
else:
    __getattr__, __dir__ = late(
        __name__,
        {
            "zkpipe.exchange.evidence.proofs": (
                "AcceptedProof Verdict accepted_proofs by_digest judged"
            ),
        },
    )

__all__ = ["AcceptedProof", "Verdict", "accepted_proofs", "by_digest", "judged"]
