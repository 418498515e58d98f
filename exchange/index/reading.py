"""Read blocks and logs from a chain, so that all that is read is of one branch.

Blocks that are final are read in ranges, and a range that the node refuses is halved. Newer ones
are read one by one, their logs by the block's hash: whatever the node answers is of that block.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zkpipe.exchange.errors import IndexingError
from zkpipe.exchange.index.events import Log
from zkpipe.verifier_contracts.abi import address_of, bytes_of
from zkpipe.verifier_contracts.chain import Chain
from zkpipe.verifier_contracts.errors import NodeMissingError
from zkpipe.verifier_contracts.rpc.refusals import Refusal

WIDEST = 2048  # blocks of a range; providers allow 500 to 10,000
LARGEST = 1 << 62  # of blocks, logs and seconds


@dataclass(frozen=True, slots=True)
class Block:
    """A block. Hashes are 32 bytes, `time` is seconds since 1970."""

    number: int
    hash: bytes
    parent: bytes
    time: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Blocks in ascending order, the last of them and those with logs among them; their logs."""

    blocks: tuple[Block, ...]
    logs: tuple[Log, ...]


class Reader:
    """Reads for some contracts.

    Its methods raise NodeMissingError and, if the node refuses, TransactionError.
    """

    def __init__(self, chain: Chain, addresses: Sequence[str]) -> None:
        self._chain, self._addresses = chain, list(addresses)
        self._width = WIDEST

    def block(self, number: int | str) -> Block | None:
        """The block of a number, or the latest; None if the node has none."""
        at = hex(number) if isinstance(number, int) else number
        try:
            told = self._chain.ask("eth_getBlockByNumber", at, False)
        except Refusal as refusal:
            raise self._chain.as_error(refusal) from refusal
        return None if told is None else self._block(told)

    def pieces(self, begin: int, end: int, final: int) -> Iterator[Piece]:
        """The blocks from `begin` to `end`, the last included, piece by piece.

        final  the last block that no reorganisation is expected to change
        A branch that changes meanwhile ends it early: what was given is of the one before.
        """
        if self._chain.is_embedded:
            final = end  # nothing is reorganised there
        while begin <= min(end, final):
            last = min(begin + self._width - 1, end, final)
            try:
                piece = self._range(begin, last)
            except (Refusal, NodeMissingError) as error:
                if last == begin or not _is_too_much(error):
                    raise (
                        self._chain.as_error(error) if isinstance(error, Refusal) else error
                    ) from error
                self._width = (last - begin + 1) // 2
                continue
            if piece is None:
                return
            yield piece
            begin = last + 1
            self._width = min(WIDEST, 2 * self._width)
        while begin <= end:
            piece = self._single(begin)
            if piece is None:
                return
            yield piece
            begin += 1

    def _range(self, begin: int, last: int) -> Piece | None:
        """The blocks of a range that have logs, the first and the last; None if they changed."""
        asked = {"fromBlock": hex(begin), "toBlock": hex(last), "address": self._addresses}
        told = self._chain.ask("eth_getLogs", asked)
        hashes: dict[int, set[object]] = {begin: set(), last: set()}
        for log in told:
            hashes.setdefault(self._number(log, "blockNumber"), set()).add(log.get("blockHash"))
        if min(hashes) < begin or max(hashes) > last:
            raise self._odd("logs of other blocks")
        blocks = []
        for number in sorted(hashes):
            block = self.block(number)
            if block is None or not hashes[number] <= {_hex(block.hash)}:
                return None
            blocks.append(block)
        return Piece(tuple(blocks), self._logs(told))

    def _single(self, number: int) -> Piece | None:
        """A block and its logs; None if there is none any more."""
        block = self.block(number)
        if block is None:
            return None
        asked: dict[str, Any] = {"blockHash": _hex(block.hash), "address": self._addresses}
        try:
            told = self._chain.ask("eth_getLogs", asked)
        except Refusal as refusal:
            now = self.block(number)
            if now is None or now.hash != block.hash:
                return None  # the node forgot the block: it is in the chain no more
            raise self._chain.as_error(refusal) from refusal
        logs = self._logs(told)
        hashes = {log.get("blockHash") for log in told}
        if not hashes <= {_hex(block.hash)} or any(log.block != number for log in logs):
            raise self._odd("logs of another block")
        return Piece((block,), logs)

    def _logs(self, told: Sequence[Mapping[str, Any]]) -> tuple[Log, ...]:
        logs = [self._log(one) for one in told]
        logs.sort(key=lambda log: (log.block, log.number))
        if len({(log.block, log.number) for log in logs}) < len(logs):
            raise self._odd("a log twice")
        return tuple(logs)

    def _log(self, told: Mapping[str, Any]) -> Log:
        address = address_of(told.get("address"))
        topics = [bytes_of(topic) for topic in told.get("topics") or ()]
        data, transaction = bytes_of(told.get("data")), bytes_of(told.get("transactionHash"))
        if address not in self._addresses or data is None or transaction is None:
            raise self._odd("a log of another contract, or half a log")
        if None in topics or told.get("removed"):
            raise self._odd("a log without its topics, or one that was removed")
        return Log(
            block=self._number(told, "blockNumber"),
            number=self._number(told, "logIndex"),
            transaction=transaction,
            address=address,
            topics=tuple(topic for topic in topics if topic is not None),
            data=data,
        )

    def _block(self, told: Mapping[str, Any]) -> Block:
        digest, parent = bytes_of(told.get("hash")), bytes_of(told.get("parentHash"))
        if digest is None or parent is None:
            raise self._odd("a block without hashes")
        number, time = self._number(told, "number"), self._number(told, "timestamp")
        return Block(number, digest, parent, time)

    def _number(self, told: Mapping[str, Any], name: str) -> int:
        number = self._chain.number(told.get(name))
        if number >= LARGEST:
            raise self._odd("a number that no chain reaches")
        return number

    def _odd(self, what: str) -> IndexingError:
        return IndexingError(
            f"{self._chain.place} tells {what}.", "Ask another node of the same chain."
        )


def _hex(digest: bytes) -> str:
    return f"0x{digest.hex()}"


def _is_too_much(error: Refusal | NodeMissingError) -> bool:
    """Whether a smaller range may be answered: nodes limit blocks, logs and bytes in many words."""
    if isinstance(error, Refusal):
        return True
    return "an answer of more than" in error.problem
