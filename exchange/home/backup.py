"""A backup: one encrypted file of what a home cannot do without, and a home made of it again.

    account, master secret, keys of segments, documents    in it
    what left lineages, so that it does not come back      in it
    secrets of jobs, and of other kinds                    not: they must stay erasable
    index, outbox, logs                                    not: the chain has what was sent

The file is JSON: when it was made, how the key follows from the password, and the rest under
AES-256-GCM, bound to these. SHA-256 of all tells damage from a wrong password.

A restored home has the account and the keys of the old one, a number of its own, and a mark:
nothing is sent before the sender has read from the chain what was sent. Jobs that were at work when
the old home was lost cannot be ended: their secrets are gone.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zkpipe.exchange.canonical import canonical, written
from zkpipe.exchange.errors import HomeError, PasswordError
from zkpipe.exchange.home import account, log
from zkpipe.exchange.home.encryption import (
    NONCE_SIZE,
    STANDARD_WORK,
    TAG_SIZE,
    Box,
    Scrypt,
    decrypt,
    encrypt,
)
from zkpipe.exchange.home.fields import Fields, damaged, digest, read_fields
from zkpipe.exchange.home.header import TIME, scrypt_in
from zkpipe.exchange.home.home import Home
from zkpipe.exchange.home.making import Contents, Restored, home_path, make, now
from zkpipe.exchange.home.password import checked_password, new_password
from zkpipe.exchange.home.vault import IN_BACKUPS, KIND, MASTER, MASTER_NAME, NAME, NEW_SIZE
from zkpipe.ground.files.reading import read_file
from zkpipe.ground.files.strict_json import Json
from zkpipe.ground.files.writing import target, write_file
from zkpipe.ground.kinds import require_path

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

FORMAT = "zkpipe exchange backup 1"
INSIDE = "zkpipe exchange contents 1"
LIMIT = 1 << 28  # bytes of a file
BASE64 = "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
AGAIN = "Give the backup as it was written, or another one."


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds.

    address    of the account
    made       when it was made, UTC
    secrets    how many of each kind
    documents  how many of each kind
    left_out   how many secrets of each kind are not in it
    """

    address: str
    made: str
    secrets: Mapping[str, int]
    documents: Mapping[str, int]
    left_out: Mapping[str, int]


def backup(
    home: Home, file: str | Path, password: str | bytes, *, work: int = STANDARD_WORK
) -> Backup:
    """Write a backup of a home that is open to write or to read; one that is there is replaced.

    file      its path; keep it elsewhere than the home
    password  of the backup, at least 8 characters; the restored home has it, too

    It is of one moment, whatever another process writes to the home meanwhile.

    Raises PasswordError; DamagedError if a file of the home is not what was written; HomeError if
    the place is in the home; FileError.

    Cost: 1 s, and 0.1 ms a secret.
    """
    place, secret = require_path("backup", "file", file), new_password(password)
    if target(place).is_relative_to(home.path.resolve()):
        raise HomeError(
            f"{place} lies in the home itself.",
            "Give a place elsewhere: what ends the home must not end the backup.",
        )
    signer = home.account
    with home.still():
        made = now()
        names = home.vault.all()
        kept = [(kind, name) for kind, name in names if kind in IN_BACKUPS]
        values = [(kind, name, home.vault.get(kind, name)) for kind, name in kept]
        papers = [
            (kind, name, home.documents.get(kind, name)) for kind, name in home.documents.all()
        ]
    inside = _inside(signer, values, papers)
    scrypt = Scrypt(work)
    outside: dict[str, Json] = {
        "format": FORMAT,
        "made": made,
        "scrypt": {"salt": scrypt.salt.hex(), "work": scrypt.work},
    }
    box = encrypt(scrypt.key(secret), inside, canonical(outside))
    text = base64.b64encode(box.data).decode("ascii")
    whole: dict[str, Json] = {**outside, "payload": text, "nonce": box.nonce.hex()}
    write_file(place, written({**whole, "sha256": digest(whole)}), secret=True)
    if home.writes:
        home.log.write(log.Entry(event="backup made", account=home.address))
    left_out = [(kind, name, b"") for kind, name in names if kind not in IN_BACKUPS]
    return Backup(home.address, made, _counted(values), _counted(papers), _counted(left_out))


def restore(
    file: str | Path, path: str | Path, password: str | bytes, *, work: int = STANDARD_WORK
) -> Backup:
    """Make a home of a backup, with the backup's password.

    path  a folder that is not there yet, or is empty

    The home bears a mark (`Home.restored`). Do not use the old home, or another copy, beside it:
    both would send from one account.

    Raises PasswordError if the password is another; DamagedError if any byte of the file is;
    HomeError if something is at the path; FileError.

    Cost: 2 s, and 1 ms a secret.
    """
    source = require_path("restore", "file", file)
    place, secret = home_path(require_path("restore", "path", path)), checked_password(password)
    where = str(source)
    outside = read_fields(read_file(source, LIMIT), where, FORMAT, LIMIT)
    contents = _contents(_opened(outside, where, secret), where, outside.text("made", TIME))
    made = make(place, contents, secret, work)
    with Home(made, secret, contents.account) as home:
        home.log.write(log.Entry(event="home restored", account=home.address))
        return Backup(
            home.address,
            outside.text("made", TIME),
            _counted(contents.secrets),
            _counted(contents.documents),
            {},
        )


def _inside(
    signer: LocalAccount,
    values: list[tuple[str, str, bytes]],
    papers: list[tuple[str, str, bytes]],
) -> bytes:
    """What is encrypted."""
    return written(
        {
            "account": bytes(signer.key).hex(),
            "documents": [
                {"data": data.hex(), "kind": kind, "name": name} for kind, name, data in papers
            ],
            "format": INSIDE,
            "secrets": [
                {"kind": kind, "name": name, "value": value.hex()} for kind, name, value in values
            ],
        }
    )


def _opened(fields: Fields, where: str, password: bytes) -> Fields:
    """What was encrypted, of the right form. Raises PasswordError, DamagedError."""
    fields.names("payload", "format", "made", "nonce", "scrypt", "sha256")
    if fields.data("sha256").hex() != digest(fields.without("sha256")):
        raise damaged(where)
    how = fields.inner("scrypt")
    how.names("salt", "work")
    box = Box(
        fields.data("nonce", NONCE_SIZE),
        base64.b64decode(fields.text("payload", BASE64), validate=True),
    )
    if len(box.data) < TAG_SIZE:
        raise damaged(where)
    bound = canonical(fields.without("payload", "nonce", "sha256"))
    inside = decrypt(scrypt_in(how, where).key(password), box, bound)
    if inside is None:
        raise PasswordError(
            f"The password does not open {where}.",
            "Give the password that the backup was made with.",
        )
    return read_fields(inside, where, INSIDE, LIMIT)


def _contents(fields: Fields, where: str, made: str) -> Contents:
    fields.names("account", "documents", "format", "secrets")
    values, papers = [], []
    for entry in fields.listed("secrets"):
        entry.names("kind", "name", "value")
        values.append((*_named(entry), entry.data("value")))
    for entry in fields.listed("documents"):
        entry.names("data", "kind", "name")
        papers.append((*_named(entry), entry.data("data")))
    masters = [(name, len(value)) for kind, name, value in values if kind == MASTER]
    if masters != [(MASTER_NAME, NEW_SIZE)] or any(kind not in IN_BACKUPS for kind, *_ in values):
        raise HomeError(f"{where} holds other secrets than a backup has.", AGAIN)
    signer = account.account_of(fields.data("account", 32))
    if signer is None:
        raise HomeError(f"{where} holds no account.", AGAIN)
    return Contents(signer, values, papers, Restored(made, now()))


def _named(fields: Fields) -> tuple[str, str]:
    return fields.text("kind", KIND.pattern), fields.text("name", NAME.pattern)


def _counted(entries: Iterable[tuple[str, str, bytes]]) -> dict[str, int]:
    """How many of each kind."""
    return dict(sorted(Counter(kind for kind, _, _ in entries).items()))
