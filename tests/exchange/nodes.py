"""Nodes of their own for tests that stop mining, reorganise, and lose transactions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_account.signers.local import LocalAccount

from zkpipe.verifier_contracts import Chain, Node, find_anvil, find_solc
from zkpipe.verifier_contracts.errors import CompilerMissingError, NodeMissingError

ETHER = 10**18


@dataclass(frozen=True)
class Party:
    """A home as the sender wants it."""

    account: LocalAccount
    folder: Path

    def place(self, name: str) -> Path:
        return self.folder / name

    @property
    def restored(self) -> object | None:
        mark = self.folder / "restored"
        return mark if mark.exists() else None

    def reconciled(self) -> None:
        (self.folder / "restored").unlink()


class Anvil:
    """A node that is told what to do."""

    def __init__(self, node: Node) -> None:
        self.url = node.url
        self.chain = Chain.connect(node.url)

    def ask(self, method: str, *parameters: Any) -> Any:
        return self.chain.ask(method, *parameters)

    def mine(self, blocks: int = 1) -> None:
        self.chain.web3.provider.make_request("anvil_mine", [hex(blocks)])

    def reorganise(self, depth: int) -> None:
        """Other blocks in place of the last ones; what was in them is in no block any more."""
        self.tell("anvil_reorg", depth, [])

    def tell(self, method: str, *parameters: Any) -> Any:
        answer = self.chain.web3.provider.make_request(method, list(parameters))
        assert "error" not in answer, answer
        return answer["result"]

    def automine(self, on: bool) -> None:
        self.tell("evm_setAutomine", on)

    @property
    def head(self) -> int:
        return self.chain.quantity("eth_blockNumber")

    def count(self, address: str, at: str = "latest") -> int:
        return self.chain.quantity("eth_getTransactionCount", address, at)

    def fund(self, address: str) -> None:
        """By a transaction that is final: anvil's own ways are undone by its reorganisations."""
        sent = {"from": self.chain.account, "to": address, "value": hex(100 * ETHER)}
        self.ask("eth_sendTransaction", sent)
        self.mine(12)

    def party(self, folder: Path) -> Party:
        """A new account with ether, and its folder."""
        account = Account.create()
        self.fund(account.address)
        folder.mkdir(parents=True, exist_ok=True)
        return Party(account, folder)


def need_solc() -> None:
    try:
        find_solc()
    except CompilerMissingError as error:
        pytest.skip(f"{error.problem} {error.fix}")


def need_anvil() -> None:
    try:
        find_anvil()
    except NodeMissingError as error:
        pytest.skip(f"{error.problem} {error.fix}")


def embedded_party(chain: Chain, folder: Path) -> Party:
    """A new account with ether on an embedded chain."""
    account = Account.create()
    send = {"from": chain.account, "to": account.address, "value": ETHER}
    chain.web3.eth.send_transaction(send)  # type: ignore[arg-type] # web3's own
    folder.mkdir(parents=True, exist_ok=True)
    return Party(account, folder)
