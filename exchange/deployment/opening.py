"""What the council does after a deployment: it lists JobBoard, so that grants can name it."""

from __future__ import annotations

from zkpipe.exchange.deployment.manifest import Manifest
from zkpipe.exchange.signatures import Action, what_of
from zkpipe.verifier_contracts import Chain


def is_open(manifest: Manifest, chain: Chain) -> bool:
    """Whether the council has listed JobBoard."""
    grants = manifest.contract(chain, "UsageGrants")
    return bool(grants.call("isBoard", manifest.addresses["JobBoard"]))


def opening_action(manifest: Manifest, nonce: int, deadline: int) -> Action:
    """What the council signs to list JobBoard. Anyone then calls UsageGrants.setBoard with it.

    nonce     the council's: CircuitRegistry.nonce(), 0 after the deployment
    deadline  the last second in which the signatures count
    """
    board = manifest.addresses["JobBoard"]
    return Action(
        chain_id=manifest.chain_id,
        contract=manifest.addresses["CircuitRegistry"],
        target=manifest.addresses["UsageGrants"],
        what=what_of("setBoard", ["address", "bool"], board, True),
        nonce=nonce,
        deadline=deadline,
    )
