"""job open, expire, result: questions under a grant, from the side of who asks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.commands.exchange.identifiers import ID, shown_id
from zkpipe.cli.commands.exchange.opening import PASSWORD, reading
from zkpipe.cli.commands.exchange.showing import moment
from zkpipe.cli.commands.exchange.uses.granting import NODE, OWN, READ
from zkpipe.cli.commands.exchange.working import looks, working, works
from zkpipe.cli.console.answer import Answer, Fact, table
from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.file_kind import Kind
from zkpipe.cli.files.outputs import outputs
from zkpipe.cli.files.piped import SOURCE, Piped

if TYPE_CHECKING:
    from zkpipe.exchange.clients.session import Session

SECONDS = click.IntRange(300, 31_536_000)
MOST = 1 << 254  # of a question: a field element


@command(
    "open",
    example=f"zkpipe job open --grant GRANT --root ROOT --home developer {OWN}\n"
    f"zkpipe job open job.json --home developer {OWN}",
    status=NODE,
)
@click.argument("job", metavar="[JOB.json]", type=SOURCE, required=False)
@click.option("--grant", "grant_id", metavar="GRANT", type=ID, help="That the job uses.")
@click.option("--root", metavar="ROOT", type=ID, help="Of the segment that is asked.")
@click.option(
    "--ask",
    metavar="N",
    type=click.IntRange(0, MOST - 1),
    default=0,
    help="The question, for a circuit that takes one.",
)
@click.option(
    "--prove-by",
    metavar="SECONDS",
    type=SECONDS,
    default=86_400,
    show_default=True,
    help="From now, until the proof must be on the chain.",
)
@click.option(
    "--deliver-by",
    metavar="SECONDS",
    type=SECONDS,
    default=345_600,
    show_default=True,
    help="From now, until the answer must be delivered.",
)
@click.option(
    "--submitter", metavar="ADDRESS", help="Who proves: the owner's prover; else the owner."
)
@works
def open_(
    job: Path | Piped | None,
    grant_id: bytes | None,
    root: bytes | None,
    ask: int,
    prove_by: int,
    deliver_by: int,
    submitter: str | None,
    home: Path,
    password_file: Path | Piped | None,
    rpc: str,
) -> Answer:
    """Ask a question under a grant: its price is locked until it is answered or its time is over.

    Give --grant and --root, or a file of a job, in which keys, nonce and deadlines may be left out.
    The answer is sealed for the home and for the council's auditor. It is public that you ask, of
    which segment, and when. Whatever happens to this command, run it again: the same words open no
    second job before the first is known to be open.
    """
    from zkpipe.exchange.clients.jobs import Jobs
    from zkpipe.exchange.clients.uses.drafts import Deadlines, drafting, spec_for, spec_in
    from zkpipe.exchange.structs import JobSpec
    from zkpipe.ground.files.reading import read_file

    if (job is None) == (grant_id is None) or (grant_id is None) != (root is None):
        raise click.UsageError(
            "Give a file of a job, or --grant and --root.", click.get_current_context()
        )
    within = Deadlines(prove_by, deliver_by)
    data = b"" if job is None else read_file(job, READ)
    words = repr((data, grant_id, root, ask, prove_by, deliver_by, submitter)).encode()

    def made(session: Session) -> JobSpec:
        if grant_id is None or root is None:
            return spec_in(session, data, str(job), within)
        return spec_for(session, grant_id, root, ask=ask, within=within, submitter=submitter)

    with (
        working(home, password_file, rpc) as session,
        drafting(session, JobSpec, words, lambda: made(session)) as spec,
    ):
        opened = Jobs(session).open(spec)
    step = spec.steps[0]
    facts: dict[str, Fact] = {
        "job": shown_id(opened.id),
        "ticket": opened.ticket,
        "submitter": step.submitter,
        "segment": shown_id(step.root),
        "price": str(step.terms.price),
        "proveBy": spec.prove_by,
        "deliverBy": spec.deliver_by,
        "warnings": list(opened.warnings),
    }
    rows: list[tuple[str, object]] = [
        ("job", shown_id(opened.id)),
        ("use", f"number {opened.ticket} of the grant, {step.terms.price} points"),
        ("prover", step.submitter),
        ("to prove by", moment(spec.prove_by)),
        ("to deliver by", moment(spec.deliver_by)),
        ("note", "Read the answer once it is delivered: zkpipe job result."),
    ]
    return Answer(facts, table([*rows, *(("warning", one) for one in opened.warnings)]))


@command("expire", example=f"zkpipe job expire JOB --home developer {OWN}", status=NODE)
@click.argument("job", metavar="JOB", type=ID)
@works
def expire(job: bytes, home: Path, password_file: Path | Piped | None, rpc: str) -> Answer:
    """End a job that was not proved, or not delivered, in time: its price goes back.

    Anyone may. A use that was proved stays counted.
    """
    from zkpipe.exchange.clients.jobs import Jobs

    with working(home, password_file, rpc) as session:
        state = Jobs(session).expire(job).name.capitalize()
    facts: dict[str, Fact] = {"job": shown_id(job), "state": state}
    return Answer(facts, table([("job", shown_id(job)), ("state", state)]))


@command(
    "result",
    example=f"zkpipe job result JOB answer.json --home developer {OWN}",
    status="Exit status 1: there is no answer yet, or it is not as it was proved; 3: no node "
    "answers.",
)
@click.argument("job", metavar="JOB", type=ID)
@click.argument("answer", metavar="ANSWER.json", type=FILE)
@click.option(
    "--auditor",
    metavar="EPOCH",
    type=click.IntRange(0, (1 << 32) - 1),
    help="Open it as the auditor, with the home's key of this epoch.",
)
@PASSWORD
@looks
def result(
    job: bytes,
    answer: Path,
    auditor: int | None,
    home: Path,
    password_file: Path | Piped | None,
    rpc: str,
) -> Answer:
    """Open the answer of a job, and verify that it is what was proved.

    The home must have checked the job's circuit (zkpipe catalogue circuit check). ANSWER.json is
    for your eyes: only its owner can read the file, and nothing of it is printed.
    """
    from zkpipe.exchange.clients.circuits import Circuits
    from zkpipe.exchange.clients.uses.results import open_result
    from zkpipe.exchange.clients.view import View
    from zkpipe.ground.files.writing import write_file
    from zkpipe.verifier_contracts import Chain

    inputs = [path for path in (password_file,) if path is not None]
    with (
        outputs((answer, Kind.ANSWER), inputs=inputs) as [place],
        reading(home, password_file) as found,
        View.of(home, Chain.connect(rpc)) as view,
        progress("opening the answer"),
    ):
        key = found.keys.seal if auditor is None else found.keys.auditor(auditor)
        opened = open_result(view, Circuits(found), job, key.scalar, as_auditor=auditor is not None)
        write_file(place, opened.to_bytes(), secret=True)
    facts: dict[str, Fact] = {
        "job": shown_id(job),
        "answer": str(answer),
        "openedAs": opened.opened_as,
        "verified": True,
    }
    note = "the lock, the results and the proof are right"
    return Answer(facts, table([("job", shown_id(job)), ("answer", answer), ("verified", note)]))
