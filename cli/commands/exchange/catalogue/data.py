"""catalogue commit, update, publish, verify: an owner's data, as commitments in versions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.commands.exchange.identifiers import ID, shown_id
from zkpipe.cli.commands.exchange.opening import HOME, PASSWORD, opened
from zkpipe.cli.commands.exchange.working import working, works
from zkpipe.cli.console.answer import NO, YES, Answer, table
from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.file_kind import Kind
from zkpipe.cli.files.outputs import outputs
from zkpipe.cli.files.piped import Piped
from zkpipe.cli.machine.warm_up import compile_kernels

if TYPE_CHECKING:
    from zkpipe.exchange.clients.catalogue.descriptions import Description

OWNER = "--home owner --password-file password"
NODE = "--rpc http://127.0.0.1:8545"
STATUS = "Exit status 3: no node answers."
DAY = 86_400  # seconds
READ = 1 << 26  # bytes of a description
DOCUMENT = 1 << 26
IS_ID = re.compile("0x[0-9a-fA-F]{64}")


@command("commit", example=f"zkpipe catalogue commit people.csv schema.json segments.json {OWNER}")
@click.argument("data", metavar="DATA", type=FILE)
@click.argument("schema", metavar="SCHEMA.json", type=FILE)
@click.argument("segments", metavar="SEGMENTS.json", type=FILE)
@click.option(
    "--class",
    "segment_class",
    metavar="N",
    type=click.IntRange(1, 20),
    default=10,
    show_default=True,
    help="A segment has 2^N rows; the circuits must be for it.",
)
@HOME
@PASSWORD
def commit(
    data: Path,
    schema: Path,
    segments: Path,
    segment_class: int,
    home: Path,
    password_file: Path | Piped | None,
) -> Answer:
    """Commit to a table, and describe the commitment for everybody.

    DATA is a CSV or Parquet file, and SCHEMA.json says what its columns are. The rows and the keys
    that open the commitment go into the home, encrypted; keep DATA too, as backups hold the keys
    alone. SEGMENTS.json holds roots, counts and the digests of columns: nothing that is private.
    """
    from zkpipe.exchange.clients.catalogue.committing import commit_data
    from zkpipe.exchange.tables import Schema

    with outputs((segments, Kind.SEGMENTS), inputs=[data, schema]) as [place]:
        read = Schema.load(schema)
        with opened(home, password_file) as found:
            compile_kernels()
            with progress("committing to the data"):
                made = commit_data(found, read, data, segment_class)
        _write(place, made)
    return _described(segments, made)


@command(
    "update",
    example=f"zkpipe catalogue update segments.json gone.csv updated.json {OWNER} {NODE}",
    status=STATUS,
)
@click.argument("segment", metavar="SEGMENT", type=str)
@click.argument("units", metavar="UNITS", type=FILE)
@click.argument("new", metavar="NEW.json", type=FILE)
@works
def update(
    segment: str,
    units: Path,
    new: Path,
    home: Path,
    password_file: Path | Piped | None,
    rpc: str,
) -> Answer:
    """Commit to segments anew without some people or firms, so that they can be published.

    SEGMENT is a description of segments, or the id of a lineage for all that it has now. UNITS is a
    CSV or Parquet file with the column of the units that go. Of the units of a cell none may go, or
    all, or at least the floor; with fewer, two answers would tell what they held. NEW.json
    describes the segments that change. Publish it: until then, the old ones answer.
    """
    from zkpipe.exchange.clients.catalogue.lineages import Lineage
    from zkpipe.exchange.clients.catalogue.looking import lineage_of, roots_now
    from zkpipe.exchange.clients.catalogue.removal import remove_units
    from zkpipe.exchange.clients.holdings import Holdings

    inputs = [units, *([] if IS_ID.fullmatch(segment) else [Path(segment)])]
    with outputs((new, Kind.SEGMENTS), inputs=inputs) as [place]:
        described = None if IS_ID.fullmatch(segment) else _read(Path(segment))
        with working(home, password_file, rpc) as session:
            compile_kernels()
            if described is None:
                lineage = Lineage.of(session, bytes.fromhex(segment[2:]))
                roots = roots_now(session, lineage.id)
            else:
                named = [one.root for one in described.segments]
                lineage = Lineage.of(session, lineage_of(session, named))
                now = set(roots_now(session, lineage.id))
                roots = [root for root in named if root in now]
            holdings = Holdings(session.home)
            schema = holdings.schema(lineage.schema_hash)
            made = remove_units(holdings, roots, units, lineage.floor, schema)
        _write(place, made)
    return _described(new, made)


@command(
    "publish",
    example=f"zkpipe catalogue publish LINEAGE segments.json {OWNER} {NODE}",
    status=STATUS,
)
@click.argument("lineage", metavar="LINEAGE", type=ID)
@click.argument("segments", metavar="[SEGMENTS.json]...", nargs=-1, type=FILE)
@click.option(
    "--withdraw",
    metavar="ROOT",
    type=ID,
    multiple=True,
    help="A segment that answers nobody from now on; may be given several times.",
)
@click.option(
    "--doc", metavar="FILE", type=FILE, help="For people: its digest stands on the chain."
)
@click.option(
    "--days",
    metavar="N",
    type=click.IntRange(1, 366),
    default=7,
    show_default=True,
    help="How long the proofs count: so long a run that was ended can go on.",
)
@works
def publish(
    lineage: bytes,
    segments: tuple[Path, ...],
    withdraw: tuple[bytes, ...],
    doc: Path | None,
    days: int,
    home: Path,
    password_file: Path | Piped | None,
    rpc: str,
) -> Answer:
    """Prove that segments are in order, and publish them as versions of at most 40 each.

    A description by `update` replaces the segments that it names. However the command ends, run it
    again: it goes on where it was, and publishes nothing twice. Rows that were withdrawn may come
    back beside enough new units only. Once a segment has left for good, its rows and its key are
    erased from the home, if this home asked that it leaves. What left otherwise is listed as kept:
    --withdraw ROOT erases it.
    """
    from zkpipe.exchange.clients.catalogue.publishing import Publisher
    from zkpipe.exchange.clients.circuits import Circuits
    from zkpipe.exchange.clients.holdings import Holdings
    from zkpipe.exchange.structs import ZERO
    from zkpipe.exchange.words import keccak
    from zkpipe.ground.files.reading import read_file

    if not segments and not withdraw:
        raise click.UsageError(
            "Give a description of segments, or --withdraw ROOT.", click.get_current_context()
        )
    described = [_read(path) for path in segments]
    document = ZERO if doc is None else keccak(read_file(doc, DOCUMENT))
    with working(home, password_file, rpc) as session:
        compile_kernels()
        held = session.home
        done = Publisher(session, Circuits(held), Holdings(held)).publish(
            lineage, described, withdraw, document=document, lifetime=days * DAY
        )
    return Answer(
        {
            "lineage": shown_id(lineage),
            "version": done.head,
            "calls": done.sent,
            "segments": [shown_id(root) for root in done.added],
            "withdrawn": [shown_id(root) for root in withdraw],
            "kept": [shown_id(root) for root in done.kept],
        },
        table(
            [
                ("lineage", shown_id(lineage)),
                ("version", done.head),
                ("segments", f"{len(done.added):,} of these are in it"),
                ("calls", f"{done.sent:,} in this run"),
                *(("withdrawn", shown_id(root)) for root in withdraw),
                *(("left, and kept here", shown_id(root)) for root in done.kept),
            ]
        ),
    )


@command(
    "verify",
    example=f"zkpipe catalogue verify LINEAGE people.csv {OWNER} {NODE}",
    status="Exit status 1: the lineage holds other rows; 3: no node answers.",
)
@click.argument("lineage", metavar="LINEAGE", type=ID)
@click.argument("data", metavar="DATA...", nargs=-1, required=True, type=FILE)
@works
def verify(
    lineage: bytes, data: tuple[Path, ...], home: Path, password_file: Path | Piped | None, rpc: str
) -> Answer:
    """Compare data with what the newest version of a lineage holds, row by row.

    All DATA together must have its rows, and no others. The roots on the chain are computed again
    from the rows and keys of the home. A home that was restored from a backup gets its rows back:
    give the data as they were committed.
    """
    from zkpipe.exchange.clients.catalogue.verifying import verify as compare

    with working(home, password_file, rpc) as session:
        compile_kernels()
        found = compare(session.home, session.final, lineage, data)
    return Answer(
        {
            "lineage": shown_id(lineage),
            "same": found.same,
            "segments": found.segments,
            "rows": found.rows,
            "data_rows": found.data_rows,
            "other": [shown_id(root) for root in found.other],
            "restored": [shown_id(root) for root in found.restored],
        },
        table(
            [
                ("lineage", shown_id(lineage)),
                ("segments", f"{found.segments:,}, with {found.rows:,} rows"),
                ("data", f"{found.data_rows:,} rows"),
                *([("put back", f"{len(found.restored):,} segments")] if found.restored else []),
                ("same", "yes" if found.same else "NO: the lineage holds other rows"),
            ]
        ),
        status=YES if found.same else NO,
    )


def _read(path: Path) -> Description:
    from zkpipe.exchange.clients.catalogue.descriptions import Description
    from zkpipe.ground.files.reading import read_file

    return Description.from_bytes(read_file(path, READ), str(path))


def _write(place: Path, made: Description) -> None:
    from zkpipe.ground.files.writing import write_file

    write_file(place, made.to_bytes())


def _described(path: Path, made: Description) -> Answer:
    rows, units = (sum(getattr(one, n) for one in made.segments) for n in ("rows", "units"))
    return Answer(
        {
            "segments": str(path),
            "schema": shown_id(made.schema.hash),
            "class": made.segment_class,
            "roots": [shown_id(one.root) for one in made.segments],
            "rows": rows,
            "units": units,
        },
        table(
            [
                ("schema", shown_id(made.schema.hash)),
                ("segments", f"{len(made.segments):,}, of up to 2^{made.segment_class} rows"),
                ("rows", f"{rows:,}, of {units:,} units ({made.schema.unit})"),
                ("description", path),
            ]
        ),
    )
