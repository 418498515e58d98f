"""settle issue, allow, balance: points."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.commands.exchange.parties.deciding import Asked, Call, decides
from zkpipe.cli.commands.exchange.showing import number, sent_facts
from zkpipe.cli.commands.exchange.working import looks, viewing, working, works
from zkpipe.cli.console.answer import NO, YES, Answer, table
from zkpipe.cli.files.piped import Piped

if TYPE_CHECKING:
    from zkpipe.exchange.clients.view import View

NODE = "http://127.0.0.1:8545"
MEMBER = f"--home member --password-file password --rpc {NODE}"
DEVELOPER = f"--home developer --password-file password --rpc {NODE}"
MOST = (1 << 128) - 1


@click.group("settle")
def settle() -> None:
    """Points: the council issues them, users allow a board to lock them, providers earn them."""


@command(
    "issue",
    example=f"zkpipe settle issue DEVELOPER 1000 --action issue.json {MEMBER}\n"
    f"zkpipe settle issue DEVELOPER 1000 {MEMBER}",
    status="Exit status 1: too few have signed it; 3: no node answers.",
)
@click.argument("to", metavar="TO")
@click.argument("n", metavar="N", type=click.IntRange(1, MOST))
@decides
def issue(to: str, n: int, asked: Asked) -> Answer:
    """Issue N points to an account, for the council.

    If the account of the home is the only one that must sign, it signs and sends at once.
    Otherwise write what is to be signed with --action, and give the signatures here. A command
    that was interrupted is gone on with when it runs again; after it has ended, the same command
    issues as many points once more.
    """

    def call(view: View) -> Call:
        from zkpipe.exchange.clients.identities.identity import parse_did

        return Call("Settlement", "issue", (parse_did(to, view.manifest.chain_id), n))

    return asked.decided(call)


@command(
    "allow",
    example=f"zkpipe settle allow 500 {DEVELOPER}",
    status="Exit status 3: no node answers.",
)
@click.argument("n", metavar="N", type=click.IntRange(0, MOST))
@works
def allow(n: int, home: Path, password_file: Path | Piped | None, rpc: str) -> Answer:
    """Let JobBoard lock N points of the home's account from now on, for jobs that it opens.

    N takes the place of what was allowed before, and falls with each job. 0 ends it.
    """
    from zkpipe.exchange.clients.settlement import allow as let

    with working(home, password_file, rpc) as session:
        receipt = let(session, n)
        account = session.me
    done = "it was so already" if receipt is None else f"transaction {receipt.transaction_hash}"
    return Answer(
        {"account": account, "allowed": number(n), **sent_facts(receipt)},
        f"JobBoard may lock {n:,} points of {account}: {done}.",
    )


@command(
    "balance",
    example=f"zkpipe settle balance --home developer --rpc {NODE}\n"
    f"zkpipe settle balance DEVELOPER --home owner --rpc {NODE}",
    status="Exit status 1: all points together are not what was issued; 3: no node answers.",
)
@click.argument("address", metavar="[ADDRESS]", required=False)
@looks
def balance(address: str | None, home: Path, rpc: str) -> Answer:
    """Show the points of an account, of the home's if no ADDRESS is given.

    All balances and all escrows are added up, and compared with what the contract has issued.
    Only boards that the council lists or has listed are told of what was earned: anyone can pay
    himself through a board of his own.
    """
    from zkpipe.exchange.clients.identities.identity import parse_did
    from zkpipe.exchange.clients.settlement import points_of
    from zkpipe.exchange.home import Header

    own = Header.load(home).address
    with viewing(home, rpc) as view:
        who = own if address is None else parse_did(address, view.manifest.chain_id)
        found = points_of(view, who)
        names = {value: name for name, value in view.manifest.addresses.items()}

    def named(board: str) -> str:
        return names.get(board, board)

    locked = sum(one.points for one in found.escrows)
    sums = "as many as were issued" if found.is_whole else f"NOT the {found.issued:,} issued"
    return Answer(
        {
            "account": who,
            "block": found.block,
            "balance": number(found.balance),
            "allowed": {board: number(points) for board, points in found.allowed.items()},
            "escrows": [
                {"board": one.board, "key": one.key, "points": number(one.points)}
                for one in found.escrows
            ],
            "earned": {board: number(points) for board, points in found.earned.items()},
            "issued": number(found.issued),
            "counted": number(found.counted),
            "whole": found.is_whole,
        },
        table(
            [
                ("account", who),
                ("balance", f"{found.balance:,}"),
                *((f"{named(b)} may lock", f"{n:,}") for b, n in found.allowed.items()),
                ("locked", f"{locked:,} in {len(found.escrows):,} jobs"),
                *((f"earned by {named(b)}", f"{n:,}") for b, n in found.earned.items()),
                ("all accounts", f"{found.counted:,} points, {sums}"),
            ]
        ),
        YES if found.is_whole else NO,
    )


for made in (issue, allow, balance):
    settle.add_command(made)
