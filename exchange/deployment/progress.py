"""The file of a deployment that is not finished: what a later run needs to go on.

It takes the manifest's place until that can be written. Each transaction is in it before it is
sent, so a run that was ended anywhere is finished by the next, and no contract is paid for twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from zkpipe.exchange.canonical import written
from zkpipe.exchange.deployment.chain_identity import HASH
from zkpipe.exchange.deployment.council import Council
from zkpipe.exchange.deployment.manifest import FORMAT, Manifest
from zkpipe.exchange.errors import CouncilError
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.guarded import GuardedFile
from zkpipe.ground.files.strict_json import Json, parse_json
from zkpipe.verifier_contracts.abi import ADDRESS
from zkpipe.verifier_contracts.transactions.begun import Begun
from zkpipe.verifier_contracts.transactions.terms import Fees

BEGUN_FORMAT = "zkpipe exchange begun 1"
LARGEST = 1 << 20  # bytes of a file
DATA = re.compile("0x(?:[0-9a-f]{2})*")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a deployment has come.

    council   that it is for
    account   that deploys, and alone can go on
    deployer  the contract that creates the others; None until it is there
    block     that it was created in
    begun     a transaction that may have been sent
    """

    chain_id: int
    genesis: str
    council: Council
    account: str
    deployer: str | None = None
    block: int | None = None
    begun: Begun | None = None

    def to_bytes(self) -> bytes:
        """The file."""
        return written(
            {
                "format": BEGUN_FORMAT,
                "chainId": self.chain_id,
                "genesis": self.genesis,
                "council": self.council.to_json(),
                "account": self.account,
                "deployer": self.deployer,
                "block": self.block,
                "begun": None if self.begun is None else _begun_to_json(self.begun),
            }
        )

    @classmethod
    def from_json(cls, value: dict[str, Any], name: str) -> Progress:
        """Of a file's content; `name` stands in the errors. Raises FormatError."""
        try:
            found = cls(
                _number(value["chainId"]),
                _text(value["genesis"], HASH),
                Council.from_json(value["council"]),
                _text(value["account"], ADDRESS),
                None if value["deployer"] is None else _text(value["deployer"], ADDRESS),
                None if value["block"] is None else _number(value["block"]),
                None if value["begun"] is None else _begun_of(value["begun"], value),
            )
            if (found.deployer is None) == (found.block is None):
                return found
        except (LookupError, TypeError, ValueError, CouncilError):
            pass
        raise FormatError(
            f"{name} is damaged: zkpipe does not write such a file.",
            "Restore the file. Without it, look for the account's transactions before you deploy "
            "again under another name: one may have been sent.",
        )


class ProgressFile:
    """The file of a deployment; a Keeper of what is sent. Without a path nothing is kept.

    finished  the manifest, if it held that when it was opened
    progress  what it holds, if it is not finished
    """

    fix = "Deploy again with the same file: that finishes it, and pays for nothing twice."

    def __init__(self, path: Path | None) -> None:
        """Open it, whether it is there or not.

        Raises FileError if it cannot be read, FormatError if it is a file of another kind.
        """
        self._file = None if path is None else GuardedFile(path, LARGEST)
        self.finished: Manifest | None = None
        self.progress: Progress | None = None
        data = None if self._file is None else self._file.seen
        if data is None:
            return
        name = str(path)
        value = parse_json(data, name, limit=LARGEST)
        kind = value.get("format") if isinstance(value, dict) else None
        if isinstance(value, dict) and kind == BEGUN_FORMAT:
            self.progress = Progress.from_json(value, name)
        elif kind == FORMAT:
            self.finished = Manifest.from_bytes(data, name)
        else:
            raise FormatError(
                f"{name} is not the manifest of an exchange, and is not overwritten.",
                "Give another name for the manifest.",
            )

    def update(self, progress: Progress) -> None:
        """Write how far it has come. Raises FileError."""
        if self._file is not None:
            self._file.write(progress.to_bytes())
        self.progress = progress

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest in its place. Raises FileError."""
        if self._file is not None:
            self._file.write(manifest.to_bytes())

    def keep(self, begun: Begun) -> None:
        """Write what is about to be sent. Raises FileError."""
        self._change(begun)

    def fail(self, begun: Begun, digest: str) -> None:
        """It was mined and failed: it is no longer waited for. Raises FileError."""
        self._change(None)

    def withdraw(self) -> None:
        """It was not sent. Raises FileError."""
        self._change(None)

    def _change(self, begun: Begun | None) -> None:
        assert self.progress is not None  # noqa: S101 # written before anything is sent
        self.update(replace(self.progress, begun=begun))


def _begun_to_json(begun: Begun) -> Json:
    return {
        "nonce": begun.nonce,
        "to": begun.to,
        "data": begun.data,
        "gas": begun.gas,
        **begun.fees.fields,
        "block": begun.block,
        "transactions": list(begun.hashes),
    }


def _begun_of(value: dict[str, Any], progress: dict[str, Any]) -> Begun:
    if "gasPrice" in value:
        fees = Fees(_number(value["gasPrice"]), None)
    else:
        fees = Fees(_number(value["maxFeePerGas"]), _number(value["maxPriorityFeePerGas"]))
    return Begun(
        chain_id=progress["chainId"],
        account=progress["account"],
        nonce=_number(value["nonce"]),
        to=None if value["to"] is None else _text(value["to"], ADDRESS),
        data=_text(value["data"], DATA),
        value=0,
        gas=_number(value["gas"]),
        fees=fees,
        block=_number(value["block"]),
        hashes=tuple(_text(digest, HASH) for digest in value["transactions"]),
    )


def _number(value: object) -> int:
    if type(value) is not int or not 0 <= value < 1 << 128:
        raise ValueError("no number")
    return value


def _text(value: object, form: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise ValueError("no text of its form")
    return value
