"""audit serve: the page of an exchange, on this machine."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.commands.exchange.audits.auditing import documents_of, manifest_of
from zkpipe.cli.commands.exchange.working import RPC
from zkpipe.cli.console import signals
from zkpipe.cli.console.answer import NO, Answer, table
from zkpipe.cli.console.log_line import log_line
from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.piped import SOURCE, Piped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zkpipe.exchange.deployment import Manifest
    from zkpipe.exchange.home.documents import Documents
    from zkpipe.exchange.page import Page
    from zkpipe.prover import VerifyingKey
    from zkpipe.verifier_contracts import Chain

EXTRA = ("jinja2", "starlette", "uvicorn")
INDEX = "index.sqlite"
PORT = 8471


@command(
    "serve",
    example="zkpipe audit serve --manifest manifest.json --rpc http://127.0.0.1:8545 --check",
    status="Without --check it serves until a signal (INT, TERM), and then ends with status 0, "
    "also while it starts. Exit status 1: --check found a proof that does not hold; 3: no node "
    "answers.",
)
@click.option("--home", metavar="DIR", type=FILE, help="Home with the manifest, keys and index.")
@click.option("--manifest", metavar="FILE", type=SOURCE, help="Manifest of another exchange.")
@RPC
@click.option("--key", "keys", metavar="FILE", type=SOURCE, multiple=True, help="A verifying key.")
@click.option("--index", metavar="FILE", type=FILE, help="Where the index is kept.")
@click.option("--port", metavar="N", type=click.IntRange(0, 65535), default=PORT, show_default=True)
@click.option("--check", is_flag=True, help="Read the chain, verify every proof, and end.")
def serve(
    home: Path | None,
    manifest: Path | Piped | None,
    rpc: str,
    keys: tuple[Path | Piped, ...],
    index: Path | None,
    port: int,
    check: bool,
) -> Answer:
    """Show an exchange as a page at 127.0.0.1: data sets, grants, jobs, proofs, evidence, points.

    Every proof is verified again while you look: by this program, with the keys that you give or
    that the home has, if the circuit is registered with the key's digest; else by the chain's own
    registry. The page only reads, no other machine can reach it, and it needs no password. It is
    in English and Chinese. Give --home or --manifest. Without --home and --index the chain is read
    anew each time.
    """
    _require_extra()
    with signals.ends_well(serves=not check):
        return _run(home, manifest, rpc, keys, index, port, check)
    return Answer({"served": None}, "It was told to end before it served.")


def _run(
    home: Path | None,
    manifest: Path | Piped | None,
    rpc: str,
    keys: tuple[Path | Piped, ...],
    index: Path | None,
    port: int,
    check: bool,
) -> Answer:
    from zkpipe.exchange.deployment.creation import check_creation
    from zkpipe.prover import VerifyingKey
    from zkpipe.verifier_contracts import Chain

    documents = None if home is None else documents_of(home)
    made = manifest_of(documents, manifest)
    given = [VerifyingKey.load(path) for path in keys]
    if documents is not None:
        given += _kept(documents)
    with ExitStack() as stack:
        with progress("comparing the contracts with the chain"):
            chain = Chain.connect(rpc, chain_id=made.chain_id)
            made.check_contracts(chain)
            if documents is None:  # the manifest of a home was compared when it joined
                check_creation(chain, made)
        if index is None:
            folder = home or Path(stack.enter_context(tempfile.TemporaryDirectory()))
            index = folder / INDEX
        page = _page(index, chain, made, given)
        return _checked(page, chain) if check else _served(page, port)


def _kept(documents: Documents) -> Sequence[VerifyingKey]:
    from zkpipe.exchange.clients.circuits.public import kept_keys

    return kept_keys(documents)


def _page(place: Path, chain: Chain, made: Manifest, keys: Sequence[VerifyingKey]) -> Page:
    """The page, its index read up to now."""
    from zkpipe.exchange.index import Index
    from zkpipe.exchange.page import Deployment, Page

    with progress("reading the chain"), Index.of(place, chain, made) as read:
        read.follow()
    return Page(lambda: Index.of(place, chain, made), Deployment.of(made, chain), keys)


def _checked(page: Page, chain: Chain) -> Answer:
    """Verify every proof once, as the page does."""
    with progress("verifying every proof"), page:
        told = page.checked()
    facts = {"chain_id": chain.chain_id, **told}
    rows = [("chain", chain.chain_id), *((name.replace("_", " "), n) for name, n in told.items())]
    return Answer(facts, table(rows), NO if told["fail"] else 0)


def _served(page: Page, port: int) -> Answer:
    from zkpipe.exchange.page.serving import listen, serve

    say = log_line()
    address = listen(port)
    say(f"Serving the exchange at {address.url}")
    serve(page, address, say)
    return Answer({"served": address.url}, table([("served", address.url)]))


def _require_extra() -> None:
    """Raises MissingError if what only the page needs is not installed."""
    from importlib.util import find_spec

    from zkpipe.ground.errors import MissingError

    missing = [name for name in EXTRA if find_spec(name) is None]
    if missing:
        raise MissingError(
            f"The page needs {', '.join(missing)}, which is not installed.",
            "Run `pip install 'zkpipe[exchange]'`, or install the wheel with the extra `exchange`.",
        )
