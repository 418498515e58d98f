"""A request, what came of it, and the number by which both are known.

The number of a job is HMAC-SHA256 of all that it depends on, under a secret of the service: the
circuit's name, the version of its files, and the inputs in one canonical form. So the same request
is the same job, and the number tells nothing of the inputs to who does not have the secret.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from zkpipe.ground.files.strict_json import Json

NUMBER = re.compile("[0-9a-f]{64}")


class State(Enum):
    """Of a job, as its clients are told."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Form(Enum):
    """What the data of a request are."""

    INPUTS = "inputs"  # canonical JSON of the inputs by name
    WITNESS = "witness"  # a .wtns


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be proved. The data are private, and shown nowhere."""

    circuit: str
    form: Form
    data: bytes

    def __repr__(self) -> str:
        return f"<{self.circuit}: {len(self.data)} bytes of {self.form.value}>"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a job: a verified proof, or a problem with its fix.

    key          SHA-256 of the verifying key's points, as KEY_DIGEST of a generated contract
    development  whether it is a development key, under which proofs can be forged
    version      of the circuit's files when it was proved: they may have changed since the job came
    """

    circuit: str
    proof: Mapping[str, Any] | None = None
    public: tuple[str, ...] = ()
    key: str | None = None
    development: bool | None = None
    problem: str | None = None
    fix: str | None = None
    version: str | None = None

    @property
    def state(self) -> State:
        """DONE or FAILED."""
        return State.FAILED if self.proof is None else State.DONE

    def as_json(self) -> bytes:
        """For a file."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Result:
        """What `as_json` gave."""
        fields = json.loads(data)
        return cls(**{**fields, "public": tuple(fields["public"])})


def number_of(secret: bytes, request: Request, version: str) -> str:
    """The number of a job: 64 hexadecimal digits."""
    digest = hmac.new(secret, b"zkpipe job 1", "sha256")
    parts = request.circuit.encode(), version.encode(), request.form.value.encode(), request.data
    for part in parts:  # each behind its length, so that no two requests are one text
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.hexdigest()


def canonical(value: Json) -> bytes:
    """The one text of a JSON value: names in order, no spaces, numbers with a point as written."""
    return "".join(_pieces(value)).encode("ascii")


def _pieces(value: Json) -> list[str]:
    if isinstance(value, dict):
        inner = [[json.dumps(name), ":", *_pieces(value[name])] for name in sorted(value)]
        return ["{", *_joined(inner), "}"]
    if isinstance(value, list):
        return ["[", *_joined([_pieces(one) for one in value]), "]"]
    return [str(value) if isinstance(value, Decimal) else json.dumps(value)]


def _joined(parts: list[list[str]]) -> list[str]:
    return [piece for n, part in enumerate(parts) for piece in ([",", *part] if n else part)]
