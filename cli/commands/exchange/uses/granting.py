"""grant request, approve, revoke, close, list: rights to one computation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.commands.exchange.identifiers import ID, shown_id
from zkpipe.cli.commands.exchange.parties.deciding import Asked, Call, decides
from zkpipe.cli.commands.exchange.showing import moment
from zkpipe.cli.commands.exchange.uses.approvers_file import read_approvers
from zkpipe.cli.commands.exchange.working import looks, viewing, working, works
from zkpipe.cli.console.answer import Answer, Fact, table
from zkpipe.cli.files.piped import SOURCE, Piped

if TYPE_CHECKING:
    from zkpipe.exchange.clients.grants import Listed
    from zkpipe.exchange.clients.uses.approvers import Approvers
    from zkpipe.exchange.clients.view import View

READ = 1 << 20  # bytes of the files of these commands
NODE = "Exit status 1: the contracts refuse it; 3: no node answers."
OWN = "--password-file password --rpc http://127.0.0.1:8545"
APPROVERS = click.option(
    "--approvers",
    metavar="APPROVERS.json",
    type=SOURCE,
    help="The list of the lineage's policy, where the owner does not decide alone.",
)


@click.group("grant")
def grant() -> None:
    """Rights to one computation: asked for, approved, revoked and closed."""


@command("request", example=f"zkpipe grant request terms.json --home developer {OWN}", status=NODE)
@click.argument("terms", metavar="TERMS.json", type=SOURCE)
@works
def request(
    terms: Path | Piped, home: Path, password_file: Path | Piped | None, rpc: str
) -> Answer:
    """Ask for a grant: one circuit, on one lineage, a number of times.

    TERMS.json has lineage, circuit, price, expiry and maxUses. The rest follows from the exchange:
    grantee is the account of the home, payee the lineage's owner. What the contracts would refuse
    later is refused now. Nothing is held or paid before the owner approves.
    """
    from zkpipe.exchange.clients.grants import Grants
    from zkpipe.exchange.clients.uses.drafts import drafting, terms_in
    from zkpipe.exchange.structs import Terms
    from zkpipe.ground.files.reading import read_file

    data = read_file(terms, READ)
    with (
        working(home, password_file, rpc) as session,
        drafting(session, Terms, data, lambda: terms_in(session, data, str(terms))) as made,
    ):
        asked = Grants(session).request(made)
    facts: dict[str, Fact] = {
        "grant": shown_id(asked.id),
        "lineage": shown_id(made.lineage),
        "circuit": shown_id(made.circuit),
        "maxUses": made.max_uses,
        "price": str(made.price),
        "expiry": made.expiry,
        "payee": made.payee,
        "warnings": list(asked.warnings),
    }
    rows: list[tuple[str, object]] = [
        ("grant", shown_id(asked.id)),
        ("uses", f"{made.max_uses}, {made.price} points each"),
        ("note", "The lineage's approvers decide next: zkpipe grant approve."),
    ]
    return Answer(facts, table([*rows, *(("warning", one) for one in asked.warnings)]))


@command(
    "approve",
    example=f"zkpipe grant approve GRANT --home owner {OWN}\n"
    f"zkpipe grant approve GRANT --action action.json --approvers approvers.json "
    f"--home owner {OWN}\n"
    f"zkpipe grant approve GRANT owner.json member.json --approvers approvers.json "
    f"--home owner {OWN}",
    status=NODE,
)
@click.argument("grant_id", metavar="GRANT", type=ID)
@APPROVERS
@decides
def approve(grant_id: bytes, approvers: Path | Piped | None, asked: Asked) -> Answer:
    """Make a grant live, as one who may or with the signatures of those who may.

    An owner who decides alone gives GRANT alone. Where several approve, --action writes what each
    signs with `zkpipe exchange sign`; anyone then gives the signatures. Once the grant is live, the
    bits of all its uses are held from the lineage's budget.
    """
    known = read_approvers(approvers)
    return asked.decided(lambda view: _approval(view, grant_id, known))


def _approval(view: View, grant_id: bytes, known: Approvers | None) -> Call:
    from zkpipe.exchange.clients.facts import row_of
    from zkpipe.exchange.clients.grants import APPROVE, approval
    from zkpipe.exchange.states import GrantState

    arguments = approval(view, grant_id, known)
    state = row_of(view.index.state, "grants", "grant", grant_id)["state"]
    is_done = state in (GrantState.ACTIVE, GrantState.EXHAUSTED)
    return Call(*APPROVE, arguments, "The grant is approved already." if is_done else "")


@command("revoke", example=f"zkpipe grant revoke GRANT --home owner {OWN}", status=NODE)
@click.argument("grant_id", metavar="GRANT", type=ID)
@APPROVERS
@works
def revoke(
    grant_id: bytes,
    approvers: Path | Piped | None,
    home: Path,
    password_file: Path | Piped | None,
    rpc: str,
) -> Answer:
    """End a grant at once, as the lineage's owner or one of its approvers.

    Open jobs that are not proved cannot be proved any more. Answers that were given stay given.
    """
    from zkpipe.exchange.clients.grants import Grants

    known = read_approvers(approvers)
    with working(home, password_file, rpc) as session:
        Grants(session).revoke(grant_id, known)
    return _done(grant_id, "Revoked", "When no job is open, close it: its bits are free again.")


@command("close", example=f"zkpipe grant close GRANT --home owner {OWN}", status=NODE)
@click.argument("grant_id", metavar="GRANT", type=ID)
@works
def close(grant_id: bytes, home: Path, password_file: Path | Piped | None, rpc: str) -> Answer:
    """Close a grant that is used up, revoked or expired: its unspent bits are free again.

    Anyone may, once no job under it is open.
    """
    from zkpipe.exchange.clients.grants import Grants

    with working(home, password_file, rpc) as session:
        Grants(session).close(grant_id)
    return _done(grant_id, "Closed", "The bits that no use spent are free again.")


@command(
    "list",
    example="zkpipe grant list --home owner --rpc http://127.0.0.1:8545",
    status="Exit status 3: no node answers.",
)
@click.option("--all", "all_", is_flag=True, help="Those of others, too.")
@looks
def list_(all_: bool, home: Path, rpc: str) -> Answer:
    """List the grants that the account of a home asked for or decides on, and the uses left."""
    from zkpipe.exchange.clients.grants import listed
    from zkpipe.exchange.home import Header

    with viewing(home, rpc) as view:
        found = listed(view, None if all_ else Header.load(home).address)
    text = "\n\n".join(table(_rows(one)) for one in found) or "There is none."
    return Answer({"grants": [_facts(one) for one in found]}, text)


def _facts(one: Listed) -> dict[str, Fact]:
    terms = one.terms
    return {
        "grant": shown_id(one.id),
        "state": one.state.name.capitalize(),
        "expired": one.is_expired,
        "lineage": shown_id(terms.lineage),
        "circuit": shown_id(terms.circuit),
        "owner": one.owner,
        "grantee": terms.grantee,
        "payee": terms.payee,
        "maxUses": terms.max_uses,
        "used": one.used,
        "open": one.open,
        "left": one.left,
        "price": str(terms.price),
        "expiry": terms.expiry,
        "version": terms.version,
    }


def _rows(one: Listed) -> list[tuple[str, object]]:
    terms = one.terms
    state = one.state.name.capitalize() + (", expired" if one.is_expired else "")
    return [
        ("grant", shown_id(one.id)),
        ("state", state),
        ("uses", _uses(one)),
        ("price", f"{terms.price} points each, to {terms.payee}"),
        ("lineage", shown_id(terms.lineage)),
        ("circuit", shown_id(terms.circuit)),
        ("grantee", terms.grantee),
        ("expiry", f"{moment(terms.expiry)} ({terms.expiry})"),
    ]


def _uses(one: Listed) -> str:
    from zkpipe.exchange.states import GrantState

    if one.state is GrantState.APPLIED:
        return f"{one.terms.max_uses} asked for"
    return f"{one.left} of {one.terms.max_uses} left, {one.used} proved, {one.open} open"


def _done(grant_id: bytes, state: str, note: str) -> Answer:
    facts: dict[str, Fact] = {"grant": shown_id(grant_id), "state": state}
    return Answer(facts, table([("grant", shown_id(grant_id)), ("state", state), ("note", note)]))


for _made in (request, approve, revoke, close, list_):
    grant.add_command(_made)
