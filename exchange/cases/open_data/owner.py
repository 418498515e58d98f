"""The owner of the case: an agency with two tables, which nobody else reads."""

from __future__ import annotations

import time
from functools import cached_property

from zkpipe.exchange.cases.parties import Facts
from zkpipe.exchange.cases.roles import Proposer, an_id, gas_of, hexadecimal
from zkpipe.exchange.clients.catalogue import lineages
from zkpipe.exchange.clients.catalogue.committing import commit_data
from zkpipe.exchange.clients.catalogue.publishing import Publisher
from zkpipe.exchange.clients.grants import Grants
from zkpipe.exchange.clients.holdings import Holdings
from zkpipe.exchange.loop import Loop
from zkpipe.exchange.structs import Policy
from zkpipe.exchange.tables import Schema


class Owner(Proposer):
    """Publishes, reads what others want to compute, approves, and proves answers."""

    steps = (*Proposer.steps, "publish", "allow", "approve", "serve", "budget")

    @cached_property
    def loop(self) -> Loop:
        """The loop, which keeps the circuits that it has compiled."""
        return Loop(self.session, circuits=self.circuits)

    def publish(self, data: str, schema: str, floor: int, limit_bits: int) -> Facts:
        """Commit to a table, register a lineage for it, prove its segments and publish them."""
        started = time.perf_counter()
        known = Schema.load(schema)
        holdings = Holdings(self.home)
        description = commit_data(self.home, known, data)
        committed = time.perf_counter()
        policy = Policy(
            schema_hash=known.hash, limit_bits=limit_bits, floor=floor, keyed=known.is_keyed
        )
        lineage = lineages.register(self.session, policy)
        published = Publisher(self.session, self.circuits, holdings).publish(lineage, [description])
        return {
            "lineage": hexadecimal(lineage),
            "version": published.head,
            "segments": [
                {"root": hexadecimal(one.root), "rows": one.rows, "units": one.units}
                for one in description.segments
            ],
            "columns": [column.name for column in known.columns],
            "floor": floor,
            "limit_bits": limit_bits,
            "seconds": {
                "commit": committed - started,
                "publish": time.perf_counter() - committed,
            },
        }

    def allow(self, lineage: str, circuit: str) -> Facts:
        """Let grants of a circuit be approved on a lineage."""
        lineages.allow(self.session, an_id(lineage), an_id(circuit), on=True)
        return {}

    def approve(self, grant: str) -> Facts:
        """Approve a grant; its bits are held from now on."""
        return {"gas": gas_of(Grants(self.session).approve(an_id(grant)))}

    def serve(self) -> Facts:
        """Prove and deliver what is asked, until nothing is left to do."""
        started = time.perf_counter()
        statuses = self.loop.run(lambda: False, once=True)
        return {
            "left": [{"job": hexadecimal(one.job), "stage": one.stage.value} for one in statuses],
            "seconds": {"serve": time.perf_counter() - started},
        }

    def budget(self, lineage: str) -> Facts:
        """What is left of a lineage's budget."""
        known = lineages.Lineage.of(self.session, an_id(lineage))
        return {"limit": known.limit_bits, "held": known.held, "spent": known.spent}
