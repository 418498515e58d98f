"""What a sender wishes of a transaction, and the fees that follow from it and from the node.

The fee market is EIP-1559's: at most `most` wei for each unit of gas, of which at most `priority`
go to the block's producer. A chain whose blocks have no base fee takes one price instead.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zkpipe.ground.kinds import is_of, require_real, require_whole, shown_text
from zkpipe.verifier_contracts.errors import ArgumentError, TransactionError
from zkpipe.verifier_contracts.rpc.refusals import Refusal
from zkpipe.verifier_contracts.transactions.transaction import MOST

if TYPE_CHECKING:
    from zkpipe.verifier_contracts.rpc.asking import Asker

UNITS = {"wei": 1, "gwei": 10**9, "ether": 10**18}
AMOUNT = re.compile(r"([0-9]{1,30})(?:\.([0-9]{1,18}))? ?(wei|gwei|ether)?")
LARGEST_CHAIN_ID = (1 << 63) - 37  # EIP-2294
BASE_FEES = 2  # the base fee may grow by an eighth a block: twice lasts for six blocks
RAISE = 8  # an eighth more than what is pending, where nodes ask a tenth
SECONDS = 120.0  # to wait until a transaction is mined


@dataclass(frozen=True, slots=True)
class Terms:
    """What a sender wishes; None leaves it to the node.

    gas           the most units of gas
    gas_price     the most wei per unit of gas; exactly this on a chain without a base fee
    priority_fee  of that, the most wei per unit for the block's producer
    max_fee       the most wei that the whole transaction may cost, its value aside
    nonce         of the account
    timeout       seconds to wait until it is mined

    Raises KindError for what is no whole number, or no number of seconds.
    """

    gas: int | None = None
    gas_price: int | None = None
    priority_fee: int | None = None
    max_fee: int | None = None
    nonce: int | None = None
    timeout: float = SECONDS

    def __post_init__(self) -> None:
        for name in ("gas", "gas_price", "priority_fee", "max_fee", "nonce"):
            value = getattr(self, name)
            if value is not None:
                number = require_whole("Terms", name, value, int(name == "gas"), MOST)
                object.__setattr__(self, name, number)
        seconds = require_real("Terms", "timeout", self.timeout)
        if not 0 < seconds < math.inf:
            raise ArgumentError(
                "A transaction cannot be waited for so long.", "Give a number of seconds above 0."
            )
        object.__setattr__(self, "timeout", seconds)


@dataclass(frozen=True, slots=True)
class Fees:
    """Wei per unit of gas: the most, and the producer's share; None for one price (legacy)."""

    most: int
    priority: int | None

    @property
    def fields(self) -> dict[str, int]:
        """As a transaction has them."""
        if self.priority is None:
            return {"gasPrice": self.most}
        return {"maxFeePerGas": self.most, "maxPriorityFeePerGas": self.priority}


def fees_on(chain: Asker, terms: Terms) -> Fees:
    """The fees for a transaction now.

    Raises TransactionError if the wishes contradict each other or the chain.
    """
    base = base_fee(chain)
    if base is None:
        if terms.priority_fee is not None:
            raise TransactionError(
                f"{chain.place} serves a chain without a base fee, hence without priority fees.",
                "Give the gas price alone.",
            )
        price = terms.gas_price
        return Fees(chain.quantity("eth_gasPrice") if price is None else price, None)
    priority = _priority(chain, base) if terms.priority_fee is None else terms.priority_fee
    most = BASE_FEES * base + priority if terms.gas_price is None else terms.gas_price
    if most < base:
        raise TransactionError(
            f"A gas price of {amount(most)} is below the chain's base fee, {amount(base)} now.",
            "Pay more per gas, or wait until the base fee is lower.",
        )
    if priority > most:
        if terms.priority_fee is not None:
            raise TransactionError(
                f"The priority fee, {amount(priority)}, is above the gas price, {amount(most)}.",
                "The priority fee is a part of the gas price: give a lower one.",
            )
        priority = most
    return Fees(most, priority)


def fees_instead(chain: Asker, terms: Terms, pending: Fees) -> Fees:
    """The fees for a transaction that takes the place of a pending one.

    Nodes ask a tenth more of it, of the priority fee too: what the terms leave open is raised so.

    Raises TransactionError as `fees_on` does.
    """
    fees = fees_on(chain, terms)
    most, priority = fees.most, fees.priority
    if terms.gas_price is None:
        most = max(most, _raised(pending.most))
    if priority is not None and terms.priority_fee is None:
        before = pending.most if pending.priority is None else pending.priority
        priority = min(most, max(priority, _raised(before)))
    return Fees(most, priority)


def _raised(price: int) -> int:
    return price + price // RAISE + 1


def base_fee(chain: Asker) -> int | None:
    """Wei per unit of gas that the next block takes; None on a chain that has no base fee.

    The block is not read by web3, which knows Ethereum's own blocks only.
    """
    block = chain.ask("eth_getBlockByNumber", "latest", False)
    base = block.get("baseFeePerGas") if isinstance(block, dict) else None
    return None if base is None else chain.number(base)


def _priority(chain: Asker, base: int) -> int:
    """What the node advises; without that method, its gas price less the base fee."""
    try:
        return chain.quantity("eth_maxPriorityFeePerGas")
    except Refusal:
        return max(0, chain.quantity("eth_gasPrice") - base)


def amount(wei: int) -> str:
    """Wei in the unit that people would use, exactly: two that are compared never read the same."""
    for unit in ("ether", "gwei"):
        if wei >= UNITS[unit] // 1000:
            whole, part = divmod(wei, UNITS[unit])
            digits = str(part).rjust(len(str(UNITS[unit])) - 1, "0").rstrip("0")
            return f"{whole:,}{'.' if digits else ''}{digits} {unit}"
    return f"{wei} wei"


def wei(text: str) -> int:
    """The wei of an amount: an integer, or a decimal number and `wei`, `gwei` or `ether`.

    Raises ArgumentError.
    """
    found = AMOUNT.fullmatch(str.__str__(text).strip()) if is_of(text, str) else None
    if found:
        whole, part, unit = found[1], found[2] or "", UNITS[found[3] or "wei"]
        units, left = divmod(int(whole + part) * unit, int(10 ** len(part)))
        if not left:
            return units
    raise ArgumentError(
        f"{shown_text(text)} is not an amount.",
        "Give wei, or a number and a unit: 2gwei, 0.01ether.",
    )
