"""Where the parties of the case are: all in this process, or each in one of its own."""

from __future__ import annotations

from pathlib import Path

from zkpipe.exchange.cases.open_data.auditor import Auditor
from zkpipe.exchange.cases.open_data.council import Council
from zkpipe.exchange.cases.open_data.developer import Developer
from zkpipe.exchange.cases.open_data.owner import Owner
from zkpipe.exchange.cases.parties import LocalParty, Party, ProcessParty
from zkpipe.exchange.cases.roles import Connect, Role
from zkpipe.exchange.errors import CaseError
from zkpipe.exchange.home import Home
from zkpipe.verifier_contracts import Chain

ROLES: dict[str, type[Role]] = {
    "council": Council,
    "owner": Owner,
    "developer": Developer,
    "auditor": Auditor,
}
ETHER = 10**18
PAYMENT = 2 * ETHER  # to each account, of a development chain's


def here(folder: Path, chain: Chain) -> dict[str, Party]:
    """The parties in this process, on an embedded chain."""
    return {name: LocalParty(role(folder / name, lambda _: chain)) for name, role in ROLES.items()}


def apart(folder: Path, rpc: str) -> dict[str, Party]:
    """The parties in processes of their own, on the chain of a node."""
    return {name: ProcessParty(name, folder / name, rpc) for name in ROLES}


def connecting(rpc: str) -> Connect:
    """How a process reaches a node: it signs with the account of its home."""

    def connect(home: Home) -> Chain:
        chain_id = Chain.connect(rpc).chain_id
        return Chain.connect(rpc, home.account, chain_id=chain_id)

    return connect


def fund(chain: Chain, accounts: list[str]) -> None:
    """Pay ether to accounts, from the node's first account.

    Raises CaseError if the node has none: the case is for development chains.
    """
    payers = chain.web3.eth.accounts
    if not payers:
        raise CaseError(
            f"{chain.place} has no account that it pays from.",
            "Give the URL of a development node, such as anvil's, or pay ether to "
            + ", ".join(accounts)
            + " and run the command again.",
        )
    for account in accounts:
        if chain.web3.eth.get_balance(account) < PAYMENT:  # type: ignore[arg-type] # a checksummed text
            payment = {"from": payers[0], "to": account, "value": PAYMENT}
            digest = chain.web3.eth.send_transaction(payment)  # type: ignore[arg-type] # the same
            chain.web3.eth.wait_for_transaction_receipt(digest)
