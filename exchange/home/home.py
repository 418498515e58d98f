"""A home: the folder of one party of the exchange.

    home.json       what it is, its public keys, the vault's key under the password   (header)
    account.json    the Ethereum account, as wallets keep one                         (account)
    secrets/        the vault                                                         (vault)
    documents/      schemas, manifests and the like                                   (documents)
    logs/           what happened                                                     (log)
    restored.json   only after a restore, until the sender has reconciled             (making)
    lock, gate, turn    see locks

Other parts keep what the chain can give back, the index and the outbox, at `Home.place`.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from zkpipe.exchange.errors import DamagedError, HomeError
from zkpipe.exchange.home import account, documents, log, vault
from zkpipe.exchange.home.encryption import STANDARD_WORK, Scrypt
from zkpipe.exchange.home.fields import RESTORE
from zkpipe.exchange.home.folder import check_folder, read_own, sweep, sync_folder
from zkpipe.exchange.home.header import Header
from zkpipe.exchange.home.keys import Keys, PublicKeys
from zkpipe.exchange.home.locks import Access, WriterLock
from zkpipe.exchange.home.making import RESTORED, Contents, Made, Restored, home_path, make
from zkpipe.exchange.home.password import checked_password, new_password
from zkpipe.ground.closing import Closing
from zkpipe.ground.files.reading import file_failure
from zkpipe.ground.files.writing import place_file
from zkpipe.ground.kinds import require_path, require_text

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

__all__ = ["Home", "Restored"]

PLACE = re.compile("[a-z][a-z0-9_-]{0,40}([.][a-z0-9]{1,10})?")
OURS = (
    *("home.json", "account.json", "restored.json", "secrets", "documents", "logs"),
    *("lock", "gate", "turn"),
)


class Home(Closing):
    """A home that is open. Made by `create`, `open` or `read`; `with` closes it.

    path       its folder
    vault      its secrets: a Vault
    documents  its documents: a Documents
    log        its log: a Log

    No text of it, and none of an error of its, shows a secret.
    """

    def __init__(self, made: Made, password: bytes, signer: LocalAccount | None = None) -> None:
        self._access, self._header = made.access, made.header
        self._password: bytes | None = password  # until the account is opened, which takes it
        self._signer = signer
        self.path = made.access.path
        self.vault = vault.Vault(made.access, made.header.home, made.key)
        self.documents = documents.Documents(made.access)
        self.log = log.Log(made.access, self.vault)
        self._key = made.key

    def __repr__(self) -> str:
        return f"Home({str(self.path)!r}, account {self.address})"

    @classmethod
    def create(cls, path: str | Path, password: str | bytes, *, work: int = STANDARD_WORK) -> Home:
        """Make a home, with a new account and a new master secret, and open it to write.

        path      a folder that is not there yet, or is empty
        password  a text of at least 8 characters
        work      of scrypt, for account.json and home.json: a power of two

        Raises PasswordError; HomeError if something is there, or others could get at it; FileError.

        Cost: 1.2 s.
        """
        place = home_path(require_path("Home.create", "path", path))
        secret, signer = new_password(password), account.new_account()
        master = (vault.MASTER, vault.MASTER_NAME, secrets.token_bytes(vault.NEW_SIZE))
        home = cls(make(place, Contents(signer, [master]), secret, work), secret, signer)
        home.log.write(log.Entry(event="home made", account=home.address))
        return home

    @classmethod
    def open(cls, path: str | Path, password: str | bytes) -> Home:
        """Open a home to read and write. One process at a time can.

        What a process that was killed left undone is finished or undone first.

        Raises HomeInUseError, which names the other process; PasswordError; HomeError if it is no
        home, or others could get at it; DamagedError; FileError.

        Cost: 0.5 s; the account takes as much when it is first asked for.
        """
        place = home_path(require_path("Home.open", "path", path))
        secret = checked_password(password)
        Header.load(place)  # before a lock is left in a folder that is no home
        lock = WriterLock(place)
        try:
            access, header = Access(place, lock), Header.load(place)
            key = header.unlock(secret)
            with access.changing():
                _settle(place, header)
                _clean(place)
            return cls(Made(access, header, key), secret)
        except BaseException:
            lock.close()
            raise

    @classmethod
    def read(cls, path: str | Path, password: str | bytes) -> Home:
        """Open a home to read, while another process writes to it or not.

        Raises as `open`, but no HomeInUseError. Cost: as `open`.
        """
        place = home_path(require_path("Home.read", "path", path))
        secret, header = checked_password(password), Header.load(place)
        return cls(Made(Access(place, None), header, header.unlock(secret)), secret)

    @property
    def address(self) -> str:
        """The address of the account."""
        return self._header.address

    @property
    def public(self) -> PublicKeys:
        """The public keys."""
        return self._header.public

    @property
    def keys(self) -> Keys:
        """The private keys that follow from the master secret. Raises DamagedError."""
        return Keys(self.vault.get(vault.MASTER, vault.MASTER_NAME))

    @property
    def account(self) -> LocalAccount:
        """The account that sends and signs.

        Raises DamagedError if account.json is not the one that the home was closed with;
        AccountError if the password was changed since a reader opened the home.

        Cost: 0.5 s when it is first asked for.
        """
        if self._signer is None:
            self._access.check()
            assert self._password is not None  # noqa: S101 # one of the two is there
            self._signer = account.open_account(_keystore(self.path), self._password)
            self._password = None
        return self._signer

    @property
    def restored(self) -> Restored | None:
        """The mark of a restored home: nothing may be sent before `reconciled`.

        What was sent after the backup was made is on the chain only. The sender reads it from there
        first, and then calls `reconciled`.
        """
        return Restored.load(self.path)

    def reconciled(self) -> None:
        """Say that what was sent has been read from the chain: the mark is removed."""
        with self._access.changing():
            try:
                (self.path / RESTORED).unlink(missing_ok=True)
                sync_folder(self.path)
            except OSError as error:
                raise file_failure("written", self.path / RESTORED, error) from error
            self.log.write(log.Entry(event="reconciled with the chain", account=self.address))

    def change_password(self, password: str | bytes, *, work: int = STANDARD_WORK) -> None:
        """Set another password, of home.json and of account.json at once.

        A process that is killed meanwhile leaves the old password or the new one, never both. The
        vault's key stays: whoever had the old password and a copy of the folder can read the copy.

        Raises PasswordError; HomeError if the home was opened to read; FileError. Cost: 1.5 s.
        """
        secret = new_password(password)
        with self._access.changing():
            keystore = account.keystore_bytes(self.account, secret, work)
            header = Header(
                address=self.address,
                public=self.public,
                home=self._header.home,
                created=self._header.created,
                keystore=account.keystore_digest(keystore),
                scrypt=Scrypt(work),
            ).locked(self._key, secret)
            place_file(self.path / account.NEXT, keystore)
            header.place(self.path)  # from here on, it is the new one
            self._header = header
            _settle(self.path, header)
            self.log.write(log.Entry(event="password changed", account=self.address))

    def place(self, name: str) -> Path:
        """Where another part keeps a file, or a folder, that the chain can give back.

        name  such as outbox.sqlite: small letters, digits, _ and -, and one ending

        It is in no backup. Whoever writes there has opened the home to write.

        Raises HomeError for another name.
        """
        text = require_text("Home.place", "name", name)
        if not PLACE.fullmatch(text) or text in OURS:
            raise HomeError(
                "The name of a file in a home has another form, or is taken.",
                "Give small letters, digits, _ and -, and one ending, as in outbox.sqlite.",
            )
        return self.path / text

    @property
    def writes(self) -> bool:
        """Whether it was opened to write."""
        return self._access.writes

    @contextmanager
    def still(self) -> Iterator[None]:
        """While the block runs, no process changes the home: what is read is of one moment.

        Raises HomeInUseError if a change of another process takes too long.
        """
        with self._access.still():
            yield

    def close(self) -> None:
        """Let another process write. Nothing can be read or written by this object any more."""
        self._access.close()
        self._password = None


def _keystore(path: Path) -> Path:
    """The file that holds the account: another only within a change of the password."""
    for _ in range(2):  # home.json may be replaced between the looks
        wanted = Header.load(path).keystore
        for name in (account.FILE, account.NEXT):
            if _is_keystore(path / name, wanted):
                return path / name
    raise DamagedError(
        f"{path / account.FILE} is missing, or is not the account of this home.", RESTORE
    )


def _is_keystore(file: Path, wanted: str) -> bool:
    return file.exists() and account.keystore_digest(read_own(file, account.LIMIT)) == wanted


def _settle(path: Path, header: Header) -> None:
    """Finish, or undo, a change of the password."""
    following = path / account.NEXT
    try:
        if following.exists():
            if _is_keystore(following, header.keystore):
                following.replace(path / account.FILE)
            else:
                following.unlink()
            sync_folder(path)
    except OSError as error:
        raise file_failure("written", path, error) from error


def _clean(path: Path) -> None:
    """Remove what a killed process left half-written, and see that the account is there."""
    for folder in (path / name for name in (vault.FOLDER, documents.FOLDER, log.FOLDER)):
        check_folder(folder)
        sweep(folder)
    sweep(path)
    _keystore(path)
