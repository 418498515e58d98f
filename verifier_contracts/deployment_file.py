"""The file of one deployment, from before it is sent until the contract lies on the chain.

The file holds what was begun, then the record of the finished deployment (see `deployment`), or
that it failed. It is written before each step that it must outlive: whatever happens on the way,
who reads it can go on. Programs that use one file at once do not write over each other: each
writes only while the file is as it last saw it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.guarded import GuardedFile
from zkpipe.ground.files.strict_json import Json, first_difference, json_bytes, parse_json
from zkpipe.verifier_contracts.deployment import BEGUN_FORMAT, FORMAT, Deployment
from zkpipe.verifier_contracts.transactions.begun import Begun
from zkpipe.verifier_contracts.transactions.terms import Fees

LARGEST = 1 << 24  # bytes; records have less than 2^18
ADDRESS = re.compile("0x[0-9a-fA-F]{40}")
HASH = re.compile("0x[0-9a-f]{64}")
DATA = re.compile("0x[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class BegunDeployment:
    """A deployment that was begun and is not known to have succeeded.

    contract  its name
    failed    hash of the transaction, if it was mined and failed
    """

    contract: str
    begun: Begun
    failed: str | None = None

    def to_json(self) -> dict[str, Json]:
        """What its file holds."""
        begun = self.begun
        return {
            "format": BEGUN_FORMAT,
            "state": "begun" if self.failed is None else "failed",
            "contract": self.contract,
            "address": begun.address,
            "chainId": begun.chain_id,
            "account": begun.account,
            "nonce": begun.nonce,
            "gas": begun.gas,
            **begun.fees.fields,
            "block": begun.block,
            "transactions": list(begun.hashes),
            "failed": self.failed,
            "bytecode": begun.data,
        }

    @classmethod
    def from_json(cls, value: dict[str, Json], name: str) -> BegunDeployment:
        """Of a file's content; `name` stands in the errors. Raises FormatError."""

        def wrong(key: str) -> FormatError:
            return FormatError(
                f"{name}: {key} is missing, or has a value that zkpipe does not write.",
                "Restore the file. Without it, look for the account's transactions before you "
                "deploy again: one may have been sent.",
            )

        def number(key: str) -> int:
            found = value.get(key)
            if type(found) is not int or not 0 <= found < 1 << 128:
                raise wrong(key)
            return found

        def text(key: str, pattern: re.Pattern[str], found: Json = None) -> str:
            found = value.get(key) if found is None else found
            if not isinstance(found, str) or not pattern.fullmatch(found):
                raise wrong(key)
            return found

        hashes = value.get("transactions")
        if not isinstance(hashes, list):
            raise wrong("transactions")
        is_legacy = "gasPrice" in value
        fees = Fees(
            number("gasPrice" if is_legacy else "maxFeePerGas"),
            None if is_legacy else number("maxPriorityFeePerGas"),
        )
        begun = Begun(
            chain_id=number("chainId"),
            account=text("account", ADDRESS),
            nonce=number("nonce"),
            to=None,
            data=text("bytecode", DATA),
            value=0,
            gas=number("gas"),
            fees=fees,
            block=number("block"),
            hashes=tuple(text("transactions", HASH, digest) for digest in hashes),
        )
        if value.get("address") != begun.address:  # it follows from account and nonce
            raise wrong("address")
        failed = None if value.get("failed") is None else text("failed", HASH)
        made = cls(text("contract", re.compile(".{1,200}")), begun, failed)
        other = first_difference(value, made.to_json())
        if other is not None:
            raise wrong(other)
        return made


class DeploymentFile:
    """The file of one deployment; a Keeper of what is sent.

    begun     what it held when it was opened, if that is not finished
    chain_id  of the deployment that it held, finished or not
    """

    fix = "Run the same command again: it finishes this deployment, and pays nothing twice."

    def __init__(self, path: Path, show: Callable[[Begun], None]) -> None:
        """Open it, whether it is there or not.

        show  tells people what is about to be signed or sent

        Raises FileError if it cannot be read, FormatError if it is no record of a deployment.
        """
        self._file, self._show = GuardedFile(path, LARGEST), show
        self.contract = ""  # name of what is deployed
        self._before = self._file.seen
        self.begun: BegunDeployment | None = None
        self.chain_id: int | None = None
        self.last: Begun | None = None  # what was kept last
        if self._before:
            self._parse(self._before)
        self._shown: Begun | None = None

    @property
    def path(self) -> Path:
        """Where it is."""
        return self._file.path

    @property
    def is_finished(self) -> bool:
        """Whether it held the record of a finished deployment when it was opened."""
        return self.begun is None and self.chain_id is not None

    def keep(self, begun: Begun) -> None:
        """Write what was begun. Raises FileError."""
        shown = self._shown
        if shown is None or shown.hashes != begun.hashes:
            self._show(begun)
            self._shown = begun
        self._file.write(json_bytes(BegunDeployment(self.contract, begun).to_json()))
        self.last = begun

    def withdraw(self) -> None:
        """Put back what it held before. Raises FileError."""
        self._file.write(self._before)

    def fail(self, begun: Begun, digest: str) -> None:
        """Write that the transaction was mined and failed. Raises FileError."""
        self._file.write(json_bytes(BegunDeployment(self.contract, begun, digest).to_json()))

    def finish(self, deployment: Deployment) -> None:
        """Write the record of the finished deployment. Raises FileError."""
        if self._is_finished_by_another(deployment):
            return
        self._file.write(json_bytes(deployment.to_json()))

    def _is_finished_by_another(self, deployment: Deployment) -> bool:
        now = self._file.read()
        if now == self._file.seen or not now:
            return False
        with suppress(FormatError):
            value = parse_json(now, str(self.path))
            return (
                isinstance(value, dict)
                and value.get("format") == FORMAT
                and value.get("transactionHash") == deployment.transaction_hash
            )
        return False

    def _parse(self, data: bytes) -> None:
        name = str(self.path)
        try:
            value = parse_json(data, name)
        except FormatError:
            value = None
        kind = value.get("format") if isinstance(value, dict) else None
        if not isinstance(value, dict) or kind not in (FORMAT, BEGUN_FORMAT):
            raise FormatError(
                f"{name} is not a record of a deployment, and is not overwritten.",
                "Give another name for the record.",
            )
        if kind == BEGUN_FORMAT:
            self.begun = BegunDeployment.from_json(value, name)
            self.last = self.begun.begun
            self.chain_id = self.last.chain_id
        else:
            self.chain_id = Deployment.load(self.path).chain_id
