"""Parties of an exchange on the embedded chain: homes that have joined, and a council that decides.

parties = Parties(tmp_path)
owner = parties.session("owner")
parties.decide("CircuitRegistry", "approve", [circuit])
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from eth_account import Account

from tests.exchange.home.own import PASSWORD, created
from zkpipe.exchange.clients.decisions.decision import Decision
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.clients.view import join
from zkpipe.exchange.deployment import Council, deploy
from zkpipe.exchange.home.keys import Keys
from zkpipe.verifier_contracts import Chain

ETHER = 10**18
FAR = 1 << 40  # seconds since 1970
AUDITOR = Keys(b"\x09" * 32).seal
MEMBERS = [Account.from_key(bytes([7]) * 31 + bytes([i])) for i in (1, 2, 3)]

__all__ = ["AUDITOR", "FAR", "MEMBERS", "PASSWORD", "Parties"]


class Parties:
    """An exchange that is open, on a chain of its own; two of three members decide."""

    def __init__(self, folder: Path, chain: Chain | None = None, depth: int = 0) -> None:
        self.folder = folder
        self.chain = chain or Chain.embedded()
        council = Council(tuple(member.address for member in MEMBERS), 2, AUDITOR.public_key.y)
        self.manifest = deploy(self.chain, council, depth=depth)
        self._open = ExitStack()
        self.sessions: dict[str, Session] = {}
        self.decide("UsageGrants", "setBoard", [self.manifest.addresses["JobBoard"], True])

    def session(self, name: str) -> Session:
        """That of a party; the first call makes its home, with ether."""
        found = self.sessions.get(name)
        if found is None:
            home = self._open.enter_context(created(self.folder / name))
            payment = {"from": self.chain.account, "to": home.address, "value": hex(100 * ETHER)}
            self.chain.ask("eth_sendTransaction", payment)
            join(home.documents, self.manifest, self.chain, home.path)
            found = self._open.enter_context(Session(home, self.chain))
            self.sessions[name] = found
        return found

    def decision(self, contract: str, function: str, arguments: Sequence[Any]) -> Decision:
        """What the council is to decide."""
        nonce = self.manifest.contract(self.chain, "CircuitRegistry").call("nonce")
        return Decision(
            chain_id=self.manifest.chain_id,
            contract=contract,
            function=function,
            arguments=tuple(arguments),
            nonce=nonce,
            deadline=FAR,
        )

    def decide(self, contract: str, function: str, arguments: Sequence[Any]) -> None:
        """Two members sign, and anyone sends."""
        decision = self.decision(contract, function, arguments)
        action = decision.action(self.manifest)
        signatures = [action.signed_by(member) for member in MEMBERS[:2]]
        call = decision.call_arguments(self.manifest, signatures)
        self.manifest.contract(self.chain, contract).transact(function, *call)

    def close(self) -> None:
        """Close all homes and sessions."""
        self._open.close()
