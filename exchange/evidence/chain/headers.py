"""Block headers: each names the one before by its hash, so the last one's hash fixes them all.

A header is kept as the bytes that are hashed. What a node tells as JSON is encoded, and taken only
if it hashes to what the node calls the block's hash: some chains hash their blocks in another way,
and then there is nothing to link.

Source: Ethereum's Yellow Paper, 4.4, with the fields of EIP-1559 (London), EIP-4895 (Shanghai),
EIP-4844 and EIP-4788 (Cancun) and EIP-7685 (Prague).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from zkpipe.exchange.errors import BundleError
from zkpipe.exchange.evidence.chain.encoding import (
    AGAIN,
    decoded,
    encoded,
    hexadecimal,
    number_of,
    quantity,
    texts,
)
from zkpipe.exchange.words import keccak
from zkpipe.verifier_contracts.abi import bytes_of

FIELDS = (
    *("parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot"),
    *("logsBloom", "difficulty", "number", "gasLimit", "gasUsed", "timestamp", "extraData"),
    *("mixHash", "nonce", "baseFeePerGas", "withdrawalsRoot", "blobGasUsed", "excessBlobGas"),
    *("parentBeaconBlockRoot", "requestsHash"),
)
NUMBERS = frozenset(
    {"difficulty", "number", "gasLimit", "gasUsed", "timestamp"}
    | {"baseFeePerGas", "blobGasUsed", "excessBlobGas"}
)
FORKS = (21, 20, 17, 16, 15)  # how many of the fields there are: Prague, Cancun, .. before London
PARENT, STATE, TRANSACTIONS, RECEIPTS, BLOOM, NUMBER, TIME = 0, 3, 4, 5, 6, 8, 11
HASH_SIZE, BLOOM_SIZE = 32, 256


@dataclass(frozen=True, slots=True)
class Header:
    """A block's header.

    raw       the bytes that are hashed
    hash      of the block, 32 bytes; so are `parent` and the roots of state, transactions and
              receipts
    bloom     256 bytes, in which each log sets some bits
    time      seconds since 1970
    """

    raw: bytes
    hash: bytes
    parent: bytes
    state: bytes
    transactions: bytes
    receipts: bytes
    bloom: bytes
    number: int
    time: int

    @classmethod
    def of(cls, raw: bytes, place: str) -> Header:
        """The header in bytes. Raises BundleError, with the place, if they are none."""
        fields = texts(decoded(raw, place), place)
        if len(fields) in FORKS:
            number, time = number_of(fields[NUMBER], 8), number_of(fields[TIME], 8)
            digests = [fields[i] for i in (PARENT, STATE, TRANSACTIONS, RECEIPTS)]
            sizes = {len(digest) for digest in digests}, len(fields[BLOOM])
            if sizes == ({HASH_SIZE}, BLOOM_SIZE) and number is not None and time is not None:
                parent, state, transactions, receipts = digests
                return cls(
                    raw=raw,
                    hash=keccak(raw),
                    parent=parent,
                    state=state,
                    transactions=transactions,
                    receipts=receipts,
                    bloom=fields[BLOOM],
                    number=number,
                    time=time,
                )
        raise BundleError(place, "this is not the header of a block.", AGAIN)

    def may_hold_logs(self, masks: Iterable[int]) -> bool:
        """Whether the bloom allows a log of one of some contracts. If not, the block has none.

        masks  of the contracts, as `bloom_mask` gives them
        """
        bloom = int.from_bytes(self.bloom, "big")
        return any(bloom & mask == mask for mask in masks)


def bloom_mask(address: bytes) -> int:
    """The bits that each log of a contract sets in the bloom of its block."""
    from eth_bloom.bloom import BloomFilter

    return int(BloomFilter.from_iterable([address]))


def header_told(told: Mapping[str, Any]) -> Header | None:
    """The header of a block as a node's JSON has it; None if its hash is not the block's."""
    wanted = bytes_of(told.get("hash"))
    if wanted is None:
        return None
    for count in FORKS:
        try:
            raw = encoded([_field(told, name) for name in FIELDS[:count]])
        except ValueError:
            continue  # a field of a later fork
        if keccak(raw) == wanted:
            return Header.of(raw, f"block {hexadecimal(wanted)}")
    return None


def _field(told: Mapping[str, Any], name: str) -> bytes:
    if name in NUMBERS:
        return quantity(told, name)
    data = bytes_of(told.get(name))
    if data is None:
        raise ValueError(name)
    return data


def check_link(header: Header, before: Header | None, first: int, place: str) -> None:
    """Raises BundleError unless a header follows on the one before, or is the first."""
    if before is None:
        if header.number != first:
            raise BundleError(
                place, f"the first header is of block {header.number}, not of {first}.", AGAIN
            )
    elif header.number != before.number + 1 or header.parent != before.hash:
        raise BundleError(
            place,
            f"the header that should be block {before.number + 1}'s does not follow on block "
            f"{before.number}'s.",
            AGAIN,
        )
