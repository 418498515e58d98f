"""Verifying keys and circuits' sources that a home keeps as documents.

    vkey-CIRCUIT.json    snarkjs' JSON of a verifying key
    source-CIRCUIT.json  {"format": "zkpipe circuit source 1", "text": "..."}

CIRCUIT is the circuit's id, 64 hexadecimal digits. Neither is believed: a key counts by the digest
of its points, a source by its keccak256, which the circuit's Record has.
"""

from __future__ import annotations

from typing import Any

from zkpipe.exchange.canonical import written
from zkpipe.exchange.evidence.keys import Held, key_file
from zkpipe.exchange.home.documents import LIMIT, Documents
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.strict_json import parse_json
from zkpipe.prover import VerifyingKey

VKEY, SOURCE = "vkey", "source"
FORMAT = "zkpipe circuit source 1"


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
