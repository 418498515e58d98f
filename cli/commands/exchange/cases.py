"""case open-data: a whole exchange on real data, from the first contract to the audit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.console.answer import Answer, table
from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.words import FILE

if TYPE_CHECKING:
    from zkpipe.exchange.cases.open_data.story import Told


@command(
    "open-data",
    example="zkpipe case open-data --out open-data",
    status="Exit status 1: something was accepted that must be refused, or the other way round. "
    "3: no compiler for Solidity, or no node.",
)
@click.option(
    "--out",
    metavar="DIR",
    type=FILE,
    default=Path("open-data"),
    show_default=True,
    help="Folder for the report, the evidence and the parties' homes; new or empty.",
)
@click.option(
    "--rpc",
    metavar="URL",
    help="Of a development node; each party is then a process. Without it, an embedded chain.",
)
@click.option(
    "--depth",
    metavar="N",
    type=click.IntRange(0, 100),
    default=0,
    show_default=True,
    help="Blocks above a block that make it final; the node must mine them by itself.",
)
def open_data(out: Path, rpc: str | None, depth: int) -> Answer:
    """Two tables of an agency, questions of an outside developer, and an auditor who checks all.

    The agency publishes commitments to 994 rows of a health insurance experiment and to 437
    counties. The developer asks for rights, gets three answers, and is refused whatever goes beyond
    his rights. The auditor exports the evidence and checks it without a node. DIR/report.html tells
    it all. Homes, keys and tables stay in the folders of their parties.
    """
    from zkpipe.exchange.cases.open_data.running import run

    return _answer(out, run(out, progress, rpc, depth))


def _answer(out: Path, told: Told) -> Answer:
    audit = told.audit
    return Answer(
        {
            "report": str(out / "report.html"),
            "bundle": str(out / "bundle"),
            "anchor": audit["anchor"],
            "answers": len(told.uses),
            "proofs": audit["proofs"],
            "refused": [refusal["name"] for refusal in told.refusals],
            "milliseconds": {part: round(1000 * time) for part, time in told.seconds.items()},
        },
        table(
            [
                ("answers", f"{len(told.uses)}, each proved, counted and paid"),
                ("refused", ", ".join(refusal["name"] for refusal in told.refusals)),
                ("audit", f"{audit['proofs']} proofs hold, checked without a node"),
                ("report", out / "report.html"),
                ("check it", f"zkpipe audit verify {out / 'bundle'} --anchor {audit['anchor']}"),
            ]
        ),
    )
