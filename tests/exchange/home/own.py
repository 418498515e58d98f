"""A home for a test, at the least work that scrypt takes here."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

from Crypto.Cipher import AES

from zkpipe.exchange.home import Home
from zkpipe.exchange.home.encryption import LEAST_WORK

PASSWORD = "correct horse battery"  # noqa: S105 # of homes made here for these tests
OTHER = "another horse staple"
WORK = LEAST_WORK


def created(path: Path, password: str = PASSWORD) -> Home:
    return Home.create(path, password, work=WORK)


def record(path: Path) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(path.read_text())
    return fields


def dense(fields: dict[str, Any]) -> bytes:
    """JSON as the files have it: an oracle for the tests, so not the library's own."""
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


def rewritten(path: Path, **changes: Any) -> None:
    """A file with other fields, and a digest that is right for them where it has one."""
    fields = {**record(path), **changes}
    if "sha256" in fields:
        del fields["sha256"]
        fields["sha256"] = hashlib.sha256(dense(fields)).hexdigest()
    path.write_bytes(dense(fields) + b"\n")


def opened_by_hand(home: Path, kind: str, name: str, password: str = PASSWORD) -> bytes:
    """A secret, read with scrypt of the standard library and AES-GCM as the formats say."""
    header = record(home / "home.json")
    key = hashlib.scrypt(
        password.encode(),
        salt=bytes.fromhex(header["scrypt"]["salt"]),
        n=header["scrypt"]["work"],
        r=8,
        p=1,
        maxmem=1 << 29,
        dklen=32,
    )
    bound = {name: value for name, value in header.items() if name not in ("key", "sha256")}
    vault_key = unsealed(key, header["key"], dense(bound))
    secret = record(home / "secrets" / f"{kind}-{name}")
    bound = {name: secret[name] for name in ("format", "home", "kind", "name")}
    return unsealed(vault_key, secret, dense(bound))


def unsealed(key: bytes, box: dict[str, str], bound: bytes, *, is_hex: bool = True) -> bytes:
    cipher = AES.new(key, AES.MODE_GCM, nonce=bytes.fromhex(box["nonce"]))
    cipher.update(bound)
    payload = box["payload"]
    data = bytes.fromhex(payload) if is_hex else base64.b64decode(payload)
    return cipher.decrypt_and_verify(data[:-16], data[-16:])


def seed(master: bytes, label: str) -> bytes:
    """The seed of a key that follows from the master secret."""
    return hmac.new(master, b"zkpipe.v1.home." + label.encode(), "sha256").digest()
