"""catalogue register, allow, freeze: lineages of an owner."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.commands.exchange.catalogue.data import NODE, OWNER, STATUS
from zkpipe.cli.commands.exchange.identifiers import ID, shown_id
from zkpipe.cli.commands.exchange.uses.approvers_file import read_approvers
from zkpipe.cli.commands.exchange.working import working, works
from zkpipe.cli.console.answer import Answer, table
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.piped import SOURCE, Piped

if TYPE_CHECKING:
    from zkpipe.exchange.clients.uses.approvers import Approvers
    from zkpipe.ground.files.strict_json import Json

READ = 1 << 16  # bytes of a policy


@command(
    "register",
    example=f"zkpipe catalogue register policy.json --schema schema.json {OWNER} {NODE}\n"
    f"zkpipe catalogue register shared.json --schema schema.json --approvers approvers.json "
    f"{OWNER} {NODE}",
    status=STATUS,
)
@click.argument("policy", metavar="POLICY.json", type=SOURCE)
@click.option("--schema", metavar="FILE", type=FILE, help="The schema, in place of its hash.")
@click.option(
    "--approvers",
    metavar="APPROVERS.json",
    type=SOURCE,
    help="Who approves grants of it, in place of a digest; the owner alone without it.",
)
@click.option(
    "--new-budget",
    is_flag=True,
    help="Register another lineage, although an earlier one of its schema has answered.",
)
@works
def register(
    policy: Path | Piped,
    schema: Path | None,
    approvers: Path | Piped | None,
    new_budget: bool,
    home: Path,
    password_file: Path | Piped | None,
    rpc: str,
) -> Answer:
    """Register a lineage: a table that may be asked, in versions, under a policy that stays.

    POLICY.json holds "format": "zkpipe policy 1", "limitBits", the bits that all answers may tell,
    "floor", the fewest people or firms that a group is answered for, "schemaHash", and "keyed",
    whether each holder has one row. Leave out the last two if you give --schema. The same policy
    again finds the lineage that there is.

    APPROVERS.json holds "format": "zkpipe approvers 1", "members", addresses, and "need", how many
    of them must sign a grant. The policy gets its digest, which stays; give each of them the file.
    The list holds as long as you own the lineage: who owns it next decides alone.
    """
    from zkpipe.exchange.clients.catalogue.lineages import register as register_lineage
    from zkpipe.exchange.struct_files import read_struct, struct_json
    from zkpipe.exchange.structs import Policy
    from zkpipe.ground.files.reading import read_file

    data = read_file(policy, READ)
    if schema is None:
        _require_hash(data, str(policy))
    listed = read_approvers(approvers)
    follow = _of_schema(schema)
    if listed is not None:
        follow["approvers"] = shown_id(listed.digest)
    read = read_struct(Policy, data, str(policy), follow)
    with working(home, password_file, rpc) as session:
        lineage = register_lineage(session, read, approvers=listed, new_budget=new_budget)
        owner = session.me
    facts = struct_json(read)
    return Answer(
        {"lineage": shown_id(lineage), "owner": owner, "policy": facts},  # type: ignore[dict-item] # no number in it has a point
        table(
            [
                ("lineage", shown_id(lineage)),
                ("owner", owner),
                ("schema", facts["schemaHash"]),
                ("budget", f"{read.limit_bits:,} bits"),
                ("floor", read.floor),
                *([] if listed is None else [("approvers", _said(listed))]),
            ]
        ),
    )


def _said(listed: Approvers) -> str:
    return f"{listed.need} of {', '.join(listed.members)}"


def _of_schema(path: Path | None) -> dict[str, Json]:
    """The fields of a policy that follow from a schema."""
    from zkpipe.exchange.tables import Schema

    if path is None:
        return {}
    schema = Schema.load(path)
    return {"schemaHash": shown_id(schema.hash), "keyed": schema.is_keyed}


def _require_hash(data: bytes, name: str) -> None:
    """Raises FormatError for a policy without the hash of a schema."""
    from zkpipe.ground.errors import FormatError
    from zkpipe.ground.files.strict_json import parse_json

    value = parse_json(data, name, limit=READ)
    if isinstance(value, dict) and "schemaHash" not in value:
        raise FormatError(
            f"{name} does not say of which schema the tables are.",
            "Give --schema SCHEMA.json, or write its schemaHash, which `zkpipe catalogue commit` "
            "prints, and keyed.",
        )


@command("allow", example=f"zkpipe catalogue allow LINEAGE CIRCUIT {OWNER} {NODE}", status=STATUS)
@click.argument("lineage", metavar="LINEAGE", type=ID)
@click.argument("circuit", metavar="CIRCUIT", type=ID)
@click.option("--off", is_flag=True, help="Let no more grants of it be approved.")
@works
def allow(
    lineage: bytes,
    circuit: bytes,
    off: bool,
    home: Path,
    password_file: Path | Piped | None,
    rpc: str,
) -> Answer:
    """Let grants of a circuit be approved on a lineage, or no more. Grants that there are go on.

    Look at the circuit before, with `zkpipe catalogue circuit check`: whatever it answers counts
    against the budget in bits, not in what it tells.
    """
    from zkpipe.exchange.clients.catalogue.lineages import allow as allow_circuit

    with working(home, password_file, rpc) as session:
        allow_circuit(session, lineage, circuit, on=not off)
    return Answer(
        {"lineage": shown_id(lineage), "circuit": shown_id(circuit), "allowed": not off},
        table(
            [
                ("lineage", shown_id(lineage)),
                ("circuit", shown_id(circuit)),
                ("allowed", "no" if off else "yes"),
            ]
        ),
    )


@command("freeze", example=f"zkpipe catalogue freeze LINEAGE {OWNER} {NODE}", status=STATUS)
@click.argument("lineage", metavar="LINEAGE", type=ID)
@click.option("--destroy", is_flag=True, help="Erase its rows and keys in this home, and say so.")
@click.option(
    "--also",
    metavar="ROOT",
    type=ID,
    multiple=True,
    help="A segment of it to erase, although this home has not published it itself.",
)
@works
def freeze(
    lineage: bytes,
    destroy: bool,
    also: tuple[bytes, ...],
    home: Path,
    password_file: Path | Piped | None,
    rpc: str,
) -> Answer:
    """End a lineage for good: nobody asks it any more, and no version follows.

    With --destroy the rows and the keys of all its segments are erased in this home, and an entry
    in the ledger says that they are destroyed. That is your word: backups, and copies elsewhere,
    are not seen. Destroy the backups too. Only the node says of a segment that this home has not
    published there itself that it is one of them: it is erased only if you name it with --also.
    """
    from zkpipe.exchange.clients.catalogue import lineages
    from zkpipe.exchange.clients.holdings import Holdings

    if also and not destroy:
        raise click.UsageError("--also goes with --destroy.", click.get_current_context())
    erased: list[bytes] = []
    with working(home, password_file, rpc) as session:
        if destroy:
            erased = lineages.destroy(session, Holdings(session.home), lineage, also)
        else:
            lineages.freeze(session, lineage)
    state = "destroyed" if destroy else "frozen"
    return Answer(
        {
            "lineage": shown_id(lineage),
            "state": state,
            "erased": [shown_id(root) for root in erased],
        },
        table(
            [
                ("lineage", shown_id(lineage)),
                ("state", state),
                *([("erased", f"{len(erased):,} segments' rows and keys")] if destroy else []),
            ]
        ),
    )
