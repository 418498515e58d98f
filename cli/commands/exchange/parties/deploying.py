"""exchange deploy: the contracts of an exchange, and the manifest that says where they lie."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.commands.exchange.opening import HOME, PASSWORD, opened
from zkpipe.cli.commands.exchange.working import RPC
from zkpipe.cli.console.answer import Answer, table
from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.outputs import output
from zkpipe.cli.files.piped import SOURCE, Piped

if TYPE_CHECKING:
    from zkpipe.exchange.deployment import Council, Manifest
    from zkpipe.ground.files.reading import Source

CHAIN_ID = click.option(
    "--chain-id",
    metavar="N",
    type=click.IntRange(1, (1 << 63) - 37),
    required=True,
    help="The chain that is meant: what is signed counts on no other.",
)
CLOSED = "Grants cannot be approved yet: the council must list JobBoard (`zkpipe exchange open`)."


@command(
    "deploy",
    example="zkpipe exchange deploy council.json manifest.json --home home "
    "--password-file password --rpc http://127.0.0.1:8545 --chain-id 1337",
    status="Exit status 3: no node answers.",
)
@click.argument("council", metavar="COUNCIL.json", type=SOURCE)
@click.argument("manifest", metavar="MANIFEST.json", type=FILE)
@HOME
@PASSWORD
@RPC
@CHAIN_ID
@click.option(
    "--depth",
    metavar="N",
    type=click.IntRange(0, 1_000),
    default=12,
    show_default=True,
    help="Blocks above a block that make it final, for all who use the manifest.",
)
def deploy(
    council: Path | Piped,
    manifest: Path,
    home: Path,
    password_file: Path | Piped | None,
    rpc: str,
    chain_id: int,
    depth: int,
) -> Answer:
    """Deploy the contracts of an exchange, signed and paid by the account of a home.

    COUNCIL.json holds {"members": ["0x..."], "threshold": 2, "auditorKey": "..."}: the accounts
    that decide together, how many must agree, and y of the auditor's first key. MANIFEST.json is
    written before anything is sent. However the command ends, run it again: it finishes what was
    begun, and never pays twice. If the manifest is finished, every byte of the contracts is
    compared with the chain. It takes 10 transactions, 19 million gas in all.
    """
    from zkpipe.exchange.deployment import deploy as deploy_exchange
    from zkpipe.exchange.deployment import is_open
    from zkpipe.verifier_contracts import Chain

    files = [path for path in (council, password_file) if path is not None]
    place = output(manifest, files)
    decided = _council(council)
    with opened(home, password_file) as found, progress("deploying the exchange"):
        chain = Chain.connect(rpc, found.account, chain_id=chain_id)
        made = deploy_exchange(chain, decided, place, depth=depth)
        is_listed = is_open(made, chain)
    return _answer(manifest, made, is_listed)


def _council(source: Source) -> Council:
    from zkpipe.exchange.deployment import Council
    from zkpipe.ground.files.strict_json import read_json

    return Council.from_json(read_json(source))


def _answer(path: Path, made: Manifest, is_listed: bool) -> Answer:
    addresses = made.addresses
    return Answer(
        {
            "manifest": str(path),
            "chain_id": made.chain_id,
            "block": made.block,
            "depth": made.depth,
            "deployer": made.deployer,
            "contracts": dict(addresses),
            "open": is_listed,
        },
        table(
            [
                ("chain", made.chain_id),
                *addresses.items(),
                ("final", f"{made.depth} blocks deep"),
                ("manifest", path),
                *([] if is_listed else [("note", CLOSED)]),
            ]
        ),
    )
