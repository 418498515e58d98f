"""The second phase of a ceremony: from powers of tau to the key of a circuit, step by step.

The names below are loaded when they are first used (zkpipe.lazy).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpipe.lazy import late

if TYPE_CHECKING:
    from zkpipe.prover.ceremony.phase2.contribute import (
        ContributedKey,
        beacon_key,
        contribute_key,
    )
    from zkpipe.prover.ceremony.phase2.initial_key import InitialKey
    from zkpipe.prover.ceremony.phase2.key_file import CeremonyKey
    from zkpipe.prover.ceremony.phase2.prepared_powers import PreparedPowers
    from zkpipe.prover.ceremony.phase2.verify import VerifiedKey, verify_key
else:
    _HERE = "zkpipe.prover.ceremony.phase2"
    __getattr__, __dir__ = late(
        __name__,
        {
            f"{_HERE}.contribute": "ContributedKey beacon_key contribute_key",
            f"{_HERE}.initial_key": "InitialKey",
            f"{_HERE}.key_file": "CeremonyKey",
            f"{_HERE}.prepared_powers": "PreparedPowers",
            f"{_HERE}.verify": "VerifiedKey verify_key",
        },
    )

__all__ = [
    "CeremonyKey",
    "ContributedKey",
    "InitialKey",
    "PreparedPowers",
    "VerifiedKey",
    "beacon_key",
    "contribute_key",
    "verify_key",
]
