"""Signatures of a decision, as files: one account's in each.

    signature_file(decision, manifest, signer, signature)     # what `exchange sign` writes
    Signature.from_bytes(data, name).of(decision, manifest)   # the 65 bytes, checked

A file names the nonce and the deadline of the action too. So whoever sends the action needs these
files and the arguments, and not the file of the action.
"""

from __future__ import annotations

from dataclasses import dataclass

from zkpipe.exchange.canonical import written
from zkpipe.exchange.clients.decisions.decision import LIMIT, Decision, is_number
from zkpipe.exchange.deployment import Manifest
from zkpipe.exchange.errors import SignatureError
from zkpipe.exchange.struct_files import plain_value
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.strict_json import parse_json

FORMAT = "zkpipe signature 1"


def signature_file(decision: Decision, manifest: Manifest, signer: str, signature: bytes) -> bytes:
    """The bytes of a file that holds one account's signature of a decision."""
    digest = decision.action(manifest).digest
    return written(
        {
            "format": FORMAT,
            "action": "0x" + digest.hex(),
            "nonce": decision.nonce,
            "deadline": decision.deadline,
            "signer": signer,
            "signature": "0x" + signature.hex(),
        }
    )


@dataclass(frozen=True, slots=True)
class Signature:
    """One account's signature of an action, as a file holds it; nothing of it is checked yet.

    action     the digest that was signed, 0x and hexadecimal
    nonce, deadline   of the action, so that whoever sends it can make it again
    signer     who says to have signed
    signature  65 bytes
    name       of the file
    """

    action: str
    nonce: int
    deadline: int
    signer: str
    signature: bytes
    name: str

    @classmethod
    def from_bytes(cls, data: bytes, name: str) -> Signature:
        """Of a file's content; `name` stands in the errors. Raises FormatError, StructError."""
        value = parse_json(data, name, limit=LIMIT)
        fields = {"format", "action", "nonce", "deadline", "signer", "signature"}
        if (
            not isinstance(value, dict)
            or set(value) != fields
            or value["format"] != FORMAT
            or not all(is_number(value[field]) for field in ("nonce", "deadline"))
            or not all(isinstance(value[field], str) for field in ("action", "signer"))
        ):
            raise FormatError(
                f"{name} is no signature of an action.", "Give a file that `exchange sign` wrote."
            )
        signature = plain_value("bytes", value["signature"], f"signature of {name}")
        known = {key: value[key] for key in ("action", "nonce", "deadline", "signer")}
        return cls(**known, signature=bytes(signature), name=name)  # type: ignore[arg-type] # checked above

    def of(self, decision: Decision, manifest: Manifest) -> bytes:
        """The 65 bytes, if they are the signer's, of this decision. Raises SignatureError."""
        action = decision.action(manifest)
        if self.action != "0x" + action.digest.hex():
            raise SignatureError(
                f"{self.name} is a signature of another action.",
                "Have this action signed, as it is now.",
            )
        if action.signer_of(self.signature) != self.signer:
            raise SignatureError(
                f"{self.name} is not the signature of the account that it names.",
                "Have the action signed again.",
            )
        return self.signature
