"""exchange join, index, manifest: a home takes part in an exchange, and lets others take part."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.commands.exchange.opening import HOME, PASSWORD, opened
from zkpipe.cli.commands.exchange.working import RPC, looks, viewing
from zkpipe.cli.console.answer import Answer, table
from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.file_kind import Kind
from zkpipe.cli.files.outputs import FORCE, outputs
from zkpipe.cli.files.piped import SOURCE, Piped

if TYPE_CHECKING:
    from zkpipe.exchange.deployment import Manifest

READ = 1 << 20  # bytes of the files of these commands
SHALLOW = (
    "A reorganisation may undo what the manifest calls final: an answer could be opened and not be "
    "counted. Ask who gave it to you why, or do not use the exchange."
)


@command(
    "join",
    example="zkpipe exchange join manifest.json --home home --password-file password "
    "--rpc http://127.0.0.1:8545",
    status="Exit status 3: no node answers.",
)
@click.argument("manifest", metavar="MANIFEST.json", type=SOURCE)
@HOME
@PASSWORD
@RPC
def join(
    manifest: Path | Piped, home: Path, password_file: Path | Piped | None, rpc: str
) -> Answer:
    """Join an exchange: compare its contracts with the chain, and keep its manifest in the home.

    MANIFEST.json comes from whoever deployed the exchange. Every byte of the contracts is compared
    with those of this zkpipe, the transactions that created them with its own, and the council with
    the one on the chain. How deep a block must lie to be
    final is the manifest's word alone, and is shown: answers are opened after that many blocks. All
    other commands then know the exchange from the home. A home is for one exchange. Join again
    after the council was replaced, with the manifest that names the new one
    (`exchange manifest`).
    """
    from zkpipe.exchange.clients.view import join as keep
    from zkpipe.exchange.deployment import Manifest
    from zkpipe.ground.files.reading import read_file
    from zkpipe.verifier_contracts import Chain

    made = Manifest.from_bytes(read_file(manifest, READ), str(manifest))
    chain = Chain.connect(rpc, chain_id=made.chain_id)
    with opened(home, password_file) as found, progress("comparing the contracts"):
        keep(found.documents, made, chain, home)
        account = found.address
    return Answer(
        {
            "home": str(home),
            "account": account,
            "chain_id": made.chain_id,
            "depth": made.depth,
            "shallow": is_shallow(made),
            "council": {"members": list(made.members), "threshold": made.threshold},
            "contracts": dict(made.addresses),
        },
        table(
            [
                ("account", account),
                ("chain", made.chain_id),
                ("final", f"{made.depth} blocks deep"),
                *([("warning", SHALLOW)] if is_shallow(made) else []),
                ("council", f"{made.threshold} of {len(made.members)} decide"),
                ("contracts", "each byte is as this zkpipe has it"),
            ]
        ),
    )


def is_shallow(manifest: Manifest) -> bool:
    """Whether blocks are called final early, on a chain that is none for development."""
    from zkpipe.exchange.deployment.manifest import DEPTH
    from zkpipe.verifier_contracts.solidity.standing import DEVELOPMENT_CHAINS

    return manifest.depth < DEPTH and manifest.chain_id not in DEVELOPMENT_CHAINS


@command(
    "index",
    example="zkpipe exchange index --home home --rpc http://127.0.0.1:8545",
    status="Exit status 3: no node answers.",
)
@click.option("--rebuild", is_flag=True, help="Fold all events again; the digest stays the same.")
@looks
def index(rebuild: bool, home: Path, rpc: str) -> Answer:
    """Read the chain into the index of a home, and say how far it is.

    The index is made of the chain alone. It can be removed or rebuilt at any time. The digest is
    the same in every home that has read as far.
    """
    with viewing(home, rpc) as view:
        digest = view.index.rebuild() if rebuild else view.index.digest()
        tip, final = view.index.tip, view.index.final.block
    return Answer(
        {"block": tip, "final": final, "digest": digest},
        table([("block", f"{tip:,}"), ("final", f"{final:,}"), ("digest", digest)]),
    )


@command(
    "manifest",
    example="zkpipe exchange manifest renewed.json --home home --rpc http://127.0.0.1:8545",
    status="Exit status 3: no node answers.",
)
@click.argument("manifest", metavar="MANIFEST.json", type=FILE)
@FORCE
@looks
def manifest_(manifest: Path, force: bool, home: Path, rpc: str) -> Answer:
    """Write the manifest of the home's exchange, with the council that there is now.

    Others join with it. After the council was replaced, the manifest that came from the deployment
    names the old one, and `exchange join` refuses it. Every byte of the contracts is compared with
    the chain first. Nothing in the home changes: join with the file to keep it.
    """
    with (
        outputs((manifest, Kind.MANIFEST), force=force) as [place],
        viewing(home, rpc) as view,
    ):
        before, made = view.manifest, view.manifest.renewed(view.chain)
        made.save(place)
    is_renewed = made != before
    return Answer(
        {
            "manifest": str(manifest),
            "chain_id": made.chain_id,
            "council": {"members": list(made.members), "threshold": made.threshold},
            "renewed": is_renewed,
        },
        table(
            [
                ("chain", made.chain_id),
                *(("member", member) for member in made.members),
                ("decide", f"{made.threshold} of {len(made.members)}"),
                ("council", "another than the home joined with" if is_renewed else "as it was"),
                ("contracts", "each byte is as this zkpipe has it"),
                ("manifest", manifest),
            ]
        ),
    )
