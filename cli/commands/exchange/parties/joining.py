"""exchange join, index, sign: a home takes part in an exchange, and signs what is decided."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.commands.exchange.opening import HOME, PASSWORD, opened
from zkpipe.cli.commands.exchange.showing import moment
from zkpipe.cli.commands.exchange.working import RPC, looks, viewing
from zkpipe.cli.console.answer import Answer, Fact, table
from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.file_kind import Kind
from zkpipe.cli.files.outputs import outputs
from zkpipe.cli.files.piped import SOURCE, Piped

if TYPE_CHECKING:
    from zkpipe.exchange.clients.decisions.decision import Decision
    from zkpipe.exchange.deployment import Manifest

READ = 1 << 20  # bytes of the files of these commands
SHALLOW = (
    "A reorganisation may undo what the manifest calls final: an answer could be opened and not be "
    "counted. Ask who gave it to you why, or do not use the exchange."
)
NEXT = "Give the signature to whoever sends the action."


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

    MANIFEST.json comes from who deployed the exchange. Every byte of the contracts is compared with
    those of this zkpipe, the transactions that created them with its own, and the council with the
    one on the chain. How deep a block must lie to be
    final is the manifest's word alone, and is shown: answers are opened after that many blocks. All
    other commands then know the exchange from the home. A home is for one exchange. Join again
    after the council was replaced, with the manifest that names the new one.
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
    from zkpipe.exchange.clients.circuits.proposing import DEVELOPMENT_CHAINS
    from zkpipe.exchange.deployment.manifest import DEPTH

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
    "sign",
    example="zkpipe exchange sign action.json signature.json --home home --password-file password",
)
@click.argument("action", metavar="ACTION.json", type=SOURCE)
@click.argument("signature", metavar="SIGNATURE.json", type=FILE)
@HOME
@PASSWORD
def sign(
    action: Path | Piped, signature: Path, home: Path, password_file: Path | Piped | None
) -> Answer:
    """Sign what the council, a grant's approvers or an entry's confirmers are asked to decide.

    ACTION.json says a function and its arguments, which are shown. The digest that is signed is
    made of them here, for the exchange that the home has joined. No node is asked.
    """
    from zkpipe.exchange.clients.decisions.decision import Decision
    from zkpipe.exchange.clients.decisions.signature_files import signature_file
    from zkpipe.exchange.clients.view import joined
    from zkpipe.ground.files.reading import read_file
    from zkpipe.ground.files.writing import write_file

    files = [path for path in (action, password_file) if path is not None]
    with outputs((signature, Kind.SIGNATURE), inputs=files) as [place]:
        asked = Decision.from_bytes(read_file(action, READ), str(action))
        with opened(home, password_file) as found:
            manifest = joined(found.documents, home)
            made = asked.action(manifest).signed_by(found.account)
            write_file(place, signature_file(asked, manifest, found.address, made))
            account = found.address
    return Answer(
        {"signer": account, **facts_of(asked), "signature": str(signature)},
        table([("signed by", account), *rows_of(asked), ("note", NEXT)]),
    )


def facts_of(decision: Decision) -> dict[str, Fact]:
    """What a decision says, for machines."""
    from zkpipe.ground.files.strict_json import parse_json

    value = parse_json(decision.to_bytes(), "action", limit=READ)
    assert isinstance(value, dict)  # noqa: S101 # we wrote it
    return {name: fact for name, fact in value.items() if name != "format"}  # type: ignore[misc] # no number in it has a point


def rows_of(decision: Decision) -> list[tuple[str, object]]:
    """What a decision says, for people.

    The nonce is shown where it tells two decisions apart: who is asked to sign the same words again
    sees whether he signs the one that he knows, or another that would be carried out beside it.
    """
    import json

    from zkpipe.exchange.clients.decisions.quorum import is_councils

    facts = facts_of(decision)
    arguments = facts["arguments"]
    assert isinstance(arguments, dict)  # noqa: S101 # we wrote it
    return [
        ("action", f"{decision.contract}.{decision.function} on chain {decision.chain_id}"),
        *((name, json.dumps(value, ensure_ascii=True)) for name, value in arguments.items()),
        *([("nonce", decision.nonce)] if is_councils(decision) else []),
        ("until", moment(decision.deadline)),
    ]


COMMANDS = (join, index, sign)
