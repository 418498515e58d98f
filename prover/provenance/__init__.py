"""What is known of where a key comes from: kinds, the user's list, and what was verified before.

The names below are loaded when they are first used (zkpipe.lazy).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpipe.lazy import late

if TYPE_CHECKING:
    from zkpipe.prover.provenance.kept import KeptKey, kept_key, kept_key_of_digest
    from zkpipe.prover.provenance.kind import Provenance
    from zkpipe.prover.provenance.trusted import TrustedList, users_list
else:
    _HERE = "zkpipe.prover.provenance"
    __getattr__, __dir__ = late(
        __name__,
        {
            f"{_HERE}.kept": "KeptKey kept_key kept_key_of_digest",
            f"{_HERE}.kind": "Provenance",
            f"{_HERE}.trusted": "TrustedList users_list",
        },
    )

__all__ = [
    "KeptKey",
    "Provenance",
    "TrustedList",
    "kept_key",
    "kept_key_of_digest",
    "users_list",
]
