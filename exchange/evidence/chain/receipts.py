"""Receipts: what each transaction of a block left. All receipts of a block have one root.

A bundle holds whole lists of receipts, not proofs of single ones in their trie. A proof would show
that an event is there; the list shows that no other was left out. It costs the receipts of the
block's other transactions.

Source: Ethereum's Yellow Paper, 4.3.1; EIP-2718 (typed receipts); EIP-658 (status).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zkpipe.exchange.errors import BundleError
from zkpipe.exchange.evidence.chain.encoding import AGAIN, Item, decoded, encoded, quantity, texts
from zkpipe.exchange.evidence.chain.headers import BLOOM_SIZE, HASH_SIZE, Header
from zkpipe.verifier_contracts.abi import bytes_of

LARGEST_TYPE = 0x7F  # EIP-2718: a receipt that begins with more is of the old kind
ADDRESS_SIZE = 20
MOST_TOPICS = 4


@dataclass(frozen=True, slots=True)
class RawLog:
    """A log as it is hashed; `number` is its place in the block, `receipt` its transaction's."""

    number: int
    receipt: int
    address: bytes
    topics: tuple[bytes, ...]
    data: bytes


def receipt_told(told: Mapping[str, Any]) -> bytes:
    """A receipt as a node's JSON has it, in the form that is hashed. Raises ValueError."""
    logs: list[Item] = []
    for log in told["logs"]:
        topics = [_bytes(topic) for topic in log["topics"]]
        logs.append([_bytes(log["address"]), topics, _bytes(log["data"])])
    status = quantity(told, "status") if told.get("status") else _bytes(told.get("root"))
    body: list[Item] = [status, quantity(told, "cumulativeGasUsed"), bloom_of(logs), logs]
    kind = quantity(told, "type") if told.get("type") else b""
    return kind + encoded(body)


def _bytes(value: object) -> bytes:
    data = bytes_of(value)
    if data is None:
        raise ValueError("no bytes")
    return data


def bloom_of(logs: Sequence[Any]) -> bytes:
    """The bits that logs set: each is an address, topics and data."""
    from eth_bloom.bloom import BloomFilter

    bloom = BloomFilter()
    for address, topics, _ in logs:
        bloom.extend([address, *topics])
    return int(bloom).to_bytes(BLOOM_SIZE, "big")


def root_of(receipts: Sequence[bytes]) -> bytes:
    """The root of all receipts of a block, 32 bytes. Cost: 0.2 ms a receipt."""
    from rlp import encode
    from trie.hexary import HexaryTrie

    found = HexaryTrie({}, prune=True)
    with found.squash_changes() as batch:
        for place, receipt in enumerate(receipts):
            batch[encode(place)] = receipt
    return bytes(found.root_hash)


def logs_of(receipts: Sequence[bytes], header: Header, place: str) -> Iterator[RawLog]:
    """The logs in all receipts of a block, in their order.

    Raises BundleError, with the place, unless these are the block's receipts, each with its bloom,
    and the block's bloom is that of all its logs.
    """
    if root_of(receipts) != header.receipts:
        raise BundleError(
            place, f"these are not the receipts of block {header.number}, or not all.", AGAIN
        )
    found, bloom = [], 0
    for i, receipt in enumerate(receipts):
        logs, own = _parts(receipt, f"{place}, receipt {i}")
        if bloom_of(logs) != own:
            raise BundleError(f"{place}, receipt {i}", "its bloom is not that of its logs.", AGAIN)
        bloom |= int.from_bytes(own, "big")
        found += [(i, log) for log in logs]
    if bloom.to_bytes(BLOOM_SIZE, "big") != header.bloom:
        raise BundleError(
            place, f"the bloom of block {header.number} is not that of its receipts.", AGAIN
        )
    for number, (i, (address, topics, data)) in enumerate(found):
        yield RawLog(number, i, address, tuple(topics), data)


def receipt_of_each_log(receipts: Sequence[bytes], place: str) -> list[int]:
    """Which of a block's receipts each of its logs stands in, in their order.

    The receipts are taken to be the block's. Raises BundleError if one is none.
    """
    return [
        i for i, receipt in enumerate(receipts) for _ in _parts(receipt, f"{place}, receipt {i}")[0]
    ]


def _parts(receipt: bytes, place: str) -> tuple[list[Any], bytes]:
    """The logs and the bloom of a receipt. Raises BundleError if it is none."""
    item = decoded(receipt[1:] if receipt[:1] <= bytes([LARGEST_TYPE]) else receipt, place)
    if not isinstance(item, bytes) and len(item) == 4:
        bloom, logs = item[2], item[3]
        if isinstance(bloom, bytes) and not isinstance(logs, bytes) and all(map(_is_log, logs)):
            return list(logs), bloom
    raise BundleError(place, "this is not a receipt of a transaction.", AGAIN)


def _is_log(log: Item) -> bool:
    if isinstance(log, bytes) or len(log) != 3:
        return False
    address, topics, data = log
    return (
        isinstance(address, bytes)
        and len(address) == ADDRESS_SIZE
        and not isinstance(topics, bytes)
        and len(topics) <= MOST_TOPICS
        and all(isinstance(topic, bytes) and len(topic) == HASH_SIZE for topic in topics)
        and isinstance(data, bytes)
    )


def receipts_in(data: bytes, place: str) -> list[bytes]:
    """The receipts in a file. Raises BundleError."""
    return texts(decoded(data, place), place)
