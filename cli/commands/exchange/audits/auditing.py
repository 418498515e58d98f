"""audit export, verify: bundles that show what happened in an exchange, without a node."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.commands.exchange.working import RPC
from zkpipe.cli.console.answer import NO, Answer, Fact, table
from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.piped import SOURCE, Piped

if TYPE_CHECKING:
    from zkpipe.exchange.deployment import Manifest
    from zkpipe.exchange.errors import BundleError
    from zkpipe.exchange.evidence import Exported, Shown, Signed
    from zkpipe.exchange.home.documents import Documents
    from zkpipe.ground.files.reading import Source

LARGEST = 1 << 20  # bytes of a manifest, or of a circuit's source
MOST_SIGNED = 20  # decisions that a terminal gets; --json has them all
EVENTS_ONLY = (
    "events only: nothing links the events to a block. That these are the exchange's events, and "
    "all of them, is the word of who made the bundle"
)
WITH_RECEIPTS = "with receipts: all events of the exchange up to the anchor, and no others"
NOT_SHOWN = "which code they have is not shown: that takes a node with eth_getProof"


@command(
    "export",
    example="zkpipe audit export bundle --home home --rpc http://127.0.0.1:8545\n"
    "zkpipe audit export bundle --manifest manifest.json --key vkey.json "
    "--rpc http://127.0.0.1:8545",
    status="Exit status 3: no node answers.",
)
@click.argument("folder", metavar="DIR", type=FILE)
@click.option("--home", metavar="DIR", type=FILE, help="Home with the manifest, keys and sources.")
@click.option("--manifest", metavar="FILE", type=SOURCE, help="Manifest of another exchange.")
@RPC
@click.option("--key", "keys", metavar="FILE", type=SOURCE, multiple=True, help="A verifying key.")
@click.option(
    "--source", "sources", metavar="FILE", type=SOURCE, multiple=True, help="A circuit's source."
)
@click.option("--anchor", metavar="HASH", help="End with this block, not the last final one.")
def export(
    folder: Path,
    home: Path | None,
    manifest: Path | Piped | None,
    rpc: str,
    keys: tuple[Path | Piped, ...],
    sources: tuple[Path | Piped, ...],
    anchor: str | None,
) -> Answer:
    """Write a bundle from which anyone can check what happened in an exchange, without a node.

    DIR must not be there yet, or be empty. It gets block headers, receipts, the transactions in
    which something was signed, and the verifying keys and sources of circuits that you give or that
    the home has. All of it is public. Give --home or
    --manifest. No password is needed. The bundle ends with a block, the anchor: whoever verifies
    the bundle must know its hash from elsewhere.
    """
    from zkpipe.exchange.evidence import export as write_bundle
    from zkpipe.ground.files.reading import read_file
    from zkpipe.prover import VerifyingKey
    from zkpipe.verifier_contracts import Chain

    documents = None if home is None else documents_of(home)
    made = manifest_of(documents, manifest)
    given = [VerifyingKey.load(path) for path in keys]
    texts = [read_file(path, LARGEST) for path in sources]
    if documents is not None:
        from zkpipe.exchange.clients.circuits.public import kept_keys, kept_sources

        given += kept_keys(documents)
        texts += kept_sources(documents)
    chain = Chain.connect(rpc, chain_id=made.chain_id)
    with progress("reading the chain"):
        found = write_bundle(folder, chain, made, given, texts, anchor)
    return _exported(folder, found)


def documents_of(home: Path) -> Documents:
    """The documents of a home, which lie in clear."""
    from zkpipe.exchange.home import Header
    from zkpipe.exchange.home.documents import Documents
    from zkpipe.exchange.home.locks import Access

    Header.load(home)
    return Documents(Access(home, None))


def manifest_of(documents: Documents | None, file: Source | None) -> Manifest:
    """The manifest in a file, or the one in a home."""
    from zkpipe.exchange.deployment import Manifest
    from zkpipe.ground.files.reading import read_file

    if file is not None:
        return Manifest.from_bytes(read_file(file, LARGEST), str(file))
    if documents is None:
        raise click.UsageError("Give --home or --manifest.", click.get_current_context())
    return Manifest.from_bytes(documents.get("manifest", "exchange"), "The manifest in the home")


def _exported(folder: Path, found: Exported) -> Answer:
    listing = found.listing
    facts: dict[str, Fact] = {
        "evidence": str(listing.evidence),
        "bundle": str(folder),
        "anchor": listing.anchor,
        "block": listing.block,
        "events": found.events,
        "proofs": found.proofs,
        "codes_shown": found.has_codes,
        "files": len(listing.files),
        "why_no_receipts": found.why,
        "missing_keys": found.missing,
        "unused_keys": found.unused,
    }
    rows: list[tuple[str, object]] = [
        ("evidence", _evidence(found.why is None)),
        *([] if found.why is None else [("because", found.why)]),
        ("bundle", folder),
        ("anchor", listing.anchor),
        ("block", f"{listing.block:,}, the last one"),
        ("events", f"{found.events:,}, with {found.proofs:,} proofs"),
        *_codes(found.has_codes),
        *(("key missing", f"{digest}: give it with --key") for digest in found.missing),
        *(("key unused", f"{digest} is of no circuit here") for digest in found.unused),
    ]
    return Answer(facts, table(rows))


def _evidence(has_receipts: bool) -> str:
    return WITH_RECEIPTS if has_receipts else EVENTS_ONLY


def _codes(are_shown: bool) -> list[tuple[str, object]]:
    return [("contracts", "their code is that of this zkpipe" if are_shown else NOT_SHOWN)]


@command(
    "verify",
    example="zkpipe audit verify bundle --anchor ANCHOR",
    status="Exit status 1: the bundle does not show what it should; the place is named.",
)
@click.argument("folder", metavar="DIR", type=FILE)
@click.option("--anchor", metavar="HASH", help="Of the last block, from a source that you trust.")
def verify(folder: Path, anchor: str | None) -> Answer:
    """Check a bundle against the hash of a block. No node, network or home is used.

    The headers must lead to the anchor, and the receipts lie under them: then these are all events
    of the exchange. They are folded again, and every proof is verified under its registered key.
    Who signed what is recovered from the transactions, and compared with who might. A bundle with
    events only has nothing that leads to an anchor. Without --anchor you learn what such a bundle
    shows, which depends on who made it.
    """
    from zkpipe.exchange.errors import BundleError
    from zkpipe.exchange.evidence import verify as check
    from zkpipe.exchange.evidence import verify_events

    try:
        with progress("verifying the bundle"):
            shown = verify_events(folder) if anchor is None else check(folder, anchor)
    except BundleError as error:
        return _refused(folder, error)
    return _answer(folder, shown)


def _refused(folder: Path, error: BundleError) -> Answer:
    return Answer(
        {
            "valid": False,
            "bundle": str(folder),
            "place": error.place,
            "problem": error.problem,
            "more": list(error.evidence),
            "fix": error.fix,
        },
        table(
            [
                ("verified", "no"),
                ("place", error.problem),
                *(("and", line) for line in error.evidence),
                ("then", error.fix),
            ]
        ),
        NO,
    )


def _signed_facts(one: Signed) -> dict[str, Fact]:
    return {
        "block": one.block,
        "log": one.log,
        "action": one.action,
        "subject": f"0x{one.subject.hex()}",
        "signers": None if one.signers is None else list(one.signers),
        "need": one.need,
        "among": one.list_size,
    }


def _signed(one: Signed) -> str:
    by = ", ".join(one.signers or ())
    return f"block {one.block:,}: {one.action} by {by}; {one.need} of {one.list_size} had to"


def _answer(folder: Path, shown: Shown) -> Answer:
    tables = shown.tables
    named = [one for one in shown.signed if one.signers is not None]
    uses = sum(int(row["used"]) for row in tables["grants"])
    counts = {name: len(tables[name]) for name in ("circuits", "lineages", "grants", "jobs")}
    facts: dict[str, Fact] = {
        "valid": True,
        "evidence": str(shown.evidence),
        "bundle": str(folder),
        "chain_id": shown.manifest.chain_id,
        "deployer": shown.manifest.deployer,
        "anchor": shown.anchor,
        "block": shown.block,
        "headers": shown.headers,
        "codes_shown": shown.has_codes,
        "events": shown.events,
        "proofs": len(shown.proofs),
        "uses": uses,
        "signed": [_signed_facts(one) for one in shown.signed],
        **counts,
        "keys": shown.keys,
        "sources": shown.sources,
        "development_keys": any(proof.record.development for proof in shown.proofs),
        "digest": shown.digest,
    }
    has_receipts = shown.headers > 0
    rows: list[tuple[str, object]] = [
        ("evidence", _evidence(has_receipts)),
        ("chain", shown.manifest.chain_id),
        ("deployer", shown.manifest.deployer),
        (
            "last block",
            f"{shown.block:,}, {shown.anchor}" + ("" if has_receipts else " (not shown)"),
        ),
        ("headers", f"{shown.headers:,}, each named by the next"),
        *_codes(shown.has_codes),
        ("events", f"{shown.events:,}, in order, by the contracts' rules"),
        ("proofs", f"{len(shown.proofs):,}, all of them hold"),
        (
            "decisions",
            f"{len(shown.signed):,}, of {len(named):,} the signatures are here, and hold",
        ),
        *(("signed", _signed(one)) for one in named[:MOST_SIGNED]),
        ("uses", f"{uses:,}, in {counts['jobs']:,} jobs, of {counts['grants']:,} grants"),
        ("digest", f"{shown.digest} (an index has the same)"),
    ]
    if facts["development_keys"]:
        rows.append(("warning", "Some keys are for development: their maker can forge proofs."))
    return Answer(facts, table(rows))
