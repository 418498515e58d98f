"""identity new, show, attribute, delegate, transfer: who owns an identity, and who acts for it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.commands.exchange.registries.identity_shown import facts_of, rows_of
from zkpipe.cli.commands.exchange.showing import foreign, foreign_facts, sent_facts, sent_row
from zkpipe.cli.commands.exchange.working import looks, viewing, working, works
from zkpipe.cli.console.answer import Answer, Fact, table
from zkpipe.cli.files.piped import Piped

if TYPE_CHECKING:
    from zkpipe.verifier_contracts import Receipt

OWNER = "--home owner --password-file password --rpc http://127.0.0.1:8545"
NODE = "Exit status 3: no node answers."
KINDS = ("zkpipe/prover", "zkpipe/ledger", "veriKey", "sigAuth")
YEAR = 365 * 86_400  # seconds
NAME, KIND = "zkpipe/name", "zkpipe/kind"  # attributes that `identity new` states
ONE_STEP = (
    "It took effect at once, and only the new owner can hand it back. Delegates of the old owner "
    "no longer act for it."
)
VALID = click.option(
    "--valid",
    metavar="SECONDS",
    type=click.IntRange(1, 100 * 366 * 86_400),
    default=10 * YEAR,
    show_default="ten years",
    help="For how long it counts.",
)


@click.group("identity")
def identity() -> None:
    """Identities (did:ethr): owners, delegates, attributes."""


@command("new", example=f"zkpipe identity new --name Statistics --kind organisation {OWNER}")
@click.option("--name", metavar="TEXT", help="State the attribute zkpipe/name.")
@click.option(
    "--kind",
    type=click.Choice(["person", "organisation", "device"]),
    help="State the attribute zkpipe/kind.",
)
@VALID
@works
def new(
    name: str | None,
    kind: str | None,
    valid: int,
    home: Path,
    password_file: Path | Piped | None,
    rpc: str,
) -> Answer:
    """Show the identity of a home's account, and state what it says of itself.

    Every account is an identity that owns itself, so nothing has to be registered. Attributes
    stand on the chain for everybody and for good: write nothing there that is private. What is
    stated already is not stated again.
    """
    from zkpipe.exchange.clients.identities.changes import set_attribute
    from zkpipe.exchange.clients.identities.identity import did_of, identity_of

    said = [(NAME, name), (KIND, kind)]
    sent: dict[str, Fact] = {}
    rows: list[tuple[str, object]] = []
    with working(home, password_file, rpc) as session:
        for key, text in said:
            if text is None:
                continue
            known = identity_of(session, session.me).attributes
            value, padded = text.encode("utf-8", "replace"), key.encode("ascii").ljust(32, b"\0")
            is_there = any((one.name, one.value) == (padded, value) for one in known)
            if not is_there:
                receipt = set_attribute(session, session.me, key, value, valid)
                sent[key] = sent_facts(receipt)
            rows.append((key, f"{foreign(value)}{' (stated before)' if is_there else ''}"))
        did, account = did_of(session.manifest.chain_id, session.me), session.me
    return Answer(
        {"did": did, "account": account, "stated": sent},
        table([("identity", did), ("account", account), *rows]),
    )


@command("show", example="zkpipe identity show OWNER --home developer --rpc http://127.0.0.1:8545")
@click.argument("did", metavar="DID")
@looks
def show(did: str, home: Path, rpc: str) -> Answer:
    """Show an identity: its owner, its delegates, what it says of itself, and all its changes.

    DID is did:ethr:0xCHAIN:0xADDRESS, an address, or the id of a lineage, whose asset it is then.
    With --json the answer holds the DID document, as resolvers of did:ethr make it. What is said
    on the chain is anyone's word.
    """
    from zkpipe.exchange.clients.identities.identity import identity_of, parse_did

    with viewing(home, rpc) as view:
        found = identity_of(view, parse_did(did, view.manifest.chain_id))
    return Answer(facts_of(found), table(rows_of(found)))


@command(
    "attribute",
    example=f"zkpipe identity attribute OWNER did/svc/Site https://stats.example {OWNER}\n"
    f"zkpipe identity attribute OWNER did/svc/Site https://stats.example --remove {OWNER}",
    status=NODE,
)
@click.argument("did", metavar="DID")
@click.argument("name", metavar="NAME")
@click.argument("value", metavar="VALUE")
@VALID
@click.option("--remove", is_flag=True, help="Withdraw it, at once.")
@works
def attribute(
    did: str,
    name: str,
    value: str,
    valid: int,
    remove: bool,
    home: Path,
    password_file: Path | Piped | None,
    rpc: str,
) -> Answer:
    """State or withdraw an attribute of an identity that the home's account owns.

    NAME has at most 32 characters, such as did/svc/Site or did/pub/Secp256k1/veriKey/hex, which
    resolvers of did:ethr know. VALUE is a text; 0x and hexadecimal digits are bytes. Both stand on
    the chain for everybody and for good, also after --remove. One name may have several values.
    """
    from zkpipe.exchange.clients.identities.changes import remove_attribute, set_attribute
    from zkpipe.exchange.clients.identities.identity import parse_did
    from zkpipe.verifier_contracts.abi import bytes_of

    data = bytes_of(value) if value.startswith("0x") else value.encode("utf-8", "replace")
    if data is None:
        raise click.BadParameter("0x is for hexadecimal digits, two a byte.", param_hint="VALUE")
    with working(home, password_file, rpc) as session:
        address = parse_did(did, session.manifest.chain_id)
        if remove:
            receipt = remove_attribute(session, address, name, data)
        else:
            receipt = set_attribute(session, address, name, data, valid)
    row = (name, "withdrawn" if remove else foreign(data))
    facts: dict[str, Fact] = {"name": name, "value": foreign_facts(data), "removed": remove}
    return _changed(address, facts, [row], receipt)


@command(
    "delegate",
    example="zkpipe identity delegate OWNER zkpipe/prover "
    f"0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf --valid 2592000 {OWNER}",
    status=NODE,
)
@click.argument("did", metavar="DID")
@click.argument("kind", metavar="KIND", type=click.Choice(KINDS))
@click.argument("who", metavar="WHO")
@VALID
@click.option("--remove", is_flag=True, help="End it, at once.")
@works
def delegate(
    did: str,
    kind: str,
    who: str,
    valid: int,
    remove: bool,
    home: Path,
    password_file: Path | Piped | None,
    rpc: str,
) -> Answer:
    """Let another account act for an identity that the home's account owns, or end that.

    A zkpipe/prover accepts jobs and submits proofs for the data of the identity. A zkpipe/ledger
    adds evidence to its assets. veriKey and sigAuth are of did:ethr, and mean nothing to the
    exchange. Name delegates of your own identity, not of your assets: the contracts look there.
    """
    from zkpipe.exchange.clients.identities.changes import add_delegate, remove_delegate
    from zkpipe.exchange.clients.identities.identity import parse_did

    with working(home, password_file, rpc) as session:
        address = parse_did(did, session.manifest.chain_id)
        other = parse_did(who, session.manifest.chain_id)
        if remove:
            receipt = remove_delegate(session, address, kind, other)
        else:
            receipt = add_delegate(session, address, kind, other, valid)
    row = (kind, f"{other}{' (ended)' if remove else ''}")
    facts: dict[str, Fact] = {"kind": kind, "delegate": other, "removed": remove}
    return _changed(address, facts, [row], receipt)


@command(
    "transfer",
    example=f"zkpipe identity transfer LINEAGE 0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf {OWNER}",
    status=NODE,
)
@click.argument("did", metavar="DID")
@click.argument("to", metavar="TO")
@works
def transfer_identity(
    did: str, to: str, home: Path, password_file: Path | Piped | None, rpc: str
) -> Answer:
    """Hand an identity over to another account, such as a data asset that was sold.

    It is one step: it takes effect at once, and only the new owner can hand it back. Check TO.
    Delegates of the old owner lose their effect on it. Grants that are active go on, and pay whom
    their terms name, until the new owner revokes them. Handing over your own identity moves none
    of your assets: hand over each.
    """
    from zkpipe.exchange.clients.identities.changes import hand_over
    from zkpipe.exchange.clients.identities.identity import parse_did

    with working(home, password_file, rpc) as session:
        address = parse_did(did, session.manifest.chain_id)
        other = parse_did(to, session.manifest.chain_id)
        receipt = hand_over(session, address, other)
    rows: list[tuple[str, object]] = [("owner", other), ("note", ONE_STEP)]
    return _changed(address, {"owner": other}, rows, receipt)


def _changed(
    address: str,
    facts: Mapping[str, Fact],
    rows: list[tuple[str, object]] | list[tuple[str, str]],
    receipt: Receipt | None,
) -> Answer:
    return Answer(
        {"identity": address, **facts, **sent_facts(receipt)},
        table([("identity", address), *rows, sent_row(receipt)]),
    )


for made in (new, show, attribute, delegate, transfer_identity):
    identity.add_command(made)
