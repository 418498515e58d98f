"""catalogue search, show, diff: what there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zkpipe.cli.command import command
from zkpipe.cli.commands.exchange.catalogue.data import NODE, STATUS
from zkpipe.cli.commands.exchange.identifiers import ID, shown_id
from zkpipe.cli.commands.exchange.working import looks, viewing
from zkpipe.cli.console.answer import NO, YES, Answer, Fact, table

if TYPE_CHECKING:
    from zkpipe.exchange.clients.catalogue.looking import Found

SHOWN = {
    "lineage": ("state", "owner", "schema_hash", "head", "limit_bits", "held", "spent", "floor"),
    "circuit": ("state", "kind", "developer", "schema_hash", "leak_bits", "floor_safe"),
    "segment": ("lineage", "added", "withdrawn", "rows", "units", "replaces"),
}
NAMES = {
    "schema_hash": "schema",
    "limit_bits": "budget",
    "leak_bits": "bits",
    "head": "version",
    "floor_safe": "keeps floors",
}
UNKNOWN = (
    "A column's name is found only if this home has the schema. `zkpipe catalogue circuit check` "
    "of a circuit with the schema in its name, such as stats, keeps it there."
)


@command(
    "search",
    example=f"zkpipe catalogue search visits --home developer {NODE}",
    status=f"Exit status 1: nothing has the word. {STATUS}",
)
@click.argument("word", metavar="WORD", type=str)
@looks
def search(word: str, home: Path, rpc: str) -> Answer:
    """List the lineages and circuits that have a word: in an id, an account, a state, or a schema.

    The chain has digests of schemas only. The names of columns are found in schemas that the home
    has, by a commitment or a circuit.
    """
    from zkpipe.exchange.clients.catalogue.looking import search as find

    with viewing(home, rpc) as view:
        found = find(view, word)
    rows = [(one.kind, f"{one.id}, {one.facts['state']}") for one in found]
    return Answer(
        {"found": [_facts(one) for one in found]},
        table(rows or [("found", "nothing"), ("note", UNKNOWN)]),
        status=YES if found else NO,
    )


@command("show", example=f"zkpipe catalogue show LINEAGE --home developer {NODE}", status=STATUS)
@click.argument("which", metavar="ID", type=ID)
@looks
def show(which: bytes, home: Path, rpc: str) -> Answer:
    """Show a lineage with its segments, a circuit, or a segment."""
    from zkpipe.exchange.clients.catalogue.looking import show as find

    with viewing(home, rpc) as view:
        found = find(view, which)
    return Answer(_facts(found), table(_rows(found)))


@command(
    "diff", example=f"zkpipe catalogue diff LINEAGE 0 1 --home developer {NODE}", status=STATUS
)
@click.argument("lineage", metavar="ID", type=ID)
@click.argument("first", metavar="V", type=click.IntRange(0, (1 << 32) - 1))
@click.argument("second", metavar="W", type=click.IntRange(0, (1 << 32) - 1))
@looks
def diff(lineage: bytes, first: int, second: int, home: Path, rpc: str) -> Answer:
    """List the segments that version W of a lineage has and version V has not, and the other way.

    Version 0 is the lineage before anything was published.
    """
    from zkpipe.exchange.clients.catalogue.looking import diff as compare

    with viewing(home, rpc) as view:
        found = compare(view, lineage, first, second)
    return Answer(
        {
            "lineage": shown_id(lineage),
            "from": first,
            "to": second,
            "added": [dict(row) for row in found.added],
            "removed": [dict(row) for row in found.removed],
        },
        table(
            [
                *(("+", f"{row['root']}, {row['rows']:,} rows") for row in found.added),
                *(("-", f"{row['root']}, {row['rows']:,} rows") for row in found.removed),
            ]
            or [("same", f"versions {first} and {second} hold the same segments")]
        ),
    )


def _facts(found: Found) -> Mapping[str, Fact]:
    return {"kind_of_entry": found.kind, "id": found.id, **found.facts}


def _rows(found: Found) -> Sequence[tuple[str, object]]:
    facts: Mapping[str, Any] = found.facts
    rows: list[tuple[str, object]] = [(found.kind, found.id)]
    rows += [(NAMES.get(name, name), _said(facts[name])) for name in SHOWN[found.kind]]
    if found.kind == "lineage":
        rows.append(("approvers", _approvers(facts["approved_by"], facts["approvers"])))
    rows += [
        ("segment", f"{one['root']}, {one['rows']:,} rows, since version {one['added']}")
        for one in facts.get("segments", ())
    ]
    rows += [("allowed", circuit) for circuit in facts.get("allowed", ())]
    return rows


def _said(fact: object) -> object:
    if isinstance(fact, bool):
        return "yes" if fact else "no"
    return fact


def _approvers(by: Mapping[str, Any] | None, digest: str) -> str:
    if by is None:
        return f"a list that this home lacks, of the digest {digest}: its owner has it"
    return f"{by['need']} of {', '.join(by['members'])}"
