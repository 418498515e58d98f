"""VERIFIER.sol as a command takes it: its key, whether its text is ours, its contract."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from zkpipe.prover import VerifyingKey
    from zkpipe.verifier_contracts import CompiledContract, Settings
    from zkpipe.verifier_contracts.solidity.standing import Standing

LARGEST = 1 << 20  # bytes of a source; a verifier of 170 values has 100,000

ACCEPT = click.option(
    "--accept-unverified",
    metavar="REASON",
    help="Why the key is good enough for real networks, though it is not from a ceremony. Public.",
)


def standing_rows(standing: Standing | None) -> list[tuple[str, object]]:
    """The rows of a table on what a verifier's key counts as; none without a key."""
    if standing is None:
        return []
    rows: list[tuple[str, object]] = [("provenance", standing.provenance.word)]
    if standing.reason is not None:
        rows.append(("accepted in writing", standing.reason))
    return rows


def read_verifier(path: Path) -> tuple[str, VerifyingKey]:
    """The source and the key in it; a warning if zkpipe would not have written it for that key.

    Raises FileError, FormatError, ContractError if it is no verifier, InsecureKeyError.
    """
    from zkpipe.ground.errors import FormatError
    from zkpipe.ground.files.reading import read_file
    from zkpipe.verifier_contracts import verifying_key_of

    try:
        source = read_file(path, LARGEST).decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(
            f"{path} is not a text in UTF-8.", "Give a verifier's Solidity source."
        ) from error
    key = verifying_key_of(source)
    warn_if_changed(source, key, str(path))
    return source, key


def warn_if_changed(source: str, key: VerifyingKey, name: str) -> None:
    """Warn of a verifier that is not, to the letter, what zkpipe generates for its key."""
    from zkpipe.ground.errors import ZkpipeWarning
    from zkpipe.verifier_contracts.solidity.source_key import is_generated

    if not is_generated(source, key):
        ZkpipeWarning(
            "changed-verifier",
            f"The source of {name} is not the text that zkpipe generates for its key: another "
            "program or version wrote it, or somebody changed it. Only its key was checked.",
            "Export it with `zkpipe export verifier` from a key that you trust, or have what it "
            "does reviewed.",
        ).report()


def warn_of_code(path: Path, compiler: str) -> None:
    """Warn of a record whose code was not compared with its source."""
    from zkpipe.ground.errors import ZkpipeWarning

    ZkpipeWarning(
        "code-not-compared",
        f"The code in {path} was not compared with its source: solc {compiler} is not installed.",
        "Trust the record as you trust whoever gave it, or name that version in ZKPIPE_SOLC.",
    ).report()


def compiled_verifier(
    source: str, path: Path, settings: Settings | None = None
) -> CompiledContract:
    """The one contract of the source that can be deployed."""
    from zkpipe.verifier_contracts import compile_solidity
    from zkpipe.verifier_contracts.errors import ContractError

    contracts = [c for c in compile_solidity(source, settings).values() if c.bytecode != "0x"]
    if len(contracts) != 1:
        raise ContractError(
            f"{path} has {len(contracts)} contracts that can be deployed, not one.",
            "Export a verifier with `zkpipe export verifier`, and give that file.",
        )
    return contracts[0]
