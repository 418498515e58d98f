"""The council that an exchange begins with."""

from __future__ import annotations

from dataclasses import dataclass

from zkpipe.accel.bn254 import R
from zkpipe.exchange.errors import CouncilError
from zkpipe.ground.files.strict_json import Json, is_decimal
from zkpipe.ground.kinds import items, require_whole
from zkpipe.verifier_contracts.abi import ADDRESS

LEAST_KEY = 2  # y is 1 at the neutral point, 0 at points of order 4: what is sealed to them is open
MOST = 100  # members; `setCouncil` compares each with each


@dataclass(frozen=True, slots=True)
class Council:
    """Accounts, of which some together decide.

    members      addresses; kept in ascending order, with checksums
    threshold    how many of them decide together
    auditor_key  the key of the auditor's first epoch, one word below the field's prime

    Raises CouncilError if CircuitRegistry would refuse them.
    """

    members: tuple[str, ...]
    threshold: int
    auditor_key: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "members", _sorted_members(self.members))
        threshold = require_whole("Council", "threshold", self.threshold)
        if not 1 <= threshold <= len(self.members):
            raise CouncilError(
                f"{threshold} of {len(self.members)} members cannot decide.",
                "Give a threshold from 1 to the number of members.",
            )
        key = require_whole("Council", "auditor_key", self.auditor_key)
        if not LEAST_KEY <= key < R:
            raise CouncilError(
                "The auditor's key is not a number from 2 to below the field's prime.",
                "Give the y coordinate of the auditor's public key.",
            )
        object.__setattr__(self, "threshold", threshold)
        object.__setattr__(self, "auditor_key", key)

    def to_json(self) -> dict[str, Json]:
        """As a file holds it."""
        return {
            "members": list(self.members),
            "threshold": self.threshold,
            "auditorKey": str(self.auditor_key),
        }

    @classmethod
    def from_json(cls, value: Json) -> Council:
        """Of a file's content. Raises CouncilError."""
        if not isinstance(value, dict) or set(value) != {"members", "threshold", "auditorKey"}:
            raise CouncilError(
                "The file of the council does not have the fields that it needs, and no others.",
                'Give {"members": ["0x..."], "threshold": 2, "auditorKey": "..."}.',
            )
        members, threshold, key = value["members"], value["threshold"], value["auditorKey"]
        if type(threshold) is not int:
            raise CouncilError("The council's threshold is not a whole number.", "Give one.")
        if not isinstance(key, str) or not is_decimal(key):
            raise CouncilError(
                "The council's auditorKey is not a text of decimal digits.",
                "Give what `zkpipe exchange show --epoch 0` prints for the auditor's home.",
            )
        return cls(members, threshold, int(key))  # type: ignore[arg-type] # it checks them


def _sorted_members(members: object) -> tuple[str, ...]:
    from eth_utils.address import to_checksum_address

    listed = items(members)
    if listed is None or not 1 <= len(listed) <= MOST:
        raise CouncilError("A council needs members.", f"Give 1 to {MOST} addresses.")
    found = set()
    for member in listed:
        if not isinstance(member, str) or not ADDRESS.fullmatch(member):
            raise CouncilError(
                "A member of the council is no address.", "Give 0x and 40 hexadecimal digits."
            )
        address = to_checksum_address(member)
        if member not in (address, member.lower()):
            raise CouncilError(
                f"{member} does not have the capitals of its checksum: a digit may be wrong.",
                f"Compare it with its source; {address} would be right.",
            )
        if int(member, 16) == 0:
            raise CouncilError("A member of the council is address 0.", "Leave it out.")
        if address in found:
            raise CouncilError(f"{address} is a member twice.", "Give each member once.")
        found.add(address)
    return tuple(sorted(found, key=lambda text: int(text, 16)))
