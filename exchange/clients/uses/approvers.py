"""Who must sign a lineage's grants: the owner alone, or a list of which the chain has a digest.

The list is a file that the owner hands on. A home keeps each list that it was given and that fits,
and the owner's the one that a lineage was registered with.

    {"format": "zkpipe approvers 1", "members": ["0x..", ..], "need": 2}
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from zkpipe.exchange.canonical import written
from zkpipe.exchange.clients.facts import id_in, row_of
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.clients.uses.drafts import owner_of
from zkpipe.exchange.clients.view import View
from zkpipe.exchange.errors import TermsError
from zkpipe.exchange.ids import list_digest
from zkpipe.exchange.index import State
from zkpipe.exchange.structs import NOBODY, ZERO, Policy
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.strict_json import parse_json

FORMAT = "zkpipe approvers 1"
KEPT = "approvers"  # the kind of a document: the lists that this home was given
ADDRESS = re.compile("0x[0-9a-fA-F]{40}")
LIMIT = 1 << 20  # bytes of a file
MOST = 100  # accounts of a list: more than that are in no file that is signed


@dataclass(frozen=True, slots=True)
class Approvers:
    """Who may sign a lineage's grants, and how many of them must.

    members  addresses with checksums, in the order that the policy digests
    need     how many sign
    """

    members: tuple[str, ...]
    need: int

    @property
    def digest(self) -> bytes:
        """Policy.approvers of it."""
        return list_digest(self.members, self.need)

    def to_bytes(self) -> bytes:
        """The file: canonical JSON."""
        return written({"format": FORMAT, "members": list(self.members), "need": self.need})

    @classmethod
    def from_bytes(cls, data: bytes, name: str) -> Approvers:
        """Of a file's content; `name` stands in the errors. Raises FormatError."""
        value = parse_json(data, name, limit=LIMIT)
        if isinstance(value, dict) and set(value) == {"format", "members", "need"}:
            members, need = value["members"], value["need"]
            known = members if isinstance(members, list) else []
            texts = [one for one in known if isinstance(one, str) and ADDRESS.fullmatch(one)]
            if (
                value["format"] == FORMAT
                and len(texts) == len(known)
                and isinstance(need, int)
                and not isinstance(need, bool)
                and 0 < need <= len(texts)
            ):
                return cls(tuple(_checksummed(one, name) for one in texts), need)
        raise FormatError(
            f"{name} is no list of approvers.",
            f'Write {{"format": "{FORMAT}", "members": ["0x.."], "need": 1}}: addresses in the '
            "policy's order, and how many of them must sign.",
        )


def keep_approvers(session: Session, approvers: Approvers) -> None:
    """Keep a list in the home, so that it need not be given again."""
    session.home.documents.put(KEPT, approvers.digest.hex(), approvers.to_bytes())


def require_usable(approvers: Approvers, policy: Policy) -> None:
    """Raises TermsError if a policy has not the digest of a list, or no grant can pass by the list.

    The catalogue takes any digest, and a policy stays as long as its lineage.
    """
    members = approvers.members
    if policy.approvers != approvers.digest:
        raise TermsError(
            "The policy has the digest of another list of approvers than the one that is given.",
            "Leave approvers out of the policy: it follows from the list.",
        )
    if len(set(members)) < len(members) or NOBODY in members:
        raise TermsError(
            "A list of approvers names an account twice, or account 0.",
            "Name each account once: two signatures of one account count as one.",
        )
    if not 1 <= approvers.need <= len(members) <= MOST:
        raise TermsError(
            f"{approvers.need} of {len(members)} accounts cannot approve a grant.",
            f"Name up to {MOST} accounts, and say how many of them must sign.",
        )


def told_approvers(view: View, lineage: bytes) -> Approvers | None:
    """Who must sign grants of a lineage; None if the home lacks the list.

    Raises UnknownSubjectError.
    """
    try:
        return known_approvers(view, lineage, None)
    except TermsError:
        return None


def known_approvers(view: View, lineage: bytes, given: Approvers | None) -> Approvers:
    """Who must sign grants of a lineage, by `given` or by a list that the home has.

    Raises TermsError as `approvers_of` does.
    """
    state, documents = view.latest, view.documents
    wanted = row_of(state, "lineages", "lineage", lineage)["approvers"][2:]
    is_kept = documents is not None and wanted in documents.names(KEPT)
    if given is None and is_kept and not _decides_alone(state, lineage):
        assert documents is not None  # noqa: S101 # it is kept there
        given = Approvers.from_bytes(documents.get(KEPT, wanted), "A list in the home")
    found = approvers_of(state, lineage, given)
    if isinstance(view, Session) and found.digest.hex() == wanted:
        keep_approvers(view, found)
    return found


def approvers_of(state: State, lineage: bytes, given: Approvers | None) -> Approvers:
    """Who must sign grants of a lineage; see the module.

    Raises TermsError if the policy names another list, or `given` is needed and missing.
    """
    wanted = id_in(row_of(state, "lineages", "lineage", lineage)["approvers"])
    if _decides_alone(state, lineage):
        alone = Approvers((owner_of(state, lineage),), 1)
        if given is not None and given != alone:
            raise TermsError(
                "The lineage's owner alone decides of its grants, and a list of approvers is "
                "given.",
                "Leave the list out.",
            )
        return alone
    if given is None:
        raise TermsError(
            "The lineage's policy names approvers, of which the chain has a digest only.",
            "Give the list: --approvers APPROVERS.json.",
        )
    if given.digest != wanted:
        raise TermsError(
            "The list of approvers is not the one of the lineage's policy.",
            "Get the list from the lineage's owner; the order of its addresses counts.",
        )
    return given


def _decides_alone(state: State, lineage: bytes) -> bool:
    """Whether the owner signs alone: a policy's list ends with the owner who set it."""
    row = row_of(state, "lineages", "lineage", lineage)
    return id_in(row["approvers"]) == ZERO or owner_of(state, lineage) != row["set_by"]


def _checksummed(address: str, name: str) -> str:
    """Raises FormatError for capitals that are not those of the checksum."""
    from eth_utils.address import to_checksum_address

    found = str(to_checksum_address(address))
    if address not in (found, address.lower()):
        raise FormatError(
            f"{address} in {name} does not have the capitals of its checksum: a digit may be "
            "wrong.",
            f"Compare it with its source; {found} would be right.",
        )
    return found
