"""The story of the case: who does what, in which order, and what must be refused.

An agency publishes two tables. Developers ask them:

- `visits`, of 296 persons: counts and sums of visits to a doctor in six groups. Groups of fewer
  than 20 persons stay silent. An answer costs 168 bits, and the table has 512: the fourth right is
  refused.
- `counties`, of 437 counties: a developer's own score of a county, of 10 bits. The table has 64:
  six uses, not seven.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from zkpipe.exchange.cases.parties import Facts, Party
from zkpipe.exchange.errors import CaseError, RefusedError

DATA = Path(__file__).parent / "data"
SCORE = Path(__file__).parent / "region_score.py"
VISITS_FLOOR, VISITS_BITS = 20, 512
COUNTIES_BITS = 64
VISITS_RIGHTS = 3  # of one use each: what the budget has room for
SCORE_USES = 6
QUESTIONS = (562, 581)  # counties that the developer asks about
PRICE, POINTS = 5, 100
Stage = Callable[[str], AbstractContextManager[None]]


@dataclass
class Told:
    """What happened, for the report: all of it public but the answers, which are of public data."""

    parties: dict[str, Facts] = field(default_factory=dict)
    exchange: Facts = field(default_factory=dict)
    circuits: dict[str, Facts] = field(default_factory=dict)
    tables: dict[str, Facts] = field(default_factory=dict)
    rights: list[Facts] = field(default_factory=list)
    uses: list[Facts] = field(default_factory=list)
    refusals: list[Facts] = field(default_factory=list)
    audit: Facts = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


class Story:
    """The case, step by step. `stage` is given the title of each part, and is entered for it."""

    def __init__(self, parties: Mapping[str, Party], folder: Path, stage: Stage) -> None:
        self.council, self.owner, self.developer, self.auditor = (
            parties[name] for name in ("council", "owner", "developer", "auditor")
        )
        self._parties, self._folder, self._stage = parties, folder, stage
        self.told = Told()

    def accounts(self) -> list[str]:
        """The accounts, which need ether before `run`."""
        for name, party in self._parties.items():
            self.told.parties[name] = party.do("account")
        return [facts["account"] for facts in self.told.parties.values()]

    def run(self, depth: int) -> Told:
        """All of it. Raises CaseError if something is accepted that must be refused, or refused."""
        parts = {
            "the council deploys the exchange": lambda: self._deploy(depth),
            "circuits are checked, proposed and approved": self._propose,
            "the agency publishes two tables": self._publish,
            "the developer asks for rights": self._grant,
            "answers are proved, delivered and opened": self._use,
            "what must be refused is refused": self._refuse,
            "the auditor checks everything": self._audit,
        }
        for title, part in parts.items():
            started = time.perf_counter()
            with self._stage(title):
                part()
            self.told.seconds[title] = time.perf_counter() - started
        return self.told

    def _deploy(self, depth: int) -> None:
        key = self.auditor.do("key")["y"]
        self.told.exchange = self.council.do("deploy", auditor_key=key, depth=depth)
        self.told.exchange["depth"] = depth
        self.council.do("open")
        manifest = self.told.exchange["manifest"]
        for name in ("owner", "developer", "auditor"):
            self._parties[name].do("join", manifest=manifest)
        self.council.do("issue", to=self.told.parties["developer"]["account"], points=POINTS)

    def _propose(self) -> None:
        schema = DATA / "visits.schema.json"
        circuits = self.told.circuits
        circuits["register"] = self.owner.do("propose", circuit="register", name="register")
        stats = f"stats:{schema}:visits"
        circuits["visits"] = self.owner.do("propose", circuit=stats, name="visits")
        score = self.developer.do("propose", circuit=str(SCORE), name="region_score")
        circuits["region_score"] = score
        for circuit in circuits.values():
            self.council.do("approve", circuit=circuit["circuit"])
        visits = circuits["visits"]
        self.owner.do("check", circuit=str(SCORE), key=score["key"], name="region_score")
        self.developer.do("check", circuit=stats, key=visits["key"], name="visits")

    def _publish(self) -> None:
        limits = {"visits": (VISITS_FLOOR, VISITS_BITS), "counties": (0, COUNTIES_BITS)}
        for name, (floor, bits) in limits.items():
            self.told.tables[name] = self.owner.do(
                "publish",
                data=str(DATA / f"{name}.csv"),
                schema=str(DATA / f"{name}.schema.json"),
                floor=floor,
                limit_bits=bits,
            )
        for table, circuit in (("visits", "visits"), ("counties", "region_score")):
            self.owner.do("allow", lineage=self._lineage(table), circuit=self._circuit(circuit))

    def _grant(self) -> None:
        self.developer.do("pay", points=POINTS)
        for _ in range(VISITS_RIGHTS):
            self._right("visits", "visits", 1)
        self._right("counties", "region_score", SCORE_USES)

    def _right(self, table: str, circuit: str, uses: int) -> None:
        right = self.developer.do(
            "request",
            lineage=self._lineage(table),
            circuit=self._circuit(circuit),
            uses=uses,
            price=PRICE,
        )
        approval = self.owner.do("approve", grant=right["grant"])
        bits = self.told.circuits[circuit]["leak_bits"] * uses
        self.told.rights.append(
            {**right, **approval, "table": table, "circuit": circuit, "bits": bits}
        )

    def _use(self) -> None:
        first, *_, last = self.told.rights
        asked = [(first, 0), *((last, county) for county in QUESTIONS)]
        for right, question in asked:
            root = self.told.tables[right["table"]]["segments"][0]["root"]
            job = self.developer.do("ask", grant=right["grant"], root=root, question=question)
            if not self.told.uses:
                self._expect(
                    "AnswerError",
                    "the developer",
                    "reads an answer before it is given",
                    "no proof is on the chain yet, so there is nothing to open",
                    partial(self.developer.do, "result", job=job["job"]),
                )
            served = self.owner.do("serve")
            if served["left"]:
                raise CaseError(f"The owner could not serve {served['left']}.", "See its log.")
            answer = self.developer.do("result", job=job["job"])
            self.told.uses.append(
                {
                    **job,
                    **served,
                    **answer,
                    "question": question,
                    "table": right["table"],
                    "circuit": right["circuit"],
                    "grant": right["grant"],
                }
            )

    def _refuse(self) -> None:
        developer, told = self.developer, self.told
        visits, counties = self._lineage("visits"), self._lineage("counties")
        stats, score = self._circuit("visits"), self._circuit("region_score")
        fourth = developer.do("request_unchecked", lineage=visits, circuit=stats, uses=1)
        self._expect(
            "LeakageBudgetExceeded",
            "the agency",
            "approves a fourth right to 168 of 512 bits",
            "three rights hold 504 of the 512 bits",
            lambda: self.owner.do("approve", grant=fourth["grant"]),
        )
        seventh = developer.do("request_unchecked", lineage=counties, circuit=score, uses=1)
        self._expect(
            "LeakageBudgetExceeded",
            "the agency",
            "approves a seventh use of 10 of 64 bits",
            "six uses hold 60 of the 64 bits",
            lambda: self.owner.do("approve", grant=seventh["grant"]),
        )
        self._expect(
            "TermsError",
            "the developer",
            "asks for the score of counties on the table of visits",
            "the computation reads a table with other columns",
            lambda: developer.do("request", lineage=visits, circuit=score, uses=1, price=PRICE),
        )
        root = told.tables["visits"]["segments"][0]["root"]
        used = told.rights[0]["grant"]
        self._expect(
            "GrantExhausted",
            "the developer",
            "uses a right to one answer twice",
            "its one use was proved",
            lambda: developer.do("ask_unchecked", grant=used, root=root, question=0),
        )
        self._expect(
            "NotAllowed",
            "the developer",
            "sends the agency's proof as his own",
            "the job names the agency as its prover; a proof names who sends it, too",
            lambda: developer.do("copy_proof", job=told.uses[0]["job"]),
        )

    def _audit(self) -> None:
        bundle = str(self._folder / "bundle")
        keys = [circuit["key"] for circuit in self.told.circuits.values()]
        exported = self.auditor.do("export", bundle=bundle, keys=keys)
        verified = self.auditor.do("verify", bundle=bundle, anchor=exported["anchor"])
        self.told.audit = {
            **exported,
            **verified,
            "bundle": bundle,
            "seconds": exported["seconds"] | verified["seconds"],
        }
        visits = self.told.circuits["visits"]
        self.auditor.do("check", circuit=visits["source"], key=visits["key"], name="visits")
        opened = self.auditor.do("open", job=self.told.uses[0]["job"])
        if opened["answer"] != self.told.uses[0]["answer"]:
            raise CaseError("The auditor reads another answer than the developer.", "Report it.")
        for use in self.told.uses:
            use["gas"] = self.auditor.do("gas", job=use["job"])
        for name in self.told.tables:
            self.told.tables[name]["budget"] = self.owner.do("budget", lineage=self._lineage(name))

    def _expect(self, name: str, who: str, what: str, why: str, attempt: Callable[[], Any]) -> None:
        """Somebody tries something, which must be refused by an error of this name.

        why  it must be, in words for a manager
        """
        try:
            attempt()
        except RefusedError as error:
            if error.name == name:
                self.told.refusals.append(
                    {"who": who, "what": what, "name": name, "why": why, "problem": error.problem}
                )
                return
            raise
        raise CaseError(f"Nothing was refused when {who} {what}.", "Report it.")

    def _lineage(self, table: str) -> str:
        return str(self.told.tables[table]["lineage"])

    def _circuit(self, name: str) -> str:
        return str(self.told.circuits[name]["circuit"])
