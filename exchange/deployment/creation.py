"""That the contracts of a manifest were created in its block, as zkpipe creates them.

What lies at an address is compared by Manifest.check. That does not say what the constructors wrote
elsewhere, nor since when the contracts are there: a manifest with too late a block hides events,
and another constructor can leave the same code and points for somebody. So the transactions are
looked at that created the contracts. The Deployer's address follows from an account and its nonce,
and a nonce is used once: no other contract lay there before, nor at the addresses that follow.

Receipts and transactions are asked for, not old states, which few nodes keep.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zkpipe.exchange.deployment.council import Council
from zkpipe.exchange.deployment.layout import ORDER, creation_code
from zkpipe.exchange.deployment.manifest import Manifest
from zkpipe.exchange.errors import CouncilError, NotDeployedError, OtherCodeError
from zkpipe.exchange.words import keccak
from zkpipe.verifier_contracts import Chain
from zkpipe.verifier_contracts.abi import address_of, bytes_of, decoded
from zkpipe.verifier_contracts.rpc.refusals import Refusal
from zkpipe.verifier_contracts.shipped.exchange import exchange_contracts

WIDEST = 2048  # blocks of a range; providers allow 500 to 10,000
CREATED = keccak(b"Created(uint256,address)")
WITH_COUNCIL = "CircuitRegistry"  # whose constructor takes it
ASK = "Ask who deployed the exchange for the manifest again, and another node of the chain."


def check_creation(chain: Chain, manifest: Manifest) -> None:
    """Look at the transactions that created the contracts. Call Manifest.check before.

    Raises NotDeployedError if the block does not create the Deployer, or a contract was not created
    by it; OtherCodeError if one was created by other code; TransactionError, NodeMissingError.

    Cost: a block, ten transactions, and the Deployer's events.
    """
    try:
        _check_deployer(chain, manifest)
        _check_contracts(chain, manifest)
    except Refusal as refusal:
        raise chain.as_error(refusal) from refusal


def _check_deployer(chain: Chain, manifest: Manifest) -> None:
    from web3.utils.address import get_create_address

    block = chain.ask("eth_getBlockByNumber", hex(manifest.block), True)
    found = block.get("transactions") if isinstance(block, dict) else None
    for told in found or ():
        sender = address_of(told.get("from"))
        if not bytes_of(told.get("to") or "0x") and sender is not None:  # web3's chain says 0x
            nonce = chain.number(told.get("nonce"))
            if str(get_create_address(sender, nonce)) == manifest.deployer:  # type: ignore[arg-type] # its aliases
                wanted = bytes.fromhex(exchange_contracts()["Deployer"].bytecode[2:])
                if bytes_of(told.get("input")) == wanted:
                    return
                raise _other("Deployer")
    raise NotDeployedError(
        f"No transaction of block {manifest.block}, which the manifest names, created its contract "
        f"{manifest.deployer}: events in earlier blocks would be hidden.",
        ASK,
    )


def _check_contracts(chain: Chain, manifest: Manifest) -> None:
    """That the Deployer created each contract, in order, by what zkpipe gives it."""
    addresses, council = manifest.addresses, Council((manifest.deployer,), 1, 2)
    left = dict(enumerate(ORDER, 1))
    for log in _created(chain, manifest):
        place = int.from_bytes(bytes_of((log.get("topics") or ["", ""])[-1]) or b"", "big")
        name = left.pop(place, None)
        told = chain.ask("eth_getTransactionByHash", log.get("transactionHash"))
        if name is None or not isinstance(told, dict):
            raise _other("Deployer")
        creation = _creation_in(told, manifest.deployer, place)
        if creation is not None and name == WITH_COUNCIL:
            council = _council_in(creation) or council
        wanted = creation_code(exchange_contracts()[name], addresses, council)
        if creation != wanted:
            raise _other(name)
        if not left:
            return
    raise NotDeployedError(
        f"The node does not tell that {manifest.deployer} created {', '.join(left.values())}.", ASK
    )


def _creation_in(told: dict[str, Any], deployer: str, place: int) -> bytes | None:
    """The creation code that a call of Deployer.create was given; None if it is another call."""
    data = bytes_of(told.get("input")) or b""
    given = decoded(["uint256", "bytes"], data[4:])
    if address_of(told.get("to")) != deployer or given is None or given[0] != place:
        return None
    return bytes(given[1])


def _council_in(creation: bytes) -> Council | None:
    """The council that the registry's constructor was given; None if it is none."""
    size = len(bytes.fromhex(exchange_contracts()[WITH_COUNCIL].bytecode[2:]))
    given = decoded(["address[]", "uint256", "uint256"], creation[size:])
    try:
        return None if given is None else Council(*given)
    except CouncilError:
        return None


def _created(chain: Chain, manifest: Manifest) -> Iterator[dict[str, Any]]:
    """The Deployer's events, in ranges; one that the node refuses is halved."""
    end = chain.quantity("eth_blockNumber")
    begin, width = manifest.block, WIDEST
    while begin <= end:
        last = min(begin + width - 1, end)
        asked = {"fromBlock": hex(begin), "toBlock": hex(last), "address": [manifest.deployer]}
        try:
            logs = chain.ask("eth_getLogs", {**asked, "topics": ["0x" + CREATED.hex()]})
        except Refusal:
            if width == 1:
                raise
            width = max(1, (last - begin + 1) // 2)
            continue
        yield from logs
        begin, width = last + 1, min(WIDEST, 2 * width)


def _other(name: str) -> OtherCodeError:
    return OtherCodeError(
        f"{name} was created in another way than zkpipe creates it: what its constructor wrote is "
        "not known.",
        f"Do not use the exchange. {ASK}",
    )
