"""A delivered answer, opened and checked: the lock, the proof, and that the proof is of this job.

    opened = open_result(view, Circuits(home), job, home.keys.seal.scalar)
    opened.to_bytes()               # canonical JSON; private: it holds the answer

The recipient opens it with the home's seal key, the auditor with the key of an epoch. Nothing is
believed that the chain did not prove: the proof is verified again here, under the key that this
home has checked, against words that are built here.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from zkpipe.circuits import Point
from zkpipe.exchange.answers import is_opening, open_answer
from zkpipe.exchange.canonical import written
from zkpipe.exchange.circuits import Total, totals
from zkpipe.exchange.clients.circuits import Circuits
from zkpipe.exchange.clients.facts import row_of
from zkpipe.exchange.clients.uses.drafts import record_in
from zkpipe.exchange.clients.uses.steps import BOARD, Use, use_of
from zkpipe.exchange.clients.view import View
from zkpipe.exchange.errors import AnswerError, UnknownSubjectError
from zkpipe.exchange.ids import results_hash
from zkpipe.exchange.states import JobState
from zkpipe.exchange.struct_files import plain_json
from zkpipe.exchange.tables import Schema
from zkpipe.exchange.tables.columns import Column
from zkpipe.ground.files.strict_json import Json
from zkpipe.prover import Proof, verify
from zkpipe.prover.verifying_key import VerifyingKey
from zkpipe.verifier_contracts import key_digest

FORMAT = "zkpipe answer 1"
MEAN_PLACES = 6  # of a mean, behind the column's own
DIFFERENT = "Ask the node of another party: yours tells another thing than was proved."
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """An answer that was opened. No text of it shows the answer; `to_bytes` does.

    opened_as  recipient or auditor
    answer     of stats {"column": .., "cells": [..]}, of a query {"values": ..}
    """

    use: Use
    opened_as: str
    answer: dict[str, Json]

    def __repr__(self) -> str:
        return f"Opened(0x{self.use.job.hex()})"

    def to_bytes(self) -> bytes:
        """The file: canonical JSON."""
        use, terms = self.use, self.use.terms
        return written(
            {
                "format": FORMAT,
                "chainId": use.chain_id,
                "board": use.board,
                "job": "0x" + use.job.hex(),
                "grant": "0x" + use.grant.hex(),
                "ticket": use.ticket,
                "circuit": "0x" + terms.circuit.hex(),
                "lineage": "0x" + terms.lineage.hex(),
                "segment": "0x" + use.step.root.hex(),
                "ask": str(use.spec.ask),
                "floor": use.floor,
                "resultsHash": "0x" + results_hash(use.results).hex(),
                "openedAs": self.opened_as,
                "answer": self.answer,
            }
        )


def open_result(
    view: View, circuits: Circuits, job: bytes, secret: int, *, as_auditor: bool = False
) -> Opened:
    """Open the answer of a job that is delivered for good.

    circuits    of the home, which has checked the job's circuit
    secret      the scalar of the recipient's key; of the auditor's with as_auditor

    Raises AnswerError if there is no answer yet, or it is not as it was proved; CircuitError if the
    home has not checked the circuit; UnknownSubjectError.
    """
    use = _delivered(view, job)
    _require_key(use, secret, as_auditor)
    assert use.wraps is not None  # noqa: S101 # it is delivered
    if not is_opening(use.results, *use.wraps):
        raise AnswerError("What was delivered does not open the proof's lock.", DIFFERENT)
    if view.call(BOARD, "resultHash", job) != results_hash(use.results):
        raise AnswerError("The results are not those that the board keeps a hash of.", DIFFERENT)
    key = circuits.key(use.terms.circuit).verifying_key
    _verify(view, use, key)
    template = circuits.template(use.terms.circuit)
    assert template.answers is not None  # noqa: S101 # kinds 4 and 5 have answers
    opened = open_answer(secret, use.results, use.wraps[as_auditor], template.answers)
    return Opened(use, "auditor" if as_auditor else "recipient", _said(circuits, use, opened))


def _require_key(use: Use, secret: int, as_auditor: bool) -> None:
    """Raises AnswerError unless the answer is sealed for the key of a secret.

    A wide answer opens under one of 64 other keys, to other values.
    """
    wanted = use.spec.auditor_key if as_auditor else use.spec.opener_key
    if (Point.BASE * secret).y != wanted:
        raise AnswerError(
            "The answer is sealed for another key than this home's.",
            "Give the home that opened the job, or --auditor with the epoch of the council's key.",
        )


def _delivered(view: View, job: bytes) -> Use:
    """The step of a job whose answer was delivered, and is final."""
    final = view.final
    try:
        use = use_of(view.manifest, final, job)
    except UnknownSubjectError:
        row_of(view.index.state, "jobs", "job", job)  # raises if it is not there either
        raise AnswerError(
            "The job is opened, and that is not final yet.", "Wait some blocks, and ask again."
        ) from None
    if use.wraps is not None:
        return use
    if use_of(view.manifest, view.index.state, job).wraps is not None:
        raise AnswerError(
            "The answer is delivered, and that is not final yet.",
            "Wait some blocks, and ask again.",
        )
    words = {
        JobState.OPEN: f"is not proved yet; its prover has until {use.spec.prove_by}",
        JobState.PROVED: f"is proved; its answer must be delivered until {use.spec.deliver_by}",
        JobState.VOID: "ended without a proof",
        JobState.FAILED: "ended without an answer, after its proof",
    }
    raise AnswerError(
        f"The job {words.get(use.state, 'has no answer')}.",
        "Wait for it: zkpipe job monitor."
        if use.state in (JobState.OPEN, JobState.PROVED)
        else "Open another job, if the grant has uses left.",
    )


def _verify(view: View, use: Use, key: VerifyingKey) -> None:
    """Verify the proof that the board took. Raises AnswerError."""
    record = record_in(view.index.final, use.terms.circuit)
    if bytes.fromhex(key_digest(key)) != record.key_digest:
        raise AnswerError("The circuit's key here is not the one that is registered.", DIFFERENT)
    proof = _proof(view, use)
    if not verify(key, proof, use.publics(use.results)):
        raise AnswerError("The proof that the chain tells is not one of this answer.", DIFFERENT)


def _proof(view: View, use: Use) -> Proof:
    """The proof, as the event has it."""
    for event in view.index.events_of(BOARD, "StepProved", first=use.job):
        if event.block <= view.index.final.block and event.said["i"] == use.number:
            a0, a1, x1, x0, y1, y0, c0, c1 = event.said["proof"]
            return Proof((a0, a1), ((x0, x1), (y0, y1)), (c0, c1))
    raise AnswerError("The chain tells no proof of the job.", DIFFERENT)


# What an answer says.


def _said(circuits: Circuits, use: Use, opened: Any) -> dict[str, Json]:
    source = circuits.source(use.terms.circuit)
    if source.name != "stats":
        return {"values": _plain(opened)}
    schema = Schema.of(source.schema)
    column = schema.column(source.column)
    found = zip(_cells(schema), totals(schema, source.column, opened), strict=True)
    cells: list[Json] = [{"cell": cell, **_total(column, total)} for cell, total in found]
    return {"column": column.name, "type": column.type, "cells": cells}


def _cells(schema: Schema) -> Iterator[dict[str, Json]]:
    """The values of the columns that make each cell, in the cells' order."""
    columns = schema.cell_columns
    ranges = [range(column.low, column.high + 1) for column in columns]
    for values in itertools.product(*ranges):
        yield {
            column.name: _value(column, units)
            for column, units in zip(columns, values, strict=True)
        }


def _value(column: Column, units: int) -> Json:
    """A value as tables have it."""
    if column.type == "category":
        return column.values[units]
    if column.type == "bool":
        return bool(units)
    if column.type == "date":
        return (EPOCH + timedelta(days=units)).strftime("%Y-%m-%d")
    if column.type == "time":
        return (EPOCH + timedelta(seconds=units)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _decimal(Fraction(units, 10**column.places), column.places) if column.places else units


def _total(column: Column, total: Total) -> dict[str, Json]:
    """Rows, sum and mean; a silent cell, of fewer units than the floor or of none, has neither.

    Sums of dates and times are of days and of seconds since 1970.
    """
    if total.rows == 0:
        return {"rows": 0, "sum": None, "mean": None}
    mean = _decimal(total.sum / total.rows, column.places + MEAN_PLACES)
    return {"rows": total.rows, "sum": _decimal(total.sum, column.places), "mean": mean}


def _decimal(number: Fraction, places: int) -> str:
    """A number in decimal; what is beyond the places is rounded, half to even."""
    scaled = number * 10**places
    units = round(scaled) if scaled.denominator != 1 else scaled.numerator
    sign, digits = "-" * (units < 0), f"{abs(units):0{places + 1}}"
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def _plain(value: Any) -> Json:
    """Numbers, lists and records as JSON; a tuple is a list."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {part.name: _plain(getattr(value, part.name)) for part in dataclasses.fields(value)}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(entry) for entry in value]
    return plain_json(int(value))
