"""A transaction: what a chain is given of one, and the receipt of one that was mined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Transaction = dict[str, Any]

MOST = (1 << 256) - 1  # of wei and of gas, in a word of the EVM


@dataclass(frozen=True, slots=True)
class Receipt:
    """A mined transaction. `logs` are the node's, undecoded."""

    transaction_hash: str
    block_number: int
    gas_used: int
    contract_address: str | None
    logs: tuple[Mapping[str, Any], ...]
