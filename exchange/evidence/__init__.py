"""Evidence for who was not there: proofs read again from events, and bundles that need no node.

    proofs       every proof that the contracts accepted, and whether it holds under its key
    exporting    write a bundle of all that is public of an exchange
    verifying    check a bundle against the hash of a block

    gathering    what a node tells for a bundle
    linking      headers that lead to the anchor, and the logs under them
    events_file  logs of a bundle without headers
    keys         verifying keys and sources, which count by their digest; documents: a home's
    rules        what must hold between events
    signed       who signed what, by the calldata of transactions
    replay       events decoded and folded
    folder       the files of a bundle, and their listing
    chain        headers, receipts, transactions and accounts, in the bytes that are hashed

The names below are loaded when they are first used (zkpipe.lazy).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpipe.lazy import late

if TYPE_CHECKING:
    from zkpipe.exchange.evidence.exporting import Exported, export
    from zkpipe.exchange.evidence.folder import Evidence, Listing
    from zkpipe.exchange.evidence.proofs import (
        AcceptedProof,
        Verdict,
        accepted_proofs,
        by_digest,
        judged,
    )
    from zkpipe.exchange.evidence.signed import Signed
    from zkpipe.exchange.evidence.verifying import Shown, verify, verify_events
else:
    __getattr__, __dir__ = late(
        __name__,
        {
            "zkpipe.exchange.evidence.exporting": "Exported export",
            "zkpipe.exchange.evidence.folder": "Evidence Listing",
            "zkpipe.exchange.evidence.proofs": (
                "AcceptedProof Verdict accepted_proofs by_digest judged"
            ),
            "zkpipe.exchange.evidence.signed": "Signed",
            "zkpipe.exchange.evidence.verifying": "Shown verify verify_events",
        },
    )

__all__ = [
    "AcceptedProof",
    "Evidence",
    "Exported",
    "Listing",
    "Shown",
    "Signed",
    "Verdict",
    "accepted_proofs",
    "by_digest",
    "export",
    "judged",
    "verify",
    "verify_events",
]
