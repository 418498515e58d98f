"""exchange sign: what is decided is shown, and signed; how commands show what is decided."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.commands.exchange.opening import HOME, PASSWORD, opened
from zkpipe.cli.commands.exchange.showing import moment
from zkpipe.cli.console.answer import Answer, Fact, table
from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.file_kind import Kind
from zkpipe.cli.files.outputs import outputs
from zkpipe.cli.files.piped import SOURCE, Piped

if TYPE_CHECKING:
    from zkpipe.exchange.clients.decisions.decision import Decision
    from zkpipe.exchange.clients.signing import Standing
    from zkpipe.exchange.deployment import Manifest
    from zkpipe.exchange.home import Home

READ = 1 << 20  # bytes of an action
NEXT = "Give the signature to whoever sends the action."
OFFLINE = "by the action alone: give --rpc to compare it with the chain"


@command(
    "sign",
    example="zkpipe exchange sign action.json signature.json --home home --password-file password",
    status="Exit status 3: no node answers, with --rpc.",
)
@click.argument("action", metavar="ACTION.json", type=SOURCE)
@click.argument("signature", metavar="SIGNATURE.json", type=FILE)
@click.option(
    "--of",
    "evidence",
    metavar="FILE",
    type=FILE,
    help="The file that an entry must be of; its digest is compared.",
)
@HOME
@PASSWORD
@click.option(
    "--rpc",
    metavar="URL",
    envvar="ZKPIPE_RPC",
    show_envvar=True,
    help="Of a node, to ask whether the signature counts, and what the chain tells.",
)
def sign(
    action: Path | Piped,
    signature: Path,
    evidence: Path | None,
    home: Path,
    password_file: Path | Piped | None,
    rpc: str | None,
) -> Answer:
    """Sign what the council, a grant's approvers or an entry's confirmers are asked to decide.

    ACTION.json says a function and its arguments, which are shown: a circuit, a grant or an entry
    with all that its id is a digest of. The digest that is signed is made of them here, for the
    exchange that the home has joined.

    Without --rpc no node is asked. Then the list in the action says who may sign, or for the
    council's actions the home's manifest, which may be older than the council. With --rpc the
    chain is asked, and a signature that would not count is refused.
    """
    from zkpipe.exchange.clients.decisions.decision import Decision
    from zkpipe.exchange.clients.decisions.signature_files import signature_file
    from zkpipe.exchange.clients.view import joined
    from zkpipe.ground.files.reading import read_file
    from zkpipe.ground.files.writing import write_file

    files = [path for path in (action, evidence, password_file) if path is not None]
    with outputs((signature, Kind.SIGNATURE), inputs=files) as [place]:
        asked = Decision.from_bytes(read_file(action, READ), str(action))
        _compare(asked, evidence)
        with opened(home, password_file) as found:
            manifest = joined(found.documents, home)
            standing = _standing(found, manifest, asked, rpc)
            made = asked.action(manifest).signed_by(found.account)
            write_file(place, signature_file(asked, manifest, found.address, made))
            account = found.address
    quorum, told = standing.quorum, standing.told
    return Answer(
        {
            "signer": account,
            "may_sign": account in quorum.signers,
            "signers": list(quorum.signers),
            "need": quorum.need,
            "asked_chain": rpc is not None,
            "told": dict(told),
            **facts_of(asked),
            "signature": str(signature),
        },
        table(
            [
                ("signed by", account),
                *rows_of(asked),
                *told.items(),
                ("signers", f"{quorum.need} of {', '.join(quorum.signers)}"),
                *([] if rpc is not None else [("checked", OFFLINE)]),
                ("note", NEXT),
            ]
        ),
    )


def _compare(asked: Decision, evidence: Path | None) -> None:
    """Refuse a file that is not the entry's."""
    from zkpipe.exchange.clients.decisions.subjects import Statement
    from zkpipe.exchange.clients.ledger import digest_of_file
    from zkpipe.exchange.errors import EvidenceError

    if evidence is None:
        return
    said = asked.arguments[0]
    if not isinstance(said, Statement):
        raise click.UsageError(
            "--of is for actions that confirm an entry.", click.get_current_context()
        )
    if digest_of_file(evidence) != said.digest:
        raise EvidenceError(
            f"The entry is not of {evidence}, or its digest is salted.",
            "Ask its author for the file, byte for byte. Of a salted entry `zkpipe ledger open` "
            "shows the file.",
        )


def _standing(home: Home, manifest: Manifest, asked: Decision, rpc: str | None) -> Standing:
    """Who may sign, by the chain if there is a node to ask. Raises SignatureError."""
    from zkpipe.exchange.clients.signing import Standing, may_sign, standing_of
    from zkpipe.exchange.clients.view import INDEX, View
    from zkpipe.verifier_contracts import Chain

    asked.action(manifest)  # of this chain, before anything else is said of it
    if rpc is None:
        return Standing(may_sign(manifest, asked, home.address), {})
    chain = Chain.connect(rpc, chain_id=manifest.chain_id)
    with (
        progress("reading the chain"),
        View(manifest, chain, home.place(INDEX), home.documents) as view,
    ):
        return standing_of(view, asked, home.address)


def facts_of(decision: Decision) -> dict[str, Fact]:
    """What a decision says, for machines."""
    from zkpipe.ground.files.strict_json import parse_json

    value = parse_json(decision.to_bytes(), "action", limit=READ)
    assert isinstance(value, dict)  # noqa: S101 # we wrote it
    return {name: fact for name, fact in value.items() if name != "format"}  # type: ignore[misc] # no number in it has a point


def rows_of(decision: Decision) -> list[tuple[str, object]]:
    """What a decision says, for people: of a thing, each of its fields.

    The nonce is shown where it tells two decisions apart: who is asked to sign the same words again
    sees whether he signs the one that he knows, or another that would be carried out beside it.
    """
    import json

    from zkpipe.exchange.clients.decisions.quorum import is_councils

    arguments = facts_of(decision)["arguments"]
    assert isinstance(arguments, dict)  # noqa: S101 # we wrote it
    said: dict[str, object] = {}
    for name, value in arguments.items():
        said |= value if isinstance(value, dict) else {name: value}
    return [
        ("action", f"{decision.contract}.{decision.function} on chain {decision.chain_id}"),
        *((name, json.dumps(value, ensure_ascii=True)) for name, value in said.items()),
        *([("nonce", decision.nonce)] if is_councils(decision) else []),
        ("until", moment(decision.deadline)),
    ]
