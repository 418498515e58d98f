"""One call of `publish`: one version, of at most 40 new segments.

The sender's subject is a digest of what a call adds and withdraws, not the version: a version's
number is taken by whichever call is mined first, and the same call must not be sent again under
another number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zkpipe.exchange.clients.catalogue.lineages import CATALOGUE
from zkpipe.exchange.clients.catalogue.proving import Wanted
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.structs import Segment
from zkpipe.exchange.words import keccak_of

MOST = 40  # segments: 11 M gas
_TYPES = ("bytes32", "bytes32[]", "bytes32[]", "bytes32")


@dataclass(frozen=True, slots=True)
class Call:
    """What a version adds, and what it withdraws besides."""

    wanted: tuple[Wanted, ...]
    withdrawn: tuple[bytes, ...]

    def task(
        self,
        session: Session,
        lineage: bytes,
        proven: Mapping[bytes, Segment],
        document: bytes,
    ) -> dict[str, Any]:
        """What Sender.plan and Sender.send take of it, but for the contract and the function."""
        roots = [one.root for one in self.wanted]
        segments = [proven[root] for root in roots]

        def effect(block: int) -> bool:
            ends = {*roots[:1], *roots[-1:]}  # a call adds all or none
            read = [session.call(CATALOGUE, "segment", root, block=block)[1] for root in ends]
            left = self.withdrawn
            read += [session.call(CATALOGUE, "segment", root, block=block)[2] for root in left]
            return all(read)

        return {
            "args": [
                lineage,
                [segment.as_tuple for segment in segments],
                list(self.withdrawn),
                document,
            ],
            "subject": keccak_of(_TYPES, lineage, roots, list(self.withdrawn), document),
            "effect": effect,
            "deadline": min((segment.deadline for segment in segments), default=None),
        }
