"""Terms and jobs from files in which what follows from the exchange may be left out.

    terms_in   Terms: board, grantee, payee and salt may be missing
    spec_in    a JobSpec: opener, nonce, keys and deadlines may be missing; a step may name a grant
    spec_for   a JobSpec of one step, for a grant and a segment

    drafting   the same draft again, until what it is for is done

What is left out is the home's own address and key, what the exchange has, or drawn at random.
Deadlines follow from the chain's time, never from this machine's clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from zkpipe.exchange.clients.facts import id_in, record_of, row_of, terms_of
from zkpipe.exchange.clients.session import Session, new_salt
from zkpipe.exchange.clients.view import View
from zkpipe.exchange.errors import DeadlineError, TermsError
from zkpipe.exchange.index import State
from zkpipe.exchange.struct_files import (
    LIMIT,
    format_of,
    read_struct,
    struct_file,
    struct_in,
    struct_json,
)
from zkpipe.exchange.structs import JobSpec, Record, Step, Struct, Terms
from zkpipe.exchange.words import keccak
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.strict_json import Json, parse_json
from zkpipe.verifier_contracts.errors import RevertError

S = TypeVar("S", Terms, JobSpec)

DRAFT = "draft"  # the kind of a document
DAY = 86_400
PROVE = DAY  # seconds that a prover has
DELIVER = 4 * DAY  # seconds until the answer must be delivered: days, since a validator may wait
SHORTEST = 300  # seconds between deadlines that anybody can keep


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How many seconds from now a job may take.

    prove    until its proof must be on the chain
    deliver  until its answer must be
    """

    prove: int = PROVE
    deliver: int = DELIVER


def owner_of(state: State, lineage: bytes) -> str:
    """Who owns a lineage: its asset's owner. Raises UnknownSubjectError."""
    from eth_utils.address import to_checksum_address

    row_of(state, "lineages", "lineage", lineage)
    asset = str(to_checksum_address(lineage[12:]))
    found = state.row("subjects", asset)
    return asset if found is None else str(found["owner"])


def record_in(state: State, circuit: bytes) -> Record:
    """The record of a circuit. Raises UnknownSubjectError."""
    return record_of(row_of(state, "circuits", "circuit", circuit))


def terms_in(session: Session, data: bytes, name: str) -> Terms:
    """The Terms in the bytes of a file; `name` stands in the errors.

    board is JobBoard, grantee this home, payee the lineage's owner, salt random, if they are
    missing. The same file without a salt is another grant each time.

    Raises FormatError, StructError, UnknownSubjectError.
    """
    value = _object(Terms, data, name)
    value.setdefault("board", session.manifest.addresses["JobBoard"])
    value.setdefault("grantee", session.me)
    value.setdefault("salt", str(new_salt()))
    if "payee" not in value:
        value["payee"] = session.me  # so that the rest is read, and the lineage with it
        lineage = struct_in(Terms, value, name).lineage
        value["payee"] = owner_of(session.latest, lineage)
    return struct_in(Terms, value, name)


def spec_in(session: Session, data: bytes, name: str, within: Deadlines) -> JobSpec:
    """The JobSpec in the bytes of a file; `name` stands in the errors.

    opener and openerKey are this home's, auditorKey the council's, nonce random and the deadlines
    `within`, if they are missing. A step may have `grant`, an id, in place of `terms`; its
    submitter is the lineage's owner if none is named.

    Raises FormatError, StructError, UnknownSubjectError.
    """
    value = _object(JobSpec, data, name)
    state = session.latest
    steps = value.get("steps")
    if isinstance(steps, list):
        value["steps"] = [_step(state, step, f"step {i} of {name}") for i, step in enumerate(steps)]
    now = session.now
    value.setdefault("opener", session.me)
    value.setdefault("nonce", str(new_salt()))
    value.setdefault("openerKey", str(session.home.public.seal.y))
    value.setdefault("auditorKey", str(auditor_key(session)))
    value.setdefault("proveBy", now + within.prove)
    value.setdefault("deliverBy", now + within.deliver)
    return struct_in(JobSpec, value, name)


def spec_for(
    session: Session,
    grant: bytes,
    root: bytes,
    *,
    ask: int = 0,
    within: Deadlines | None = None,
    submitter: str | None = None,
) -> JobSpec:
    """A job of one step, under a grant of this home's and about a segment.

    ask        the question that the circuit takes; 0 for stats
    submitter  who is to prove; without one the lineage's owner

    Raises UnknownSubjectError, StructError.
    """
    state = session.latest
    terms = terms_of(row_of(state, "grants", "grant", grant))
    within, now = within or Deadlines(), session.now
    step = Step(terms=terms, submitter=submitter or owner_of(state, terms.lineage), root=root)
    return JobSpec(
        opener=session.me,
        nonce=new_salt(),
        ask=ask,
        opener_key=session.home.public.seal.y,
        auditor_key=auditor_key(session),
        prove_by=now + within.prove,
        deliver_by=now + within.deliver,
        steps=(step,),
    )


@contextmanager
def drafting(session: Session, cls: type[S], words: bytes, make: Callable[[], S]) -> Iterator[S]:
    """What is asked for, with what was drawn for it, until the block has done it.

    cls    of what `make` makes
    words  what was asked for, byte for byte: the same words get the same draft
    make   makes it anew

    A run that is killed, or gives up waiting, leaves the draft in the home: the next run with the
    same words goes on with it, and nothing is asked for twice. What was refused leaves none.
    """
    documents, name = session.home.documents, keccak(format_of(cls).encode() + words).hex()
    if name in documents.names(DRAFT):
        found = read_struct(cls, documents.get(DRAFT, name), "A draft in the home")
    else:
        found = make()
        documents.put(DRAFT, name, struct_file(found))
    try:
        yield found
    except (TermsError, RevertError, DeadlineError):
        documents.erase(DRAFT, name)
        raise
    documents.erase(DRAFT, name)


def auditor_key(view: View) -> int:
    """The auditor's key of the epoch, as the council set it; a job is pinned to it."""
    return int(view.call("CircuitRegistry", "auditorKey"))


def _step(state: State, value: Json, name: str) -> Json:
    """A step whose terms and submitter are there."""
    if not isinstance(value, dict):
        return value
    step: dict[str, Any] = dict(value)
    if "grant" in step and "terms" not in step:
        grant = step.pop("grant")
        if not isinstance(grant, str):
            raise FormatError(f"grant of {name} is no id.", "Give 0x and 64 hexadecimal digits.")
        terms = terms_of(row_of(state, "grants", "grant", _id(grant, f"grant of {name}")))
        step["terms"] = struct_json(terms)
    if "submitter" not in step and "terms" in step:
        lineage = struct_in(Terms, step["terms"], f"terms of {name}").lineage
        step["submitter"] = owner_of(state, lineage)
    return step


def _id(text: str, name: str) -> bytes:
    try:
        found = id_in(text) if text.startswith("0x") else b""
    except ValueError:
        found = b""
    if len(found) != 32:
        raise FormatError(f"{name} is no id.", "Give 0x and 64 hexadecimal digits.")
    return found


def _object(cls: type[Struct], data: bytes, name: str) -> dict[str, Json]:
    """The fields in a file of a struct, but for its format."""
    value = parse_json(data, name, limit=LIMIT)
    wanted = format_of(cls)
    if not isinstance(value, dict) or value.get("format") != wanted:
        raise FormatError(
            f'{name} does not say "format": "{wanted}".',
            "Give a file of that format; docs/schemas says what it holds.",
        )
    return {key: val for key, val in value.items() if key != "format"}
