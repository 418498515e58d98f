"""An exchange on a node, the accounts that take part, and the gas that their transactions took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from zkpipe.exchange.deployment import Council, Manifest, deploy
from zkpipe.exchange.deployment.layout import ORDER
from zkpipe.exchange.signatures import Action, gathered, what_of
from zkpipe.exchange.structs import Sigs
from zkpipe.verifier_contracts import Chain, Contract, Receipt
from zkpipe.verifier_contracts.shipped.exchange import exchange_contracts

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

FAR = 1 << 40  # seconds since 1970: a deadline that no measurement reaches
AUDITOR_KEY = (1 << 253) + 12345
ROLES = ("deployer", "owner", "prover", "grantee", "payee", "stranger", "issuer", "holder", "board")


def signers(name: int, count: int) -> list[LocalAccount]:
    """Accounts that sign; the same each time, so that the calldata are, too."""
    from eth_account import Account

    return [Account.from_key(bytes([name] * 31 + [i])) for i in range(1, count + 1)]


@dataclass
class Stage:
    """An exchange on a node at a URL.

    gas  of each operation, by what the page calls it
    """

    url: str
    gas: dict[str, int] = field(default_factory=dict)

    @cached_property
    def chains(self) -> dict[str, Chain]:
        """The node's chain for each role, with an account of its own."""
        first = Chain.connect(self.url)
        accounts = first.web3.eth.accounts
        return {
            role: Chain.connect(self.url, account)
            for role, account in zip(ROLES, accounts, strict=False)
        }

    @cached_property
    def council(self) -> list[LocalAccount]:
        """Three members, of whom two decide."""
        return signers(1, 3)

    @cached_property
    def manifest(self) -> Manifest:
        """The exchange; the gas of its deployment is noted."""
        chain = self.chains["deployer"]
        members = tuple(member.address for member in self.council)
        manifest = deploy(chain, Council(members, 2, AUDITOR_KEY))
        for i, name in enumerate(("Deployer", *ORDER)):
            block = chain.ask("eth_getBlockByNumber", hex(manifest.block + i), False)
            self.gas[f"deploy {name}"] = chain.number(block["gasUsed"])
        return manifest

    def address(self, role: str) -> str:
        """The account of a role."""
        return self.chains[role].account

    def contract(self, role: str, name: str) -> Contract:
        """A contract, called by a role's account."""
        return self.manifest.contract(self.chains[role], name)

    def send(
        self, role: str, name: str, function: str, *arguments: Any, note: str | None = ""
    ) -> Receipt:
        """Send a transaction, and note its gas.

        note  tells two of one function apart; None: it is not noted
        """
        given = [a.as_tuple if hasattr(a, "as_tuple") else a for a in arguments]
        receipt = self.contract(role, name).transact(function, *given)
        if note is not None:
            self.gas[f"{name}.{function}" + (f", {note}" if note else "")] = receipt.gas_used
        return receipt

    def decide(
        self, name: str, function: str, types: Sequence[str], *values: Any, note: str | None = ""
    ) -> Receipt:
        """Have the council do something."""
        registry = self.manifest.addresses["CircuitRegistry"]
        action = Action(
            chain_id=self.manifest.chain_id,
            contract=registry,
            target=self.manifest.addresses[name],
            what=what_of(function, types, *values),
            nonce=self.contract("stranger", "CircuitRegistry").call("nonce"),
            deadline=FAR,
        )
        sigs = self.signed(action, self.council[:2])
        return self.send("stranger", name, function, *values, sigs, note=note)

    @staticmethod
    def signed(action: Action, accounts: Sequence[LocalAccount]) -> Sigs:
        """Signatures of an action."""
        return gathered(action, [action.signed_by(account) for account in accounts])

    def wait(self, seconds: int) -> None:
        """Let the next block be later."""
        self.chains["deployer"].ask("evm_increaseTime", seconds)
        self.chains["deployer"].ask("evm_mine")

    @property
    def now(self) -> int:
        """The time of the last block."""
        chain = self.chains["deployer"]
        block = chain.ask("eth_getBlockByNumber", "latest", False)
        return chain.number(block["timestamp"])


def sizes() -> dict[str, int]:
    """Bytes of each contract's code."""
    return {name: len(c.runtime) // 2 - 1 for name, c in exchange_contracts().items()}
