"""Write a bundle: all that is needed to check what happened in an exchange without a node.

    made = export(path, chain, manifest, keys)

It holds what is public already: nothing of a home but verifying keys and circuits' sources.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TypeVar

from zkpipe.exchange.clients.circuits.public import key_file
from zkpipe.exchange.deployment.manifest import Manifest
from zkpipe.exchange.evidence.chain.accounts import proofs_file
from zkpipe.exchange.evidence.chain.encoding import encoded, hexadecimal
from zkpipe.exchange.evidence.events_file import events_bytes
from zkpipe.exchange.evidence.folder import (
    ACCOUNTS,
    EVENTS,
    HEADERS,
    KEYS,
    MANIFEST,
    RECEIPTS,
    SOURCES,
    TRANSACTIONS,
    Evidence,
    Listing,
    Writer,
    anchor_of,
    refuse_what_is_there,
    written,
)
from zkpipe.exchange.evidence.gathering import Gatherer, NotShown, Told
from zkpipe.exchange.evidence.linking import event_masks, own_logs
from zkpipe.exchange.evidence.proofs import accepted_proofs, by_digest
from zkpipe.exchange.evidence.replay import event_addresses, replayed
from zkpipe.exchange.evidence.signed import is_signed
from zkpipe.exchange.index.events import Log
from zkpipe.ground.kinds import require, require_path
from zkpipe.prover import VerifyingKey
from zkpipe.verifier_contracts.chain import Chain

HEADERS_A_FILE = 1024
LOGS_A_FILE = 1024

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Exported:
    """A bundle that was written.

    listing    what it is: the evidence, the anchor, the files
    why        why it has events only; None if it has receipts
    has_codes  whether it shows the contracts' codes
    events     how many there are; `proofs` are among them
    missing    digests of verifying keys that were not given: their proofs cannot be checked
    unused     digests of verifying keys that were given, and are of no circuit of the exchange
    """

    listing: Listing
    why: str | None
    has_codes: bool
    events: int
    proofs: int
    missing: tuple[str, ...]
    unused: tuple[str, ...]


def export(
    path: str | Path,
    chain: Chain,
    manifest: Manifest,
    keys: Iterable[VerifyingKey] = (),
    sources: Iterable[bytes] = (),
    anchor: str | None = None,
) -> Exported:
    """Write the bundle of an exchange into a new folder.

    keys     verifying keys of circuits, from anywhere: those that the registry names are taken
    sources  texts of circuits, the same way
    anchor   hash of the block to end with; else the last one that is final

    If the node has no receipts, or its blocks are hashed in another way than Ethereum's, the bundle
    has events only, and says so.

    Raises FileError if something is there already or the disk refuses, FormatError if the anchor is
    no hash, ExportError if it is no block of the chain or the chain changes meanwhile, what
    Manifest.check_contracts raises, NodeMissingError and TransactionError if the node fails.

    Cost: a request for each block since the exchange began, and one for each block with events;
    1.5 ms each of our own.
    """
    place = require_path("export", "path", path)
    refuse_what_is_there(place)
    require("export", "chain", chain, Chain, "Give what Chain.connect gives.")
    require("export", "manifest", manifest, Manifest, "Give what Manifest.load gives.")
    manifest.check_contracts(chain)
    wanted = None if anchor is None else anchor_of("export", anchor)
    known, texts = by_digest(keys), {hashlib.sha256(text).digest(): text for text in sources}
    gatherer = Gatherer(chain, manifest)
    end = gatherer.anchor(wanted)
    try:
        with written(place) as writer:
            logs, has_codes = _with_receipts(writer, gatherer, manifest, end)
            return _Work(writer, manifest, end, known, texts).finished(logs, has_codes=has_codes)
    except NotShown as reason:
        with written(place) as writer:
            logs = _events_only(writer, gatherer, end)
            return _Work(writer, manifest, end, known, texts).finished(logs, why=str(reason))


def _with_receipts(
    writer: Writer, gatherer: Gatherer, manifest: Manifest, end: Told
) -> tuple[list[tuple[Log, int]], bool]:
    """Write headers, receipts, transactions and accounts; the logs, and whether codes are shown."""
    masks, ours = event_masks(manifest), set(event_addresses(manifest))
    names = {address: name for name, address in manifest.addresses.items()}
    last, logs = None, []
    for place, headers in enumerate(_in_parts(gatherer.headers(end), HEADERS_A_FILE)):
        writer.add(f"{HEADERS}/{place:08}.rlp", encoded([header.raw for header in headers]))
        last = headers[-1]
        for header in headers:
            if header.may_hold_logs(masks):
                name, receipts = f"{RECEIPTS}/{header.number:012}.rlp", gatherer.receipts(header)
                writer.add(name, encoded(receipts))
                own = list(own_logs(receipts, header, ours, name))
                logs += own
                if any(is_signed(names[log.address], log.topics) for log, _ in own):
                    transactions = gatherer.transactions(header)
                    if transactions is not None:
                        place_of = f"{TRANSACTIONS}/{header.number:012}.rlp"
                        writer.add(place_of, encoded(transactions))
    accounts = None if last is None else gatherer.accounts(last)
    if accounts is not None:
        writer.add(ACCOUNTS, encoded(proofs_file(accounts)))
    return logs, accounts is not None


def _events_only(writer: Writer, gatherer: Gatherer, end: Told) -> list[tuple[Log, int]]:
    logs = gatherer.events(end)
    for place, part in enumerate(_in_parts(logs, LOGS_A_FILE)):
        writer.add(f"{EVENTS}/{place:08}.json", events_bytes(part))
    return logs


def _in_parts(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size` items."""
    source = iter(items)
    while part := list(islice(source, size)):
        yield part


@dataclass(frozen=True, slots=True)
class _Work:
    """What a bundle is finished with, once its events are known."""

    writer: Writer
    manifest: Manifest
    end: Told
    keys: Mapping[bytes, VerifyingKey]
    sources: Mapping[bytes, bytes]

    def finished(
        self, logs: list[tuple[Log, int]], why: str | None = None, has_codes: bool = False
    ) -> Exported:
        """Write the manifest, keys, sources and the listing."""
        found = replayed(self.manifest, logs)
        circuits = found.rows["circuits"]
        self.writer.add(MANIFEST, self.manifest.to_bytes())
        for digest, key in self.keys.items():
            marks = [
                bool(row["development"])
                for row in circuits
                if row["key_digest"] == hexadecimal(digest)
            ]
            if marks:  # the registry read the mark from the verifier: it counts, not the file's
                marked = replace(key, development=marks[0])
                self.writer.add(f"{KEYS}/{digest.hex()}.json", key_file(marked))
        for digest, text in self.sources.items():
            if any(row["source_hash"] == hexadecimal(digest) for row in circuits):
                self.writer.add(f"{SOURCES}/{digest.hex()}.txt", text)
        proofs = list(accepted_proofs(found.events))
        wanted = {proof.record.key_digest for proof in proofs}
        registered = {bytes.fromhex(row["key_digest"][2:]) for row in circuits}
        evidence = Evidence.RECEIPTS if why is None else Evidence.EVENTS
        block = int(str(self.end["number"]), 16)
        return Exported(
            listing=self.writer.finish(evidence, str(self.end["hash"]), block),
            why=why,
            has_codes=has_codes,
            events=len(found.events),
            proofs=len(proofs),
            missing=tuple(sorted(digest.hex() for digest in wanted - self.keys.keys())),
            unused=tuple(sorted(digest.hex() for digest in self.keys.keys() - registered)),
        )
