"""What everybody may have of a circuit: its verifying key and its source, as documents of a home.

    vkey-CIRCUIT.json    snarkjs' JSON of a verifying key
    source-CIRCUIT.json  {"format": "zkpipe circuit source 1", "text": "..."}

CIRCUIT is the circuit's id, 64 hexadecimal digits. Neither is believed: a key counts by the digest
of its points, a source by its SHA-256, which the circuit's Record has.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from zkpipe.exchange.canonical import written
from zkpipe.exchange.home.documents import LIMIT, Documents
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.strict_json import parse_json
from zkpipe.prover import VerifyingKey

VKEY, SOURCE = "vkey", "source"
FORMAT = "zkpipe circuit source 1"


@dataclass(frozen=True, slots=True)
class Held:
    """A file's bytes, as what reads files takes them."""

    name: str
    data: bytes

    def __str__(self) -> str:
        return self.name

    def up_to(self, size: int) -> bytes:
        """The first bytes."""
        return self.data[:size]


def key_file(key: VerifyingKey) -> bytes:
    """The file of a verifying key: snarkjs' JSON, without names of its public values."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vkey.json"
        replace(key, public_names=None).save(path)
        return path.read_bytes()


def keep_key(documents: Documents, circuit: bytes, key: VerifyingKey) -> None:
    """Keep the verifying key of a circuit. Raises HomeError."""
    documents.put(VKEY, circuit.hex(), key_file(key))


def keep_source(documents: Documents, circuit: bytes, text: str) -> None:
    """Keep the source of a circuit. Raises HomeError."""
    documents.put(SOURCE, circuit.hex(), written({"format": FORMAT, "text": text}))


def kept_keys(documents: Documents) -> list[VerifyingKey]:
    """All verifying keys. Raises FormatError or InsecureKeyError for what is none; HomeError."""
    return [
        VerifyingKey.load(Held(f"{VKEY} {name}", documents.get(VKEY, name)))
        for name in documents.names(VKEY)
    ]


def kept_sources(documents: Documents) -> list[bytes]:
    """All sources, in UTF-8. Raises FormatError for what is none; HomeError."""
    return [
        _text(documents.get(SOURCE, name), f"The document {SOURCE} {name}")
        for name in documents.names(SOURCE)
    ]


def _text(data: bytes, name: str) -> bytes:
    value: Any = parse_json(data, name, limit=LIMIT)
    is_ours = isinstance(value, dict) and set(value) == {"format", "text"}
    if is_ours and value["format"] == FORMAT and isinstance(value["text"], str):
        return bytes(value["text"].encode("utf-8"))
    raise FormatError(f"{name} is not the source of a circuit.", "Remove it, and keep it again.")
