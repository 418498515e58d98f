"""The chain of a bundle: headers that lead to the anchor, and the exchange's logs under them.

Every event of the exchange is among the logs: a block has receipts in the bundle if its bloom
allows a log of one of the contracts, and all of them. A block whose bloom does not has none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from zkpipe.exchange.deployment.manifest import Manifest
from zkpipe.exchange.errors import BundleError
from zkpipe.exchange.evidence.chain.accounts import code_digest, proofs_in
from zkpipe.exchange.evidence.chain.encoding import AGAIN, decoded, hexadecimal, texts
from zkpipe.exchange.evidence.chain.headers import Header, bloom_mask, check_link
from zkpipe.exchange.evidence.chain.receipts import logs_of, receipt_of_each_log, receipts_in
from zkpipe.exchange.evidence.chain.transactions import Call, calls_in
from zkpipe.exchange.evidence.folder import (
    ACCOUNTS,
    HEADERS,
    LISTING,
    RECEIPTS,
    TRANSACTIONS,
    Folder,
)
from zkpipe.exchange.evidence.replay import event_addresses
from zkpipe.exchange.index.events import Log

NO_TRANSACTION = bytes(32)  # receipts do not say the hashes of their transactions


@dataclass(frozen=True, slots=True)
class LinkedChain:
    """Headers that lead to the anchor; `candidates` are those that may hold events."""

    last: Header
    count: int
    candidates: list[Header]


def linked(folder: Folder, manifest: Manifest, anchor: bytes) -> LinkedChain:
    """Raises BundleError unless the headers lead from the exchange's first block to the anchor."""
    masks = event_masks(manifest)
    candidates: list[Header] = []
    last: Header | None = None
    count = 0
    for header, place in _headers(folder):
        check_link(header, last, manifest.block, place)
        if header.may_hold_logs(masks):
            candidates.append(header)
        last, count = header, count + 1
    if last is None:
        raise BundleError(HEADERS, "there are none.", AGAIN)
    if last.hash != anchor:
        raise BundleError(
            f"{HEADERS}, block {last.number}",
            f"the last header has the hash {hexadecimal(last.hash)}, not the anchor's.",
            "Check the anchor. If it is right, the bundle ends elsewhere, or is of another chain: "
            "ask for one that ends at your anchor.",
        )
    if (folder.listing.anchor, folder.listing.block) != (hexadecimal(anchor), last.number):
        raise BundleError(LISTING, "its anchor is not its last header.", AGAIN)
    return LinkedChain(last, count, candidates)


def _headers(folder: Folder) -> Iterator[tuple[Header, str]]:
    for place, name in enumerate(folder.names(HEADERS)):
        if name != f"{HEADERS}/{place:08}.rlp":
            raise BundleError(name, f"file {place} of the headers is missing before it.", AGAIN)
        for i, raw in enumerate(texts(decoded(folder.read(name), name), name)):
            where = f"{name}, header {i}"
            yield Header.of(raw, where), where


def logs_under(
    folder: Folder, manifest: Manifest, candidates: list[Header]
) -> Iterator[tuple[Log, int]]:
    """The exchange's logs, of all blocks that may hold some, with the times of these.

    Raises BundleError if receipts are missing, not the block's, or not asked for.
    """
    ours = set(event_addresses(manifest))
    wanted = {f"{RECEIPTS}/{header.number:012}.rlp": header for header in candidates}
    for name in folder.names(RECEIPTS):
        if name not in wanted:
            raise BundleError(name, "no header of the bundle asks for these receipts.", AGAIN)
    for name, header in wanted.items():
        if name not in folder.listing.files:
            raise BundleError(
                name,
                f"block {header.number} may hold events of the exchange, and its receipts are "
                "missing.",
                AGAIN,
            )
        yield from own_logs(receipts_in(folder.read(name), name), header, ours, name)


def calls_under(
    folder: Folder, candidates: list[Header], places: Collection[tuple[int, int]]
) -> dict[tuple[int, int], Call]:
    """The calls of the transactions that the bundle has, by the places of the logs that they left.

    candidates  blocks whose receipts the bundle has, and which were checked
    places      blocks and numbers of the logs of which something was signed

    Raises BundleError if transactions are not the block's, or not asked for.
    """
    headers = {header.number: header for header in candidates}
    wanted = {f"{TRANSACTIONS}/{block:012}.rlp": block for block, _ in places}
    found = {}
    for name in folder.names(TRANSACTIONS):
        if name not in wanted:
            raise BundleError(name, "nothing was signed in a transaction of this block.", AGAIN)
        block = wanted[name]
        calls = calls_in(texts(decoded(folder.read(name), name), name), headers[block], name)
        receipts = f"{RECEIPTS}/{block:012}.rlp"
        of_log = receipt_of_each_log(receipts_in(folder.read(receipts), receipts), receipts)
        for at, number in places:
            if at == block and of_log[number] < len(calls):
                found[at, number] = calls[of_log[number]]
    return found


def own_logs(
    receipts: Sequence[bytes], header: Header, ours: Collection[str], place: str
) -> Iterator[tuple[Log, int]]:
    """The logs of our contracts in all receipts of a block.

    ours  the contracts' addresses, with checksums

    Raises BundleError as `logs_of` does.
    """
    from eth_utils.address import to_checksum_address

    for log in logs_of(receipts, header, place):
        address = str(to_checksum_address(log.address))
        if address in ours:
            parts = header.number, log.number, NO_TRANSACTION, address, log.topics, log.data
            yield Log(*parts), header.time


def event_masks(manifest: Manifest) -> list[int]:
    """What blooms of blocks with events of the exchange have: `Header.may_hold_logs` takes them."""
    return [bloom_mask(bytes.fromhex(address[2:])) for address in event_addresses(manifest)]


def codes_shown(folder: Folder, manifest: Manifest, last: Header) -> bool:
    """Whether the bundle shows the contracts' codes. Raises BundleError if it shows others."""
    if ACCOUNTS not in folder.listing.files:
        return False
    addresses = manifest.addresses
    proofs = proofs_in(folder.read(ACCOUNTS), len(addresses), ACCOUNTS)
    for (name, address), nodes in zip(addresses.items(), proofs, strict=True):
        place = f"{ACCOUNTS}, {name}"
        digest = code_digest(last.state, bytes.fromhex(address[2:]), nodes, place)
        if digest.hex() != manifest.codes[name]:
            raise BundleError(place, f"other code lies at {address} in block {last.number}.", AGAIN)
    return True
