"""The batch verifier that a deployment's record names, and what its receipts prove.

The record is a file that may come from someone else, and an event is believed if the contract does
what we wrote. So the functions and the event are our own words, the source must be zkpipe's, to the
letter, and its key the batch's. That the code is the source's, whoever loads the record compares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zkpipe.jobs.errors import JobError
from zkpipe.verifier_contracts.contract import Contract
from zkpipe.verifier_contracts.deployment import Deployment
from zkpipe.verifier_contracts.solidity.forms import Form
from zkpipe.verifier_contracts.solidity.generator import batch_calldata, key_digest
from zkpipe.verifier_contracts.solidity.source_key import form_of, is_generated

if TYPE_CHECKING:
    from zkpipe.prover.proof import Proof
    from zkpipe.prover.verifying_key import VerifyingKey
    from zkpipe.verifier_contracts.chain import Chain
    from zkpipe.verifier_contracts.transactions.transaction import Receipt

EVENT = "ProofsRecorded(bytes32,uint256)"
ERRORS: Sequence[Mapping[str, Any]] = [
    {"type": "error", "name": "NoProofs", "inputs": []},
    {"type": "error", "name": "WrongProofs", "inputs": []},
    {"type": "error", "name": "PrecompileFailed", "inputs": [{"type": "uint256"}]},
    {"type": "error", "name": "CalldataLength", "inputs": [{"type": "uint256"}]},
]


@dataclass(frozen=True, slots=True)
class BatchVerifier:
    """A deployed batch verifier of a key.

    record  of its deployment
    count   public values of a proof
    """

    record: Deployment
    count: int

    @classmethod
    def load(cls, path: Path, key: VerifyingKey) -> BatchVerifier:
        """Read the record of a batch verifier of this key.

        Raises FileError, FormatError; JobError if it is of something else.
        """
        record = Deployment.load(path)
        if form_of(record.compiled.source) is not Form.BATCH:
            raise JobError(
                f"{path} is not the record of a batch verifier.",
                "Export one with `zkpipe export verifier KEY VERIFIER.sol --batch`, and deploy it.",
            )
        if record.key_digest != key_digest(key):
            raise JobError(
                f"{path} is the record of a verifier of another key than the batch's.",
                "Export a batch verifier from the key of this job, and deploy it.",
            )
        if not is_generated(record.compiled.source, key):
            raise JobError(
                f"The source in {path} is not the text that zkpipe generates for this key: a "
                "changed contract may record proofs that it did not check.",
                "Export a batch verifier from the key of this job, and deploy it.",
            )
        return cls(record, key.public_count)

    @property
    def abi(self) -> list[Mapping[str, Any]]:
        """recordProofs, and the errors that it reverts with."""
        parts = [("a", "uint256[2]"), ("b", "uint256[2][2]"), ("c", "uint256[2]")]
        if self.count:
            parts.append(("input", f"uint256[{self.count}]"))
        members = [{"name": name, "type": kind} for name, kind in parts]
        proofs = {"name": "proofs", "type": "tuple[]", "components": members}
        function = {"type": "function", "name": "recordProofs", "inputs": [proofs], "outputs": []}
        return [{**function, "stateMutability": "nonpayable"}, *ERRORS]

    def on(self, chain: Chain) -> Contract:
        """The contract on its chain. Raises WrongChainError, NoCodeError if it is not there."""
        self.record.attach(chain)
        return Contract(chain, self.record.address, self.abi)

    @staticmethod
    def arguments(proofs: Sequence[Proof], publics: Sequence[Sequence[int]]) -> Any:
        """What recordProofs takes."""
        return batch_calldata(proofs, publics)


def statements_of(publics: Sequence[Sequence[int]]) -> str:
    """keccak256 of all public values, proof by proof, as the event says it: 0x and hexadecimal."""
    from eth_utils.crypto import keccak

    words = (value.to_bytes(32, "big") for values in publics for value in values)
    return f"0x{keccak(b''.join(words)).hex()}"


def require_recorded(receipt: Receipt, address: str | None, statements: str, count: int) -> None:
    """Raises JobError unless a receipt has the event of a contract for these statements."""
    from eth_utils.crypto import keccak

    event = f"0x{keccak(EVENT.encode()).hex()}"
    wanted = (str(address).lower(), (event, statements), f"0x{count:064x}")
    if any(_told(log) == wanted and not log.get("removed") for log in receipt.logs):
        return
    raise JobError(
        f"Transaction {receipt.transaction_hash} was mined, and its receipt has no event of the "
        "batch verifier for these proofs.",
        "Ask another node. If it says the same, what lies at the address is no batch verifier.",
    )


def _told(log: Mapping[str, Any]) -> tuple[str, tuple[str, ...], str]:
    """Address, topics and data of a log, whatever a node has put there."""
    topics = log.get("topics")
    words = topics if isinstance(topics, list | tuple) else ()
    return _hex(log.get("address")), tuple(map(_hex, words)), _hex(log.get("data"))


def _hex(value: object) -> str:
    """The bytes of a log, as nodes and the embedded chain tell them."""
    return f"0x{value.hex().removeprefix('0x')}" if isinstance(value, bytes) else str(value).lower()
