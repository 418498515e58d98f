"""Add evidence to the ledger, and open it later.

    append(session, Note(asset, Stage.COLLECT, path))
    open_entry(session, entry, path)

An entry holds a digest of a file. A plain one is keccak256 of the file under a tag: whoever can
guess the file can check the guess. One that is to be opened later has a salt, which the vault
keeps. Opening it shows the whole file on the chain, to everybody and for good.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zkpipe.exchange.canonical import written
from zkpipe.exchange.clients.evidence import LEDGER
from zkpipe.exchange.clients.repeats import Change, repeat, topic, unfinished
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.clients.view import View
from zkpipe.exchange.errors import EvidenceError, UnknownSubjectError
from zkpipe.exchange.home.vault import ENTRY
from zkpipe.exchange.ids import file_digest, list_digest, loose_entry, opening_digest
from zkpipe.exchange.index.events import Event
from zkpipe.exchange.states import Level, Stage
from zkpipe.exchange.words import ZERO, keccak_of
from zkpipe.ground.files.reading import open_regular, read_file, refuse_holes
from zkpipe.ground.process.posix import read_at
from zkpipe.verifier_contracts import Receipt

LONGEST_OPENING = 1 << 15  # bytes of a file that is to be shown on the chain: 0.8 M gas
MOST_CONFIRMERS = 100
MOST_PARENTS = 100
CONFIRMERS = "confirmers"  # the kind of a document: who shall confirm an entry, by the digest
FORMAT = "zkpipe confirmers 1"
DELEGATE = b"zkpipe/ledger".ljust(32, b"\0")
PIECE = 1 << 20  # bytes of a file that are read at once


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be added to the ledger.

    file        that the digest is of; of any size, unless it is to be opened later
    parents     entries that it follows from
    confirmers  who shall confirm it, with checksums; `need` of them must
    open_later  whether its digest gets a salt, so that it can be opened
    """

    asset: str
    stage: Stage
    file: Path
    parents: tuple[bytes, ...] = ()
    confirmers: tuple[str, ...] = ()
    need: int = 0
    open_later: bool = False

    @property
    def signers(self) -> bytes:
        """What the contract has of the confirmers: their digest; zeros for nobody."""
        return list_digest(self.confirmers, self.need) if self.confirmers else ZERO


@dataclass(frozen=True, slots=True)
class Appended:
    """An entry that was added; `receipt` is None if another transaction had added it."""

    entry: bytes
    sequence: int
    level: Level
    digest: bytes
    receipt: Receipt | None


def append(session: Session, note: Note) -> Appended:
    """Add an entry, once, and wait until it is final.

    It has level 1 and is chained if the home's account owns the asset, or is a delegate of its
    owner's for zkpipe/ledger; else level 0.

    Raises EvidenceError, before anything is sent, if the ledger would refuse it;
    UnknownSubjectError for a parent that is not there; FileError; what Session.send raises.
    """
    _check_confirmers(note)
    plain = digest_of_file(note.file)
    told = (note.asset, note.stage, plain, note.parents, note.signers)
    types = ("address", "uint8", "bytes32", "bytes32[]", "bytes32", "bool")
    what = keccak_of(types, *told, note.open_later)
    digest = plain
    begun = unfinished(session, LEDGER, "append", what)
    if begun is None:
        _refuse_early(session, note, plain)
    if note.open_later:  # what a command began and did not end has its digest, and its salt
        digest = _salted(session, note) if begun is None else begun.to_bytes(32, "big")
    _keep_confirmers(session, note)

    def is_it(event: Event) -> bool:
        said = event.said
        found = (said["stage"], said["digest"], tuple(said["parents"]), said["signers"])
        wanted = (note.stage, digest, note.parents, note.signers)
        return bool(said["by"] == session.me and found == wanted)

    arguments = (note.asset, int(note.stage), digest, list(note.parents), note.signers)
    first = topic(note.asset)
    mark = int.from_bytes(digest, "big") if note.open_later else None
    change = Change(LEDGER, "append", arguments, "Appended", first, is_it, what, mark)
    receipt = repeat(session, change)
    session.index.follow()
    events = session.index.events_of(LEDGER, "Appended", first=first)
    made = [event for event in events if is_it(event)][-1].said
    return Appended(made["entry"], made["seq"], Level(made["level"]), digest, receipt)


def open_entry(session: Session, entry: bytes, file: Path) -> Receipt | None:
    """Show what an entry is of: it has level 2 from then on.

    Raises EvidenceError if the file is not the entry's, or it was not made to be opened by this
    home; UnknownSubjectError; FileError; what Session.send raises. None if it was open already.
    """
    value = read_file(file, LONGEST_OPENING)
    known = entry_on_chain(session, entry)
    name = known.digest.hex()
    if not session.home.vault.has(ENTRY, name):
        raise EvidenceError(
            f"This home has no salt of entry 0x{entry.hex()}.",
            "Open it from the home that added it with --open-later; other entries stay closed.",
        )
    salt = session.home.vault.get(ENTRY, name)
    if opening_digest(salt, value) != known.digest:
        raise EvidenceError(
            f"{file} is not the file of entry 0x{entry.hex()}.",
            "Give the file as it was, byte for byte.",
        )

    def is_open(block: int) -> bool:
        found = session.call(LEDGER, "entries", entry, block=block)
        return bool(found[4] >= Level.OPENED)

    arguments = [entry, value, salt]
    return session.send(LEDGER, "open", arguments, subject=entry, effect=is_open)


@dataclass(frozen=True, slots=True)
class Known:
    """What the contract has of an entry."""

    digest: bytes
    signers: bytes
    asset: str
    level: Level
    is_confirmed: bool


def entry_on_chain(view: View, entry: bytes) -> Known:
    """What the contract has of an entry after the last block. Raises UnknownSubjectError."""
    digest, signers, asset, _, level, is_confirmed = view.call(LEDGER, "entries", entry)
    if int(str(asset), 16) == 0:
        raise UnknownSubjectError(
            f"The ledger has no entry 0x{entry.hex()}.", "`zkpipe ledger show` lists entries."
        )
    return Known(bytes(digest), bytes(signers), str(asset), Level(level), bool(is_confirmed))


def digest_of_file(path: Path) -> bytes:
    """What a plain entry says of a file, 32 bytes. Raises FileError; FormatError for holes."""
    from eth_hash.auto import keccak

    running = keccak.new(b"")
    for piece in _pieces(path):
        running.update(piece)
    return file_digest(running.digest())


def _pieces(path: Path) -> Iterator[bytes]:
    with open_regular(path) as (handle, size):
        refuse_holes(path, handle, size)
        buffer, at = bytearray(PIECE), 0
        while count := read_at(handle, buffer, at):
            yield bytes(buffer[:count])
            at += count


def _refuse_early(session: Session, note: Note, digest: bytes) -> None:
    """Refuse what the contract would, in words."""
    if len(note.parents) > MOST_PARENTS or len(set(note.parents)) < len(note.parents):
        raise EvidenceError(
            f"An entry follows from at most {MOST_PARENTS} others, each named once.",
            "Name what it follows from directly.",
        )
    for parent in note.parents:
        entry_on_chain(session, parent)
    if is_owners(session, note.asset):
        _refuse_stage(note.asset, int(session.call(LEDGER, "head", note.asset)[2]), note.stage)
    elif not note.open_later:
        chain_id, ledger = session.manifest.chain_id, session.manifest.addresses[LEDGER]
        entry = loose_entry(chain_id, ledger, note.asset, note.parents, digest, session.me)
        if int(str(session.call(LEDGER, "entries", entry)[2]), 16):
            raise EvidenceError(
                f"The ledger has this entry: 0x{entry.hex()}.",
                "Only the asset's owner and his delegates say the same twice.",
            )


def is_owners(view: Session, asset: str) -> bool:
    """Whether the home's account adds to an asset's chain: its owner's, or a delegate's."""
    owner = view.address("IdentityRegistry", "identityOwner", asset)
    is_delegate = view.call("IdentityRegistry", "validDelegate", owner, DELEGATE, view.me)
    return bool(owner == view.me or is_delegate)


def _refuse_stage(asset: str, before: int, stage: Stage) -> None:
    if before == Stage.DESTROY:
        raise EvidenceError(
            f"{asset} was destroyed, by its own evidence: nothing follows the stage destroy.",
            "Check the asset. What was collected anew is another asset.",
        )
    if stage < before and stage is not Stage.COLLECT:
        was = Stage(before).name.lower()
        raise EvidenceError(
            f"{stage.name.lower()} does not follow {was}, the last stage of {asset}.",
            f"Stages go on from {was}, or begin again with collect.",
        )


def _salted(session: Session, note: Note) -> bytes:
    """A digest that can be opened; its salt is in the vault before anything is sent."""
    value = read_file(note.file, LONGEST_OPENING)
    salt = secrets.token_bytes(32)
    digest = opening_digest(salt, value)
    session.home.vault.put(ENTRY, digest.hex(), salt)
    return digest


def _check_confirmers(note: Note) -> None:
    members = note.confirmers
    if len(set(members)) < len(members) or len(members) > MOST_CONFIRMERS:
        raise EvidenceError(
            f"At most {MOST_CONFIRMERS} accounts confirm an entry, each named once.",
            "Leave out the others.",
        )
    if not (1 <= note.need <= len(members) if members else note.need == 0):
        raise EvidenceError(
            f"{note.need} of {len(members)} accounts cannot confirm an entry.",
            "Say how many must, from 1 to the number of those who may.",
        )


def _keep_confirmers(session: Session, note: Note) -> None:
    """The contract keeps their digest only; whoever sends the confirmation needs the list."""
    if note.confirmers:
        listed = list(note.confirmers)
        document: dict[str, Any] = {"format": FORMAT, "members": listed, "need": note.need}
        session.home.documents.put(CONFIRMERS, note.signers.hex(), written(document))


def confirmers_of(view: View, signers: bytes, named: Sequence[str], need: int) -> list[Any]:
    """The list and the number whose digest an entry has: those named, or those of the home.

    Raises EvidenceError if they are not the entry's.
    """
    import json

    if signers == ZERO:
        raise EvidenceError("The entry names nobody who shall confirm it.", "It stays as it is.")
    if not named and view.documents and signers.hex() in view.documents.names(CONFIRMERS):
        kept = json.loads(view.documents.get(CONFIRMERS, signers.hex()))
        named, need = kept["members"], kept["need"]
    for listed in (list(named), sorted(named, key=lambda one: int(one, 16))):
        if list_digest(listed, need) == signers:
            return [listed, need]
    raise EvidenceError(
        "These are not the accounts that the entry names to confirm it.",
        "Give each of them with --by and how many must with --need, as when it was added.",
    )
