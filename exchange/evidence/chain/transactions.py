"""Transactions: what was called, with which calldata. All transactions of a block have one root.

Source: Ethereum's Yellow Paper, 4.2; EIP-2718 (typed transactions), EIP-2930, EIP-1559, EIP-4844
and EIP-7702.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zkpipe.exchange.errors import BundleError
from zkpipe.exchange.evidence.chain.encoding import AGAIN, Item, decoded, encoded, quantity
from zkpipe.exchange.evidence.chain.headers import Header
from zkpipe.exchange.evidence.chain.receipts import LARGEST_TYPE, root_of
from zkpipe.verifier_contracts.abi import bytes_of

LEGACY = ("nonce", "gasPrice", "gas", "to", "value", "input", "v", "r", "s")
FEES = ("maxPriorityFeePerGas", "maxFeePerGas")
CALL = ("gas", "to", "value", "input", "accessList")
SIGNED = ("yParity", "r", "s")
FIELDS = {  # by type
    1: ("chainId", "nonce", "gasPrice", *CALL, *SIGNED),
    2: ("chainId", "nonce", *FEES, *CALL, *SIGNED),
    3: ("chainId", "nonce", *FEES, *CALL, "maxFeePerBlobGas", "blobVersionedHashes", *SIGNED),
    4: ("chainId", "nonce", *FEES, *CALL, "authorizationList", *SIGNED),
}
AUTHORIZATION = ("chainId", "address", "nonce", *SIGNED)


@dataclass(frozen=True, slots=True)
class Call:
    """What a transaction calls: an address of 20 bytes, none for a creation; and its calldata."""

    to: bytes
    data: bytes


def transaction_told(told: Mapping[str, Any]) -> bytes:
    """A transaction as a node's JSON has it, in the form that is hashed. Raises ValueError."""
    kind = int.from_bytes(quantity(told, "type"), "big") if told.get("type") else 0
    if kind == 0:
        return encoded([_field(told, name) for name in LEGACY])
    if kind not in FIELDS:
        raise ValueError("type")
    return bytes([kind]) + encoded([_field(told, name) for name in FIELDS[kind]])


def _field(told: Mapping[str, Any], name: str) -> Item:
    value = told.get(name)
    match name:
        case "to":
            return b"" if value is None else _bytes(value)
        case "input":
            return _bytes(told.get("data") if value is None else value)
        case "address":
            return _bytes(value)
        case "accessList":
            return [
                [_bytes(one["address"]), [_bytes(key) for key in one["storageKeys"]]]
                for one in value or ()
            ]
        case "blobVersionedHashes":
            return [_bytes(one) for one in value or ()]
        case "authorizationList":
            return [[_field(one, part) for part in AUTHORIZATION] for one in value or ()]
        case "yParity" if value is None:
            return quantity(told, "v")
    return quantity(told, name)


def _bytes(value: object) -> bytes:
    data = bytes_of(value)
    if data is None:
        raise ValueError("no bytes")
    return data


def are_of(transactions: Sequence[bytes], header: Header) -> bool:
    """Whether these are all transactions of a block. Cost: 0.2 ms a transaction."""
    return root_of(transactions) == header.transactions


def calls_in(transactions: Sequence[bytes], header: Header, place: str) -> list[Call]:
    """What the transactions of a block call, in their order.

    Raises BundleError, with the place, unless these are the block's.
    """
    if not are_of(transactions, header):
        raise BundleError(
            place, f"these are not the transactions of block {header.number}, or not all.", AGAIN
        )
    return [_call(one, f"{place}, transaction {i}") for i, one in enumerate(transactions)]


def _call(transaction: bytes, place: str) -> Call:
    """Raises BundleError for a type that is not known."""
    kind = transaction[0] if transaction[:1] <= bytes([LARGEST_TYPE]) and transaction else 0
    names = LEGACY if kind == 0 else FIELDS.get(kind, ())
    item = decoded(transaction[1:] if kind else transaction, place)
    if names and not isinstance(item, bytes) and len(item) == len(names):
        to, data = item[names.index("to")], item[names.index("input")]
        if isinstance(to, bytes) and isinstance(data, bytes):
            return Call(to, data)
    raise BundleError(place, "this is not a transaction of a type that zkpipe knows.", AGAIN)
