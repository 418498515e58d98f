"""What a home itself asked of a lineage: which segments to add, and which to let go.

    documents/asked-LINEAGE.json    {"format": .., "lineage": .., "added": [ROOT, ..],
                                     "left": {ROOT: the root that takes its place, or zeros}}

What happened on a chain, a node says, and a node may lie. What the owner wanted stands here: it is
written before a call is sent, and is in backups. Rows and keys are erased only if the contract says
that a segment left, and the owner asked for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from zkpipe.exchange.canonical import written
from zkpipe.exchange.clients.facts import id_in
from zkpipe.exchange.clients.holdings import Holdings
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.errors import CatalogueError, DamagedError, IndexingError
from zkpipe.exchange.home.documents import LIMIT, Documents
from zkpipe.exchange.structs import ZERO
from zkpipe.ground.files.strict_json import Json, parse_json

KIND = "asked"
FORMAT = "zkpipe asked 1"


class Asked:
    """What a home asked of one lineage.

    added  roots of segments that it was to get
    left   roots of segments that were to leave it, each with the root that takes its place, or
           zeros

    Raises DamagedError if the file is not what was written.
    """

    def __init__(self, documents: Documents, lineage: bytes) -> None:
        self._documents, self._lineage = documents, lineage
        self.added: set[bytes] = set()
        self.left: dict[bytes, bytes] = {}
        if lineage.hex() in documents.names(KIND):
            self._read(documents.get(KIND, lineage.hex()))

    def note(self, added: Iterable[bytes], left: Mapping[bytes, bytes]) -> None:
        """Keep what is asked for now, besides what was; it is on the disk on return."""
        more, gone = self.added | set(added), {**self.left, **left}
        if (more, gone) != (self.added, self.left):
            self.added, self.left = more, gone
            self._documents.put(KIND, self._lineage.hex(), self._to_bytes())

    def _to_bytes(self) -> bytes:
        return written(
            {
                "format": FORMAT,
                "lineage": _hex(self._lineage),
                "added": [_hex(root) for root in sorted(self.added)],
                "left": {_hex(old): _hex(new) for old, new in self.left.items()},
            }
        )

    def _read(self, data: bytes) -> None:
        name = f"The document {KIND} {self._lineage.hex()} in the home"
        value = parse_json(data, name, limit=LIMIT)
        try:
            self._take(value)
        except (LookupError, TypeError, ValueError):
            is_whole = False
        else:
            is_whole = self._to_bytes() == data
        if not is_whole:
            raise DamagedError(f"{name} is damaged.", "Restore the home from a backup.")

    def _take(self, value: Json) -> None:
        if not isinstance(value, dict):
            raise TypeError("no object")
        added, left = value["added"], value["left"]
        if not isinstance(added, list) or not isinstance(left, dict):
            raise TypeError("added, left")
        self.added = {_root(root) for root in added}
        self.left = {_root(old): _root(new) for old, new in left.items()}


def _root(text: Json) -> bytes:
    root = id_in(str(text))
    if len(root) != len(ZERO):
        raise ValueError("no root")
    return root


def has_left(session: Session, lineage: bytes, root: bytes, block: int) -> bool:
    """Whether DataCatalogue says, after a block, that a segment left a lineage."""
    said = session.call("DataCatalogue", "segment", root, block=block)
    return bytes(said[0]) == lineage and said[2] != 0


def _is_in(session: Session, lineage: bytes, root: bytes, block: int) -> bool:
    """Whether DataCatalogue says, after a block, that a segment is, or was, one of a lineage."""
    return bytes(session.call("DataCatalogue", "segment", root, block=block)[0]) == lineage


def segments_of(
    session: Session, holdings: Holdings, lineage: bytes, also: Collection[bytes]
) -> list[bytes]:
    """The roots of a lineage that is to be destroyed.

    A node could name the segments of another lineage, whose keys would be erased then. So of those
    that the home holds, each must be one that it published there, or one that `also` names.

    Raises CatalogueError for others; IndexingError if the contract does not bear the events out.
    """
    state, asked = session.final, Asked(session.home.documents, lineage)
    told = {id_in(row["root"]) for row in state.rows("segments", lineage="0x" + lineage.hex())}
    held = {*holdings.roots(), *holdings.keys_alone()}
    for root in sorted(told & held):
        if not _is_in(session, lineage, root, state.block):
            what = f"segment 0x{root.hex()} is one of lineage 0x{lineage.hex()}"
            raise contradiction(session, what)
    strange = sorted((told & held) - asked.added - set(also))
    if strange:
        raise CatalogueError(
            f"Only the node says that lineage 0x{lineage.hex()} has {len(strange)} segments that "
            "this home holds: the home has not published them there itself.",
            "Ask another node. If it says the same and you want to erase them, name each: --also "
            "ROOT.",
            [f"0x{root.hex()}" for root in strange],
        )
    ours = {
        root for root in (asked.added & held) - told if _is_in(session, lineage, root, state.block)
    }
    if ours:
        raise contradiction(session, f"lineage 0x{lineage.hex()} lacks 0x{min(ours).hex()}")
    return sorted(told)


def contradiction(session: Session, what: str) -> IndexingError:
    """The error for events that the contract, asked at the same block, does not bear out.

    what  the events say
    """
    return IndexingError(
        f"By the events, {what}; DataCatalogue itself says otherwise. {session.chain.place} told "
        "both.",
        "Nothing was erased. Remove index.sqlite from the home, and give another node of the same "
        "chain.",
    )


def _hex(root: bytes) -> str:
    return "0x" + root.hex()
