"""The vault: secrets of a home, each in an encrypted file of its own.

    secrets/KIND-NAME    JSON: home, kind and name in clear; the secret under AES-256-GCM

The kind, the name and the home are bound to the ciphertext, so a file that is moved, renamed or of
another home is refused, as is one of which any byte was changed. A secret is never replaced.

    master    one, from which the issuer's, the holder's and the seal's key follow
    segment   the key of a segment's salts; without it, the segment's root cannot be opened
    left      which units left a lineage with a segment, as digests under a key of the home
    job       all that is secret of one job, erased when the job's end is final; never in backups
    others    any word of small letters; in backups only if IN_BACKUPS lists it

A secret is erased by erasing its file. That is final only as far as the disk overwrites: an SSD may
keep the old bytes for a time, which are a ciphertext under the vault's key. Backups keep what they
hold: to erase the key of a segment, destroy the backups that have it, too.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from zkpipe.exchange.canonical import canonical, written
from zkpipe.exchange.errors import (
    DamagedError,
    HomeError,
    OtherHomeError,
    SecretExistsError,
    SecretMissingError,
    SwappedError,
)
from zkpipe.exchange.home.encryption import NONCE_SIZE, Box, decrypt, encrypt
from zkpipe.exchange.home.fields import Fields, damaged, read_fields
from zkpipe.exchange.home.folder import erase_file, place_files, read_own
from zkpipe.exchange.home.locks import Access
from zkpipe.ground.files.writing import place_file
from zkpipe.ground.kinds import require, require_text

FORMAT = "zkpipe secret 1"
FOLDER = "secrets"
MASTER, SEGMENT, LEFT, JOB = "master", "segment", "left", "job"
MASTER_NAME = "home"
IN_BACKUPS = frozenset({MASTER, SEGMENT, LEFT})
KIND = re.compile("[a-z]{1,16}")
NAME = re.compile("[a-z0-9][a-z0-9._-]{0,99}")
NEW_SIZE = 32  # bytes
MOST = 1 << 16  # bytes of a secret
LIMIT = 1 << 18  # bytes of its file


class Vault:
    """The secrets of a home: see the module. `Home.vault` is one."""

    def __init__(self, access: Access, home: str, key: bytes) -> None:
        self._access = access
        self._home = home
        self._key = key
        self._blind = secrets.token_bytes(32)
        self._given = {self._digest(key)}

    def __repr__(self) -> str:
        return f"Vault({str(self._access.path)!r})"

    def new(self, kind: str, name: str) -> bytes:
        """Make a secret of 32 random bytes, and return it when it is on the disk.

        kind  1 to 16 small letters
        name  1 to 100 of a-z 0-9 . _ -, the first a letter or digit; it is not secret

        Raises SecretExistsError if there is one of that name; HomeError.
        """
        path = self._path("new", kind, name)
        with self._access.changing():
            if path.exists():
                raise self._exists(kind, name)
            value = secrets.token_bytes(NEW_SIZE)
            self._place(path, kind, name, value)
        return value

    def put(self, kind: str, name: str, value: bytes) -> None:
        """Keep a secret of 1 to 65,536 bytes. The same one may be put again.

        Raises SecretExistsError if there is another of that name; HomeError; KindError.
        """
        path = self._path("put", kind, name)
        data = bytes(require("Vault.put", "value", value, bytes, "Give bytes."))
        _check_size(data)
        with self._access.changing():
            if path.exists():
                if not secrets.compare_digest(self.get(kind, name), data):
                    raise self._exists(kind, name)
                return
            self._place(path, kind, name, data)

    def new_many(self, kind: str, names: Sequence[str]) -> dict[str, bytes]:
        """Make many secrets as `new` does, at once: 977 of them in the time of ten.

        They are returned when all are on the disk. A process that is killed meanwhile may leave
        some of them, each whole.

        Raises SecretExistsError, before any is made, if there is one of these names; HomeError.
        """
        paths = {name: self._path("new", kind, name) for name in names}
        values = {name: secrets.token_bytes(NEW_SIZE) for name in paths}
        with self._access.changing():
            for name, path in paths.items():
                if path.exists():
                    raise self._exists(kind, name)
            self._place_many([(kind, name, value) for name, value in values.items()])
        return values

    def fill(self, entries: Sequence[tuple[str, str, bytes]]) -> None:
        """Put many secrets, kinds, names and values, of which the vault has none yet, at once.

        A process that is killed meanwhile may leave some of them, each whole.

        Raises SecretExistsError, before any is put, if it holds one of them; HomeError.
        """
        for kind, name, value in entries:
            if self._path("put", kind, name).exists():
                raise self._exists(kind, name)
            _check_size(value)
        with self._access.changing():
            self._place_many(entries)

    def get(self, kind: str, name: str) -> bytes:
        """A secret.

        Raises SecretMissingError if there is none; SwappedError, OtherHomeError, TruncatedError or
        DamagedError if its file is not what was written; HomeError if others can read it.
        """
        path = self._path("get", kind, name)
        self._access.check()
        try:
            data = read_own(path, LIMIT)
        except DamagedError:
            if path.exists():
                raise
            raise SecretMissingError(
                f"{self._access.path} has no secret {kind} {name}.",
                "It was never made, or it was erased; a restored home has none of its jobs.",
            ) from None
        value = self._opened(read_fields(data, str(path), FORMAT, LIMIT), path, kind, name)
        self._remember(value)
        return value

    def has(self, kind: str, name: str) -> bool:
        """Whether there is such a secret, readable or not."""
        return self._path("has", kind, name).exists()

    def erase(self, kind: str, name: str) -> None:
        """Erase a secret: see the module for what that means. One that is not there is erased.

        Raises HomeError for the master secret, which goes with the home only.
        """
        path = self._path("erase", kind, name)
        if kind == MASTER:
            raise HomeError(
                "The master secret of a home is not erased alone.",
                "Remove the whole folder, and its backups, if nothing of the home is needed.",
            )
        with self._access.changing():
            erase_file(path)

    def names(self, kind: str) -> list[str]:
        """The names of all secrets of a kind, sorted."""
        self._path("names", kind, "any")
        return [name for found, name in self.all() if found == kind]

    def all(self) -> list[tuple[str, str]]:
        """Kind and name of every secret, sorted."""
        self._access.check()
        parted = (path.name.partition("-") for path in self._folder.iterdir())
        return sorted(
            (kind, name)
            for kind, _, name in parted
            if KIND.fullmatch(kind) and NAME.fullmatch(name)
        )

    def knows(self, value: bytes) -> bool:
        """Whether bytes are a secret that this object has given out: for who must not write it."""
        return self._digest(value) in self._given

    @property
    def _folder(self) -> Path:
        return self._access.path / FOLDER

    def _path(self, call: str, kind: str, name: str) -> Path:
        for what, value, pattern, form in (
            ("kind", kind, KIND, "1 to 16 small letters"),
            ("name", name, NAME, "1 to 100 of a-z 0-9 . _ -, and begins with a letter or digit"),
        ):
            if not pattern.fullmatch(require_text(f"Vault.{call}", what, value)):
                raise HomeError(
                    f"The {what} of a secret is {form}; this one is another text.",
                    "Name a secret by what it is for, such as the id of its job in hex.",
                )
        if kind == MASTER and name != MASTER_NAME and call != "names":
            raise HomeError("A home has one master secret.", f"Its name is {MASTER_NAME}.")
        return self._folder / f"{kind}-{name}"

    def _place(self, path: Path, kind: str, name: str, value: bytes) -> None:
        place_file(path, self._file(kind, name, value))
        self._remember(value)

    def _place_many(self, entries: Sequence[tuple[str, str, bytes]]) -> None:
        files = {f"{kind}-{name}": self._file(kind, name, value) for kind, name, value in entries}
        place_files(self._folder, files)
        for _, _, value in entries:
            self._remember(value)

    def _file(self, kind: str, name: str, value: bytes) -> bytes:
        """The bytes of a secret's file."""
        named = self._named(kind, name)
        box = encrypt(self._key, value, canonical(named))
        return written({**named, "payload": box.data.hex(), "nonce": box.nonce.hex()})

    def _opened(self, fields: Fields, path: Path, kind: str, name: str) -> bytes:
        fields.names("payload", "format", "home", "kind", "name", "nonce")
        if fields.text("home", "[0-9a-f]{32}") != self._home:
            raise OtherHomeError(
                f"{path} is a secret of another home.", "Put the file of this home there."
            )
        found = fields.text("kind", KIND.pattern), fields.text("name", NAME.pattern)
        if found != (kind, name):
            raise SwappedError(
                f"{path} holds the secret {found[0]} {found[1]}, not {kind} {name}.",
                "Give the files of the vault the names that they had.",
            )
        box = Box(fields.data("nonce", NONCE_SIZE), fields.data("payload"))
        value = decrypt(self._key, box, canonical(self._named(kind, name)))
        if value is None:
            raise damaged(str(path))
        return value

    def _named(self, kind: str, name: str) -> dict[str, str]:
        """What is bound to a secret."""
        return {"format": FORMAT, "home": self._home, "kind": kind, "name": name}

    def _exists(self, kind: str, name: str) -> SecretExistsError:
        return SecretExistsError(
            f"{self._access.path} has a secret {kind} {name} already.",
            "Use that one, or another name; a secret is never replaced.",
        )

    def _digest(self, value: bytes) -> bytes:
        return hashlib.blake2b(value, key=self._blind, digest_size=16).digest()

    def _remember(self, value: bytes) -> None:
        self._given.add(self._digest(value))


def _check_size(value: bytes) -> None:
    if not 0 < len(value) <= MOST:
        raise HomeError(
            f"A secret has 1 to {MOST} bytes; this one has {len(value)}.",
            "Keep what is larger in a file of its own, encrypted under a secret.",
        )
