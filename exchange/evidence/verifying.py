"""Check a bundle, with nothing but the bundle and the hash of a block: no node, network or home.

    shown = verify(path, anchor)

The order is that of trust. The listing finds damage. The headers lead from the first block of the
exchange to the anchor, each named by the next, so they are the chain's. Every block whose bloom
allows an event of the exchange has all its receipts, under the root in its header: so these are all
events. They are decoded with the ABIs that come with zkpipe, folded, and held against the rules of
the contracts. Each proof that they carry is verified under the key that the registry names, and
each signature against those who might sign, as far as the bundle has the transactions.

A bundle of events only has no headers and no receipts: see `verify_events`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from zkpipe.exchange.deployment.manifest import Manifest, expected_codes
from zkpipe.exchange.errors import BundleError, IndexingError
from zkpipe.exchange.evidence import events_file
from zkpipe.exchange.evidence.chain.encoding import AGAIN
from zkpipe.exchange.evidence.chain.transactions import Call
from zkpipe.exchange.evidence.folder import (
    ACCOUNTS,
    EVENTS,
    HEADERS,
    KEYS,
    MANIFEST,
    RECEIPTS,
    TRANSACTIONS,
    Evidence,
    Folder,
    anchor_of,
)
from zkpipe.exchange.evidence.keys import keys_in, sources_in
from zkpipe.exchange.evidence.linking import calls_under, codes_shown, linked, logs_under
from zkpipe.exchange.evidence.proofs import (
    AcceptedProof,
    Verdict,
    accepted_proofs,
    by_digest,
    judged,
)
from zkpipe.exchange.evidence.replay import Replayed, replayed
from zkpipe.exchange.evidence.rules import broken
from zkpipe.exchange.evidence.signed import Signed, places_signed, signed_in
from zkpipe.exchange.index.rows import Row
from zkpipe.exchange.words import keccak
from zkpipe.ground.errors import FormatError
from zkpipe.ground.kinds import require_path

if TYPE_CHECKING:
    pass

NO_TRANSACTION = bytes(32)  # receipts do not say the hashes of their transactions
SHOWN = 20  # of what is wrong
MANY = "The bundle was changed, or what it tells did not happen so: ask who made it."


@dataclass(frozen=True, slots=True)
class Shown:
    """What a bundle shows.

    evidence   whether the chain vouches for the events, or only who made the bundle
    manifest   of the exchange; the addresses follow from its deployer
    anchor     hash of the last block; `block` is its number
    headers    how many blocks were linked to it
    has_codes  whether it is shown that the contracts that come with zkpipe lie at the addresses
    proofs     each accepted proof; all hold
    signed     each decision of the council, approvers and confirmers, with its signers as far as
               the bundle has the transactions; all these signatures hold
    keys       how many verifying keys it has; `sources` how many circuits' sources
    tables     the exchange after the last block: rows by the table's name, as an index has them
    digest     that an index has after the same events
    """

    evidence: Evidence
    manifest: Manifest
    anchor: str
    block: int
    headers: int
    has_codes: bool
    events: int
    proofs: tuple[AcceptedProof, ...]
    signed: tuple[Signed, ...]
    keys: int
    sources: int
    tables: Mapping[str, list[Row]]
    digest: str


def verify(path: str | Path, anchor: str) -> Shown:
    """Check a bundle with receipts.

    anchor  hash of the last block, 0x and hexadecimal, from a source that the auditor trusts

    Raises BundleError, with the place, unless it shows everything; FileError if it is no folder or
    cannot be read, FormatError if the anchor is no hash.

    Cost: 50 us a header, 1 ms an event, 1 ms a proof, up to 40 ms a signature, and a quarter of a
    second.
    """
    wanted = bytes.fromhex(anchor_of("verify", anchor)[2:])
    folder = Folder(require_path("verify", "path", path))
    if folder.listing.evidence is not Evidence.RECEIPTS:
        raise BundleError(
            str(path),
            "this bundle has events only: nothing links them to a block.",
            "Ask for a bundle with receipts, of a node that has them. What this one shows without "
            "is checked if you give no anchor.",
        )
    _refuse(folder, (EVENTS,))
    manifest = _manifest(folder)
    chain = linked(folder, manifest, wanted)
    has_codes = codes_shown(folder, manifest, chain.last)
    found = replayed(manifest, logs_under(folder, manifest, chain.candidates))
    calls = calls_under(folder, chain.candidates, places_signed(found))
    return _shown(folder, manifest, found, calls, chain.count, has_codes)


def verify_events(path: str | Path) -> Shown:
    """Check what a bundle of events only can show.

    It is whole, its events keep the contracts' rules, and its proofs hold. That these are events of
    a chain, and all of them, is the word of who made it.

    Raises as `verify` does.
    """
    folder = Folder(require_path("verify_events", "path", path))
    if folder.listing.evidence is not Evidence.EVENTS:
        raise BundleError(
            str(path),
            "this bundle has receipts, which count only if they lead to a block that you know.",
            "Give the hash of its last block, from a source that you trust.",
        )
    manifest = _manifest(folder)
    _refuse(folder, (HEADERS, RECEIPTS, TRANSACTIONS, ACCOUNTS))
    found = replayed(manifest, events_file.logs_in(folder, manifest))
    return _shown(folder, manifest, found, {}, 0, has_codes=False)


def _manifest(folder: Folder) -> Manifest:
    """The manifest, whose code digests are those of the contracts that come with zkpipe."""
    try:
        manifest = Manifest.from_bytes(folder.read(MANIFEST), MANIFEST)
    except FormatError as error:
        raise BundleError(MANIFEST, error.problem, AGAIN) from error
    for name, digest in _code_digests(manifest.deployer, manifest.chain_id).items():
        if manifest.codes[name] != digest:
            raise BundleError(
                MANIFEST,
                f"its digest of {name} is not that of the contract that comes with this zkpipe.",
                "Use the version of zkpipe that the exchange was deployed with.",
            )
    return manifest


@lru_cache(maxsize=8)
def _code_digests(deployer: str, chain_id: int) -> dict[str, str]:
    """keccak256 of the contracts' codes, by name. It takes 0.15 s, so it is kept."""
    codes = expected_codes(deployer, chain_id)
    return {name: keccak(code).hex() for name, code in codes.items()}


def _refuse(folder: Folder, names: tuple[str, ...]) -> None:
    for name in folder.listing.files:
        if name.partition("/")[0] in names:
            raise BundleError(name, "such a bundle has no such file.", AGAIN)


# What the events say.


def _shown(
    folder: Folder,
    manifest: Manifest,
    found: Replayed,
    calls: Mapping[tuple[int, int], Call],
    headers: int,
    has_codes: bool,
) -> Shown:
    """Raises BundleError if the events break a rule, or a proof or signature does not hold."""
    wrong = broken(manifest, found)
    signed, unsigned = signed_in(manifest, found, calls)
    wrong += unsigned
    try:
        proofs = list(accepted_proofs(found.events))
    except IndexingError as error:
        raise BundleError("the events", error.problem, AGAIN) from error
    keys = keys_in(folder, found.rows["circuits"])
    for proof, verdict in zip(proofs, judged(proofs, by_digest(keys)), strict=True):
        place = f"block {proof.block}, log {proof.log}, {proof.contract}"
        if verdict is Verdict.FAILS:
            wrong.append((place, f"the proof of {proof.title} does not hold."))
        elif verdict is Verdict.NO_KEY:
            digest = proof.record.key_digest.hex()
            wrong.append(
                (place, f"{KEYS}/{digest}.json, under which {proof.title} is proved, is missing.")
            )
    sources = sources_in(folder, found.rows["circuits"])
    if wrong:
        (place, problem), *more = wrong
        raise BundleError(place, problem, MANY, [f"{a}: {b}" for a, b in more[:SHOWN]])
    listing = folder.listing
    return Shown(
        evidence=listing.evidence,
        manifest=manifest,
        anchor=listing.anchor,
        block=listing.block,
        headers=headers,
        has_codes=has_codes,
        events=len(found.events),
        proofs=tuple(proofs),
        signed=tuple(signed),
        keys=len(keys),
        sources=sources,
        tables=found.rows,
        digest=found.digest,
    )
