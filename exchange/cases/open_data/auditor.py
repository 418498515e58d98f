"""The auditor of the case: exports what happened, checks it without a node, and opens an answer."""

from __future__ import annotations

import json
import time
from pathlib import Path

from zkpipe.exchange.cases.parties import Facts
from zkpipe.exchange.cases.roles import Checker, an_id
from zkpipe.exchange.clients.uses.results import open_result
from zkpipe.exchange.evidence import export, verify
from zkpipe.prover import ProvingKey

EPOCH = 0
STEPS = {"JobOpened": "open", "StepProved": "proof", "StepDelivered": "delivery"}  # by their events


class Auditor(Checker):
    """Whoever the council gave a key to."""

    steps = (*Checker.steps, "key", "export", "verify", "open", "gas")

    def key(self) -> Facts:
        """The key of the first epoch, which the council sets."""
        return {"y": str(self.home.keys.auditor(EPOCH).public_key.y)}

    def export(self, bundle: str, keys: list[str]) -> Facts:
        """Write the bundle. The keys are the circuits' own, from whoever proposed them."""
        started = time.perf_counter()
        known = [ProvingKey.load(Path(key)).verifying_key for key in keys]
        view = self.session
        made = export(Path(bundle), view.chain, view.manifest, known)
        return {
            "evidence": str(made.listing.evidence),
            "anchor": made.listing.anchor,
            "block": made.listing.block,
            "events": made.events,
            "proofs": made.proofs,
            "files": len(made.listing.files),
            "seconds": {"export": time.perf_counter() - started},
        }

    def verify(self, bundle: str, anchor: str) -> Facts:
        """Check the bundle: no node is asked."""
        started = time.perf_counter()
        shown = verify(Path(bundle), anchor)
        return {
            "proofs": len(shown.proofs),
            "events": shown.events,
            "headers": shown.headers,
            "seconds": {"verify": time.perf_counter() - started},
        }

    def gas(self, job: str) -> Facts:
        """What a job's transactions took: opening, proof, delivery."""
        self.session.index.follow()
        found: dict[str, int] = {}
        for log, event in self.session.index.events():
            if event.name in STEPS and event.said.get("job") == an_id(job):
                digest = "0x" + log.transaction.hex()
                receipt = self.session.chain.ask("eth_getTransactionReceipt", digest)
                found[STEPS[event.name]] = int(receipt["gasUsed"], 16)
        return {"gas": found, "total": sum(found.values())}

    def open(self, job: str) -> Facts:
        """Open a sealed answer with the auditor's key."""
        self.circuits.adopt(self.session.latest)
        secret = self.home.keys.auditor(EPOCH).scalar
        opened = open_result(self.session, self.circuits, an_id(job), secret, as_auditor=True)
        return {"answer": json.loads(opened.to_bytes())["answer"]}
