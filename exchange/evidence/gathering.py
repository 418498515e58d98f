"""Read from a node what a bundle holds: headers, receipts, proofs of accounts, or events alone.

What the node tells is encoded and hashed here. What does not fit, or is not offered, is NotShown:
then the bundle can have events only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zkpipe.exchange.deployment.manifest import Manifest
from zkpipe.exchange.errors import BundleError, ExportError
from zkpipe.exchange.evidence.chain.accounts import code_digest
from zkpipe.exchange.evidence.chain.encoding import hexadecimal
from zkpipe.exchange.evidence.chain.headers import Header, check_link, header_told
from zkpipe.exchange.evidence.chain.receipts import receipt_told, root_of
from zkpipe.exchange.evidence.chain.transactions import are_of, transaction_told
from zkpipe.exchange.evidence.replay import event_addresses
from zkpipe.exchange.index.events import Log
from zkpipe.exchange.index.reading import Reader
from zkpipe.verifier_contracts.abi import bytes_of
from zkpipe.verifier_contracts.chain import Chain
from zkpipe.verifier_contracts.rpc.refusals import Refusal

Told = Mapping[str, Any]


class NotShown(Exception):
    """What the node tells cannot be shown to be the chain's; `args` say why."""


class Gatherer:
    """Reads for a bundle of one exchange."""

    def __init__(self, chain: Chain, manifest: Manifest) -> None:
        self._chain, self._manifest = chain, manifest

    def anchor(self, wanted: str | None) -> Told:
        """The block that the bundle ends with: of a hash, or the last one that is final.

        Raises ExportError if there is none, or it is older than the exchange.
        """
        if wanted is None:
            told = self._block("latest")
            number = max(0, self._number(told, "number") - self._manifest.depth)
            told = self._block(hex(number))
        else:
            told = self._asked("eth_getBlockByHash", wanted, False)
            if told is None:
                raise ExportError(
                    f"{self._chain.place} has no block {wanted}.",
                    "Check the hash, and that the node has all blocks.",
                )
            at = self._block(told["number"])
            if at.get("hash") != told.get("hash"):
                raise ExportError(
                    f"Block {wanted} is not in the chain any more.", "Take another block."
                )
        if self._number(told, "number") < self._manifest.block:
            raise ExportError(
                f"The last block would be {self._number(told, 'number')}, and the exchange begins "
                f"in block {self._manifest.block}.",
                f"Wait until {self._manifest.depth} blocks lie on it.",
            )
        return told

    def headers(self, anchor: Told) -> Iterator[Header]:
        """The headers from the exchange's first block to the anchor.

        Raises NotShown if one does not hash to its block's hash, ExportError if the chain changes.
        """
        last = self._number(anchor, "number")
        before: Header | None = None
        for number in range(self._manifest.block, last + 1):
            header = header_told(self._block(hex(number)))
            if header is None:
                raise NotShown(f"the header of block {number} does not hash to the block's hash")
            try:
                check_link(header, before, self._manifest.block, f"block {number}")
            except BundleError as error:
                raise self._changed() from error
            yield header
            before = header
        if before is None or hexadecimal(before.hash) != anchor.get("hash"):
            raise self._changed()

    def receipts(self, header: Header) -> list[bytes]:
        """All receipts of a block. Raises NotShown if they are not those of its header."""
        at = hexadecimal(header.hash)
        told = self._all_receipts(header) or self._each_receipt(at)
        try:
            found = [receipt_told(one) for one in told]
        except (LookupError, TypeError, ValueError):
            found = []
        if not found or root_of(found) != header.receipts:
            raise NotShown(f"the receipts of block {header.number} are not under its header's root")
        return found

    def _all_receipts(self, header: Header) -> list[Told] | None:
        try:
            told = self._chain.ask("eth_getBlockReceipts", hex(header.number))
        except Refusal:
            return None
        return told if isinstance(told, list) else None

    def _each_receipt(self, block: str) -> list[Told]:
        told = self._asked("eth_getBlockByHash", block, False)
        found: list[Told] = []
        for transaction in told.get("transactions") or () if told else ():
            try:
                receipt = self._chain.ask("eth_getTransactionReceipt", transaction)
            except Refusal:
                receipt = None
            if not isinstance(receipt, dict):
                raise NotShown(f"the node has no receipt of transaction {transaction}")
            found.append(receipt)
        return found

    def transactions(self, header: Header) -> list[bytes] | None:
        """All transactions of a block; None if the node does not tell those of its header."""
        try:
            told = self._chain.ask("eth_getBlockByNumber", hex(header.number), True)
            found = [transaction_told(one) for one in told["transactions"]]
        except (Refusal, LookupError, TypeError, ValueError, AttributeError):
            return None
        return found if are_of(found, header) else None

    def accounts(self, header: Header) -> list[list[bytes]] | None:
        """The nodes that show the contracts' codes in a block; None if the node offers none."""
        found = []
        for name, address in self._manifest.addresses.items():
            try:
                told = self._chain.ask("eth_getProof", address, [], hex(header.number))
            except Refusal:
                return None
            given = told.get("accountProof") if isinstance(told, dict) else None
            nodes = [bytes_of(node) for node in given or ()]
            whole = [node for node in nodes if node is not None]
            try:
                digest = code_digest(header.state, bytes.fromhex(address[2:]), whole, name)
            except BundleError:
                return None
            if digest.hex() != self._manifest.codes[name]:
                return None
            found.append(whole)
        return found

    def events(self, anchor: Told) -> list[tuple[Log, int]]:
        """The exchange's logs up to the anchor, as the node tells them, with their blocks' times.

        Raises IndexingError if it tells what cannot be, ExportError if the chain changes.
        """
        reader, found = Reader(self._chain, event_addresses(self._manifest)), []
        last = self._number(anchor, "number")
        reached = None
        for piece in reader.pieces(self._manifest.block, last, last):
            times = {block.number: block.time for block in piece.blocks}
            found += [(log, times[log.block]) for log in piece.logs]
            reached = piece.blocks[-1]
        if reached is None or hexadecimal(reached.hash) != anchor.get("hash"):
            raise self._changed()
        return found

    def _block(self, at: str) -> Told:
        told = self._asked("eth_getBlockByNumber", at, False)
        if not isinstance(told, dict):
            raise ExportError(
                f"{self._chain.place} has no block {at}.", "Ask a node that has all blocks."
            )
        return told

    def _asked(self, method: str, *parameters: object) -> Any:
        try:
            return self._chain.ask(method, *parameters)
        except Refusal as refusal:
            raise self._chain.as_error(refusal) from refusal

    def _number(self, told: Told, name: str) -> int:
        return self._chain.number(told.get(name))

    def _changed(self) -> ExportError:
        return ExportError(
            f"The chain of {self._chain.place} changed while it was read.", "Export again."
        )
