"""What commands of the exchange have in common: a home, a node, and a session between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zkpipe.cli.commands.exchange.opening import HOME, PASSWORD, opened
from zkpipe.cli.console.progress import progress
from zkpipe.cli.files.piped import Piped

if TYPE_CHECKING:
    from zkpipe.exchange.clients.session import Session
    from zkpipe.exchange.clients.view import View

Function = Callable[..., Any]

MOST_NAMED = 5  # functions of commands that did not end
RPC = click.option(
    "--rpc",
    metavar="URL",
    required=True,
    envvar="ZKPIPE_RPC",
    show_envvar=True,
    help="Of a node, http or https.",
)


def looks(function: Function) -> Function:
    """The options of a command that only reads: it takes no password and sends nothing."""
    wrapped: Function = HOME(RPC(function))
    return wrapped


def works(function: Function) -> Function:
    """The options of a command that signs or sends for the account of a home."""
    wrapped: Function = HOME(PASSWORD(RPC(function)))
    return wrapped


@contextmanager
def viewing(home: Path, rpc: str) -> Iterator[View]:
    """A look at the exchange that a home has joined."""
    from zkpipe.exchange.clients.view import View
    from zkpipe.verifier_contracts import Chain

    with View.of(home, Chain.connect(rpc)) as view, progress("reading the chain"):
        view.index.follow()
        yield view


@contextmanager
def working(home: Path, password_file: Path | Piped | None, rpc: str) -> Iterator[Session]:
    """A session of the account of a home."""
    from zkpipe.exchange.clients.session import Session
    from zkpipe.exchange.clients.view import joined
    from zkpipe.verifier_contracts import Chain

    with opened(home, password_file) as found:
        chain_id = joined(found.documents, home).chain_id
        chain = Chain.connect(rpc, found.account, chain_id=chain_id)
        with Session(found, chain) as session, progress("working with the exchange"):
            _warn_of_unfinished(session)
            yield session


def _warn_of_unfinished(session: Session) -> None:
    """Say what commands began and did not end: any command goes on with it.

    Who runs such a command again later would make the change a second time.
    """
    from zkpipe.exchange.errors import ExchangeWarning

    functions = [one.task.function for one in session.sender.pending() if one.begun]
    if functions:
        ExchangeWarning(
            "unfinished-command",
            f"An earlier command of this home did not end: {', '.join(functions[:MOST_NAMED])}. "
            "What it sent is gone on with now.",
            "Unless this is the same command, look at what it changed before you run it again.",
        ).report()
