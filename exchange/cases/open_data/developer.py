"""The developer of the case: from outside, with a circuit, points, and no row."""

from __future__ import annotations

import json

from zkpipe.exchange.cases.parties import Facts
from zkpipe.exchange.cases.roles import Proposer, an_id, gas_of, hexadecimal
from zkpipe.exchange.clients.facts import row_of, spec_of
from zkpipe.exchange.clients.grants import Grants
from zkpipe.exchange.clients.jobs import Jobs
from zkpipe.exchange.clients.session import new_salt
from zkpipe.exchange.clients.uses.drafts import owner_of, spec_for
from zkpipe.exchange.clients.uses.results import open_result
from zkpipe.exchange.structs import Scheme, Terms

MONTH = 30 * 86_400  # seconds


class Developer(Proposer):
    """Asks for rights, opens jobs, reads answers; and tries what must not work."""

    steps = (
        *(*Proposer.steps, "pay", "request", "ask", "result"),
        *("request_unchecked", "ask_unchecked", "copy_proof"),
    )

    def pay(self, points: int) -> Facts:
        """Let the board lock so many points."""
        board = self.session.manifest.addresses["JobBoard"]
        receipt = self.session.send(
            "Settlement",
            "allow",
            [board, points],
            subject=board.encode() + points.to_bytes(16, "big"),
            effect=lambda block: (
                self.session.call("Settlement", "allowance", self.session.me, board, block=block)
                == points
            ),
        )
        return {"gas": gas_of(receipt)}

    def request(self, lineage: str, circuit: str, uses: int, price: int) -> Facts:
        """Ask for a right."""
        asked = Grants(self.session).request(self._terms(lineage, circuit, uses, price))
        return {"grant": hexadecimal(asked.id), "uses": uses, "price": price}

    def ask(self, grant: str, root: str, question: int) -> Facts:
        """Open a job."""
        spec = spec_for(self.session, an_id(grant), an_id(root), ask=question)
        opened = Jobs(self.session).open(spec)
        return {"job": hexadecimal(opened.id), "ticket": opened.ticket}

    def result(self, job: str) -> Facts:
        """Open the answer; it stays in this folder, and is told since the data are public."""
        self.circuits.adopt(self.session.latest)
        secret = self.home.keys.seal.scalar
        opened = open_result(self.session, self.circuits, an_id(job), secret)
        return {"answer": json.loads(opened.to_bytes())["answer"]}

    # What must not work, past the checks of this program.

    def request_unchecked(self, lineage: str, circuit: str, uses: int) -> Facts:
        """Ask for a right that this program would not ask for."""
        terms = self._terms(lineage, circuit, uses, 0)
        grant = Grants(self.session).id_of(terms)
        self.session.send(
            "UsageGrants",
            "request",
            [terms.as_tuple],
            subject=grant,
            effect=lambda block: (
                self.session.call("UsageGrants", "grant", grant, block=block)[0] != 0
            ),
        )
        return {"grant": hexadecimal(grant)}

    def ask_unchecked(self, grant: str, root: str, question: int) -> Facts:
        """Open a job that this program would not open."""
        spec = spec_for(self.session, an_id(grant), an_id(root), ask=question)
        job = Jobs(self.session).id_of(spec)
        self.session.send(
            "JobBoard",
            "open",
            [spec.as_tuple, Scheme().as_tuple],
            subject=job,
            effect=lambda block: self.session.call("JobBoard", "jobs", job, block=block)[0] != 0,
        )
        return {"job": hexadecimal(job)}

    def copy_proof(self, job: str) -> Facts:
        """Send the owner's proof again, as one's own."""
        state = self.session.latest
        spec = spec_of(state, row_of(state, "jobs", "job", an_id(job)))
        (said,) = [
            event.said
            for event in self.session.index.events_of("JobBoard", "StepProved")
            if event.said["job"] == an_id(job)
        ]
        self.session.send(
            "JobBoard",
            "submit",
            [spec.as_tuple, 0, said["root"], said["proof"], said["results"]],
            subject=an_id(job),
            effect=lambda _: False,
        )
        return {}

    def _terms(self, lineage: str, circuit: str, uses: int, price: int) -> Terms:
        session = self.session
        return Terms(
            board=session.manifest.addresses["JobBoard"],
            grantee=session.me,
            payee=owner_of(session.latest, an_id(lineage)),
            lineage=an_id(lineage),
            circuit=an_id(circuit),
            salt=new_salt(),
            price=price,
            expiry=session.now + MONTH,
            max_uses=uses,
        )
