"""A home is made beside its place, and moved there when it is whole.

A process that is killed meanwhile leaves a hidden folder, which whoever makes that home next
removes. Nothing in it is in clear at any moment.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from zkpipe.exchange.canonical import written
from zkpipe.exchange.errors import HomeError
from zkpipe.exchange.home import account, documents, log, vault
from zkpipe.exchange.home.encryption import KEY_SIZE, Scrypt
from zkpipe.exchange.home.fields import read_fields
from zkpipe.exchange.home.folder import PART, check_folder, make_folder, read_own, sync_folder
from zkpipe.exchange.home.header import FILE, TIME, Header
from zkpipe.exchange.home.keys import Keys
from zkpipe.exchange.home.locks import Access, WriterLock
from zkpipe.ground.files.reading import FileError, file_failure
from zkpipe.ground.files.writing import place_file

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

RESTORED = "restored.json"
RESTORED_FORMAT = "zkpipe restored 1"


@dataclass(frozen=True, slots=True)
class Restored:
    """That a home comes from a backup, and was not reconciled with the chain since.

    made      when the backup was made, UTC, as in 2026-11-30T08:00:00Z
    restored  when it was restored
    """

    made: str
    restored: str

    def place(self, folder: Path) -> None:
        """Write the mark."""
        fields = {"format": RESTORED_FORMAT, "made": self.made, "restored": self.restored}
        place_file(folder / RESTORED, written(fields))

    @classmethod
    def load(cls, folder: Path) -> Restored | None:
        """The mark of a home; None if there is none. Raises DamagedError."""
        path = folder / RESTORED
        if not path.exists() and not path.is_symlink():
            return None
        fields = read_fields(read_own(path, 1 << 10), str(path), RESTORED_FORMAT, 1 << 10)
        fields.names("format", "made", "restored")
        return cls(fields.text("made", TIME), fields.text("restored", TIME))


@dataclass(frozen=True, slots=True, repr=False)
class Contents:
    """What a home is made of.

    account    that sends and signs
    secrets    kind, name and value of each secret, the master among them
    documents  kind, name and bytes of each document
    restored   the mark of a home that comes from a backup
    """

    account: LocalAccount
    secrets: Sequence[tuple[str, str, bytes]]
    documents: Sequence[tuple[str, str, bytes]] = ()
    restored: Restored | None = None

    def master(self) -> bytes:
        """The master secret."""
        return next(value for kind, _, value in self.secrets if kind == vault.MASTER)


@dataclass(frozen=True, slots=True, repr=False)
class Made:
    """A home that was just made, locked for this process: what Home takes to have it open."""

    access: Access
    header: Header
    key: bytes = field(repr=False)


def now() -> str:
    """The time, as files have it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def make(path: Path, contents: Contents, password: bytes, work: int) -> Made:
    """Make a home at an absolute path where nothing is, or an empty folder.

    Raises HomeError if something is there, or others could write to the way there; FileError.
    """
    refuse_what_is_there(path)
    with _staging(path) as stage:
        lock = WriterLock(stage)
        try:
            header, key = _fill(stage, lock, contents, password, work)
            refuse_what_is_there(path)
            try:
                stage.rename(path)
                sync_folder(path.parent)
            except OSError as error:
                raise file_failure("written", path, error) from error
        except BaseException:
            lock.close()
            raise
    return Made(Access(path, lock), header, key)


def _fill(
    stage: Path, lock: WriterLock, contents: Contents, password: bytes, work: int
) -> tuple[Header, bytes]:
    """Write all files of a home."""
    for name in (vault.FOLDER, documents.FOLDER, log.FOLDER):
        make_folder(stage / name)
    keystore = account.keystore_bytes(contents.account, password, work)
    key = secrets.token_bytes(KEY_SIZE)
    header = Header(
        address=str(contents.account.address),
        public=Keys(contents.master()).public,
        home=secrets.token_hex(16),
        created=now(),
        keystore=account.keystore_digest(keystore),
        scrypt=Scrypt(work),
    ).locked(key, password)
    access = Access(stage, lock)
    vault.Vault(access, header.home, key).fill(contents.secrets)
    papers = documents.Documents(access)
    for kind, name, data in contents.documents:
        papers.put(kind, name, data)
    if contents.restored is not None:
        contents.restored.place(stage)
    place_file(stage / account.FILE, keystore)
    header.place(stage)
    return header, key


def refuse_what_is_there(path: Path) -> None:
    """Raises HomeError unless a home can be made at a path; FileError."""
    try:
        if not path.is_symlink() and not path.exists():
            return
        if path.is_symlink() or not path.is_dir():
            raise HomeError(f"{path} is there, and is no folder.", "Give another place.")
        names = sorted(entry.name for entry in path.iterdir())
    except OSError as error:
        raise file_failure("read", path, error) from error
    if FILE in names:
        raise HomeError(
            f"{path} is a home already. It is never written over.",
            "Give another place; or move the old home away, if you are sure.",
        )
    if names:
        raise HomeError(f"{path} is there, and is not empty.", "Give a place where nothing is.")


@contextmanager
def _staging(path: Path) -> Iterator[Path]:
    """A hidden folder beside a path; removed unless it was moved away."""
    _remove_left(path)
    stage = path.with_name(f".{path.name[:100]}.{secrets.token_hex(8)}{PART}")
    try:
        stage.mkdir(mode=0o700)
    except OSError as error:
        raise file_failure("written", path, error) from error
    try:
        check_folder(stage)
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _remove_left(path: Path) -> None:
    """Remove what killed processes left of this home, unless a process is at work on it."""
    name = re.compile(re.escape(f".{path.name[:100]}.") + "[0-9a-f]{16}" + re.escape(PART))
    found: list[Path] = []
    with suppress(OSError):  # whoever makes a folder there says what is wrong
        found = [entry for entry in path.parent.iterdir() if name.fullmatch(entry.name)]
    for left in found:
        with suppress(HomeError, FileError, OSError):
            check_folder(left)
            lock = WriterLock(left)
            try:
                shutil.rmtree(left, ignore_errors=True)
            finally:
                lock.close()


def home_path(path: Path) -> Path:
    """The absolute path of a home; links stay, to be looked at. Raises HomeError if it is none."""
    found = path.absolute()
    if found.name in ("", ".."):
        raise HomeError(f"{path} cannot be a home.", "Give the folder's own name.")
    return found
