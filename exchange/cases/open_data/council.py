"""The council of the case: one account, which deploys, lists the board, approves and issues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.exchange.cases.parties import Facts
from zkpipe.exchange.cases.roles import Role, an_id, gas_of
from zkpipe.exchange.clients.decisions.decision import Decision
from zkpipe.exchange.clients.decisions.quorum import carry_out
from zkpipe.exchange.clients.view import join
from zkpipe.exchange.deployment import Council as Members
from zkpipe.exchange.deployment import deploy
from zkpipe.exchange.deployment.opening import is_open
from zkpipe.verifier_contracts import Receipt

DAY = 86_400  # seconds that a signature counts


class Council(Role):
    """The account that decides alone; a real council has several members."""

    steps = (*Role.steps, "deploy", "open", "approve", "issue")

    def deploy(self, auditor_key: str, depth: int) -> Facts:
        """Deploy the contracts; the manifest, as a text that others can check."""
        members = Members((self.home.address,), 1, int(auditor_key))
        chain = self.chain
        manifest = deploy(chain, members, self.folder / "manifest.json", depth=depth)
        join(self.home.documents, manifest, chain, self.home.path)
        return {
            "manifest": manifest.to_bytes().decode(),
            "chain_id": manifest.chain_id,
            "contracts": dict(manifest.addresses),
            "block": manifest.block,
        }

    def open(self) -> Facts:
        """List JobBoard, so that grants can name it."""
        manifest = self.session.manifest
        if is_open(manifest, self.session.chain):
            return {"gas": 0}
        receipt = self._decide("UsageGrants", "setBoard", [manifest.addresses["JobBoard"], True])
        return {"gas": gas_of(receipt)}

    def approve(self, circuit: str) -> Facts:
        """Approve a circuit that was proposed."""
        return {"gas": gas_of(self._decide("CircuitRegistry", "approve", [an_id(circuit)]))}

    def issue(self, to: str, points: int) -> Facts:
        """Issue points to an account."""
        return {"gas": gas_of(self._decide("Settlement", "issue", [to, points]))}

    def _decide(self, contract: str, function: str, arguments: Sequence[Any]) -> Receipt | None:
        session = self.session
        deadline = session.now + DAY
        decision = Decision.of_council(session, contract, function, arguments, deadline)
        signature = decision.action(session.manifest).signed_by(self.home.account)
        return carry_out(session, decision, [signature])
