"""Ceremonies that make keys which can be trusted, from the first powers of tau to the last key.

    phase 1   new_ptau, contribute_ptau, beacon_ptau, verify_ptau, prepare_ptau, truncate_ptau
    phase 2   setup or InitialKey, contribute_key, beacon_key, verify_key, decide_provenance

Each step reads a file and writes another, as the command of the same name does. The names below are
loaded when they are first used (zkpipe.lazy).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpipe.lazy import late

if TYPE_CHECKING:
    from zkpipe.prover.ceremony.deciding import Decided, decide_provenance
    from zkpipe.prover.ceremony.phase1.contribute import (
        Contributed,
        beacon_ptau,
        contribute_ptau,
    )
    from zkpipe.prover.ceremony.phase1.create import new_ptau
    from zkpipe.prover.ceremony.phase1.prepare import prepare_ptau
    from zkpipe.prover.ceremony.phase1.truncate import truncate_ptau
    from zkpipe.prover.ceremony.phase1.verify import (
        ListedContribution,
        VerifiedPtau,
        contributions_of,
        verify_ptau,
    )
    from zkpipe.prover.ceremony.phase2.contribute import (
        ContributedKey,
        beacon_key,
        contribute_key,
    )
    from zkpipe.prover.ceremony.phase2.initial_key import InitialKey
    from zkpipe.prover.ceremony.phase2.key_file import CeremonyKey
    from zkpipe.prover.ceremony.phase2.prepared_powers import PreparedPowers
    from zkpipe.prover.ceremony.phase2.verify import VerifiedKey, verify_key
    from zkpipe.prover.ceremony.ptau_file import PtauFile, read_ptau
    from zkpipe.prover.ceremony.public_files import is_public
    from zkpipe.prover.ceremony.records import Beacon
    from zkpipe.prover.provenance.trusted import TrustedList
else:
    _HERE = "zkpipe.prover.ceremony"
    __getattr__, __dir__ = late(
        __name__,
        {
            f"{_HERE}.deciding": "Decided decide_provenance",
            f"{_HERE}.phase1.contribute": "Contributed beacon_ptau contribute_ptau",
            f"{_HERE}.phase1.create": "new_ptau",
            f"{_HERE}.phase1.prepare": "prepare_ptau",
            f"{_HERE}.phase1.truncate": "truncate_ptau",
            f"{_HERE}.phase1.verify": (
                "ListedContribution VerifiedPtau contributions_of verify_ptau"
            ),
            f"{_HERE}.phase2.contribute": "ContributedKey beacon_key contribute_key",
            f"{_HERE}.phase2.initial_key": "InitialKey",
            f"{_HERE}.phase2.key_file": "CeremonyKey",
            f"{_HERE}.phase2.prepared_powers": "PreparedPowers",
            f"{_HERE}.phase2.verify": "VerifiedKey verify_key",
            f"{_HERE}.ptau_file": "PtauFile read_ptau",
            f"{_HERE}.public_files": "is_public",
            f"{_HERE}.records": "Beacon",
            "zkpipe.prover.provenance.trusted": "TrustedList",
        },
    )

__all__ = [
    "Beacon",
    "CeremonyKey",
    "Contributed",
    "ContributedKey",
    "Decided",
    "InitialKey",
    "ListedContribution",
    "PreparedPowers",
    "PtauFile",
    "TrustedList",
    "VerifiedKey",
    "VerifiedPtau",
    "beacon_key",
    "beacon_ptau",
    "contribute_key",
    "contribute_ptau",
    "contributions_of",
    "decide_provenance",
    "is_public",
    "new_ptau",
    "prepare_ptau",
    "read_ptau",
    "truncate_ptau",
    "verify_key",
    "verify_ptau",
]
