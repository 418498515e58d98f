"""ledger append, open, confirm, show, lineage: the evidence about an asset."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.commands.exchange.parties.deciding import Asked, Call, decides
from zkpipe.cli.commands.exchange.showing import number, sent_facts, sent_row
from zkpipe.cli.commands.exchange.working import looks, viewing, working, works
from zkpipe.cli.console.answer import NO, YES, Answer, Fact, table
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.piped import Piped

if TYPE_CHECKING:
    from zkpipe.exchange.clients.evidence import Entry
    from zkpipe.exchange.clients.view import View

OWNER = "--home owner --password-file password --rpc http://127.0.0.1:8545"
STAGES = ("collect", "transfer", "store", "process", "use", "share", "destroy")
LEVELS = ("anyone's word", "signed by the owner", "opened", "proved")
NODE = "Exit status 3: no node answers."
BY = click.option(
    "--by", metavar="DID", multiple=True, help="Who shall confirm it; once for each of them."
)
NEED = click.option(
    "--need", metavar="N", type=click.IntRange(1, 100), help="How many of them must. [default: all]"
)


class EntryId(click.ParamType[bytes]):
    """The type of arguments that are ids of entries: 0x and 64 hexadecimal digits."""

    name = "entry"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> bytes:
        """The 32 bytes."""
        from zkpipe.verifier_contracts.abi import bytes_of

        data = bytes_of(value)
        if data is None or len(data) != 32:
            self.fail("An entry's id is 0x and 64 hexadecimal digits.", param, ctx)
        return data


ENTRY = EntryId()


@click.group("ledger")
def ledger() -> None:
    """Evidence about data assets: who did what with them, and what proves it."""


@command(
    "append",
    example=f"zkpipe ledger append LINEAGE collect consent.txt {OWNER}\n"
    f"zkpipe ledger append LINEAGE process method.txt --open-later --by MEMBER {OWNER}",
    status=NODE,
)
@click.argument("asset", metavar="ASSET")
@click.argument("stage", metavar="STAGE", type=click.Choice(STAGES))
@click.argument("file", metavar="FILE", type=FILE)
@click.option(
    "--parent", metavar="ENTRY", type=ENTRY, multiple=True, help="An entry that it follows from."
)
@click.option("--open-later", is_flag=True, help="Salt the digest, so that FILE can be shown.")
@BY
@NEED
@works
def append(
    asset: str,
    stage: str,
    file: Path,
    parent: tuple[bytes, ...],
    open_later: bool,
    by: tuple[str, ...],
    need: int | None,
    home: Path,
    password_file: Path | Piped | None,
    rpc: str,
) -> Answer:
    """Add evidence about an asset: a stage of its life, and the digest of a file that tells of it.

    ASSET is a lineage, an address or a DID; STAGE is collect, transfer, store, process, use, share
    or destroy, in this order, or again from collect. The owner's word, or that of his zkpipe/ledger
    delegate, has level 1 and is chained; anyone else's has level 0.

    Only a digest leaves the home. Without --open-later, whoever can guess the file can check his
    guess. With it, the digest is salted and nobody can; the salt stays in the home and in its
    backups, and `ledger open` shows the file, of at most 32,768 bytes, to everybody.
    """
    from zkpipe.exchange.clients.identities.identity import parse_did
    from zkpipe.exchange.clients.ledger import Note
    from zkpipe.exchange.clients.ledger import append as add
    from zkpipe.exchange.states import Stage

    with working(home, password_file, rpc) as session:
        chain_id = session.manifest.chain_id
        confirmers = _sorted([parse_did(one, chain_id) for one in by])
        note = Note(
            asset=parse_did(asset, chain_id),
            stage=Stage[stage.upper()],
            file=file,
            parents=parent,
            confirmers=tuple(confirmers),
            need=len(confirmers) if need is None else need,
            open_later=open_later,
        )
        made = add(session, note)
    return Answer(
        {
            "entry": f"0x{made.entry.hex()}",
            "asset": note.asset,
            "stage": stage,
            "level": int(made.level),
            "sequence": made.sequence,
            "digest": f"0x{made.digest.hex()}",
            "confirmers": confirmers,
            "need": note.need,
            **sent_facts(made.receipt),
        },
        table(
            [
                ("entry", f"0x{made.entry.hex()}"),
                ("asset", note.asset),
                ("stage", stage),
                ("level", f"{int(made.level)}: {LEVELS[made.level]}"),
                ("digest", f"0x{made.digest.hex()}"),
                *([("confirmed by", f"{note.need} of {', '.join(by)}")] if by else []),
                sent_row(made.receipt),
            ]
        ),
    )


@command("open", example=f"zkpipe ledger open ENTRY method.txt {OWNER}", status=NODE)
@click.argument("entry", metavar="ENTRY", type=ENTRY)
@click.argument("file", metavar="FILE", type=FILE)
@works
def open_entry(
    entry: bytes, file: Path, home: Path, password_file: Path | Piped | None, rpc: str
) -> Answer:
    """Show the file of an entry that was added with --open-later: it has level 2 from then on.

    The whole file stands on the chain then, for everybody and for good.
    """
    from zkpipe.exchange.clients.ledger import open_entry as show_file

    with working(home, password_file, rpc) as session:
        receipt = show_file(session, entry, file)
    return Answer(
        {"entry": f"0x{entry.hex()}", "level": 2, **sent_facts(receipt)},
        table([("entry", f"0x{entry.hex()}"), ("level", f"2: {LEVELS[2]}"), sent_row(receipt)]),
    )


@command(
    "confirm",
    example=f"zkpipe ledger confirm ENTRY --action confirm.json {OWNER}\n"
    f"zkpipe ledger confirm ENTRY confirmed.json {OWNER}",
    status="Exit status 1: too few have signed it; 3: no node answers.",
)
@click.argument("entry", metavar="ENTRY", type=ENTRY)
@BY
@NEED
@decides
def confirm(entry: bytes, by: tuple[str, ...], need: int | None, asked: Asked) -> Answer:
    """Confirm an entry by the signatures of those whom it names.

    Write what they sign with --action, have each sign it with `zkpipe exchange sign`, and give the
    signatures here. The chain has only a digest of who shall confirm. The home that added the
    entry knows them; in another home name them with --by and --need, as they were.
    """

    def call(view: View) -> Call:
        from zkpipe.exchange.clients.identities.identity import parse_did
        from zkpipe.exchange.clients.ledger import confirmers_of, entry_on_chain

        known = entry_on_chain(view, entry)
        named = [parse_did(one, view.manifest.chain_id) for one in by]
        listed = confirmers_of(view, known.signers, named, len(named) if need is None else need)
        already = "The entry is confirmed." if known.is_confirmed else ""
        return Call("EvidenceLedger", "confirm", (entry, *listed), already)

    return asked.decided(call)


@command(
    "show",
    example="zkpipe ledger show LINEAGE --home developer --rpc http://127.0.0.1:8545",
    status="Exit status 1: the entries are not those that the contract's digest is of; 3: no node "
    "answers.",
)
@click.argument("asset", metavar="ASSET")
@looks
def show(asset: str, home: Path, rpc: str) -> Answer:
    """Show the evidence about an asset, and recompute the chain of its entries.

    The head of the chain is recomputed from the entries that the events tell, and compared with
    the one that the contract keeps: so no entry is missing, added or changed.
    """
    from zkpipe.exchange.clients.evidence import evidence_of
    from zkpipe.exchange.clients.identities.identity import parse_did

    with viewing(home, rpc) as view:
        found = evidence_of(view, parse_did(asset, view.manifest.chain_id))
    fits = "as the contract has it" if found.is_whole else "NOT as the contract has it"
    return Answer(
        {
            "asset": found.asset,
            "block": found.block,
            "entries": [_facts(entry) for entry in found.entries],
            "head": f"0x{found.head.hex()}",
            "contract": f"0x{found.told.hex()}",
            "length": number(found.length),
            "whole": found.is_whole,
        },
        table(
            [
                ("asset", found.asset),
                *((_place(entry), _line(entry)) for entry in found.entries),
                ("head", f"0x{found.head.hex()}, recomputed: {fits}"),
            ]
        ),
        YES if found.is_whole else NO,
    )


@command(
    "lineage",
    example="zkpipe ledger lineage LINEAGE --home developer --rpc http://127.0.0.1:8545",
    status=NODE,
)
@click.argument("asset", metavar="ASSET")
@looks
def lineage(asset: str, home: Path, rpc: str) -> Answer:
    """Show what the evidence about an asset follows from, back to the first entries.

    Entries of other assets are among them. Each comes after those that it follows from, and names
    them by their number in this answer.
    """
    from zkpipe.exchange.clients.evidence import lineage_of
    from zkpipe.exchange.clients.identities.identity import parse_did

    with viewing(home, rpc) as view:
        address = parse_did(asset, view.manifest.chain_id)
        found = lineage_of(view, address)
    numbers = {entry.entry: i for i, entry in enumerate(found, 1)}
    rows = [("asset", address)]
    for entry in found:
        of = "" if entry.asset == address else f", of {entry.asset}"
        after = ", ".join(str(numbers[one]) for one in entry.parents if one in numbers)
        follows = f", follows from {after}" if after else ""
        rows.append((str(numbers[entry.entry]), f"{_line(entry)}{of}{follows}"))
    return Answer({"asset": address, "entries": [_facts(entry) for entry in found]}, table(rows))


def _facts(entry: Entry) -> dict[str, Fact]:
    return {
        "entry": f"0x{entry.entry.hex()}",
        "asset": entry.asset,
        "sequence": number(entry.sequence),
        "stage": None if entry.stage is None else entry.stage.name.lower(),
        "level": int(entry.level),
        "digest": f"0x{entry.digest.hex()}",
        "author": entry.author,
        "signers": None if not any(entry.signers) else f"0x{entry.signers.hex()}",
        "confirmed": entry.is_confirmed,
        "parents": [f"0x{one.hex()}" for one in entry.parents],
        "right": entry.is_right,
    }


def _place(entry: Entry) -> str:
    return f"entry {entry.sequence}" if entry.sequence else "not chained"


def _line(entry: Entry) -> str:
    stage = "a job's result" if entry.stage is None else entry.stage.name.lower()
    confirmed = ", confirmed" if entry.is_confirmed else ""
    asked = ", to be confirmed" if any(entry.signers) and not confirmed else ""
    return (
        f"{stage}, level {int(entry.level)}: {LEVELS[entry.level]}{confirmed}{asked}, by "
        f"{entry.author}, 0x{entry.entry.hex()}"
    )


def _sorted(addresses: Sequence[str]) -> list[str]:
    return sorted(addresses, key=lambda one: int(one, 16))


for made in (append, open_entry, confirm, show, lineage):
    ledger.add_command(made)
