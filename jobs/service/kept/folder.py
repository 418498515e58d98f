"""The service's own folder: only its user enters it, and only one service at a time.

    lock       held by the service that runs
    secret     32 bytes, made once
    queued     a file for each job that was accepted and is not finished: private
    tries      how often such a job was tried
    results    a file for each result

Folders have mode 0700, files 0600.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

import platformdirs

from zkpipe.ground.files.ownership import objection, read_trusted
from zkpipe.ground.files.reading import FileError, file_failure
from zkpipe.ground.files.writing import place_file
from zkpipe.ground.process.posix import BYTES, NO_LINK, fcntl
from zkpipe.jobs.errors import ServiceError

SECRET = 32  # bytes
PRIVATE = 0o700
PARTS = ("queued", "tries", "results")


def usual_folder(keys: Path) -> Path:
    """The folder of a service of these keys: in the user's state folder, by the keys' place.

    Raises ServiceError if the user has none.
    """
    digest = hashlib.sha256(os.fsencode(keys.resolve())).hexdigest()[:16]
    with suppress(RuntimeError):  # neither HOME nor an entry for the user
        folder = platformdirs.user_state_path("zkpipe", appauthor=False)
        if folder.is_absolute():
            return folder / "serve" / digest
    raise ServiceError(
        "There is no home folder to keep jobs in.", "Give --state DIR, or --volatile."
    )


class StateFolder:
    """A folder that this process alone uses until it is closed, or ends.

    Raises ServiceError if another service uses it, others can get at it, or it holds something
    else; FileError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        try:
            _make(self.path)
            self._lock = self._locked()
        except OSError as error:
            raise file_failure("written", self.path, error) from error
        try:
            self.secret = self._read_secret()
            for part in PARTS:
                (self.path / part).mkdir(mode=PRIVATE, exist_ok=True)
                _refuse_if_open(self.path / part)
        except OSError as error:
            self.close()
            raise file_failure("written", self.path, error) from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let another service use it."""
        with suppress(OSError):
            os.close(self._lock)

    def _locked(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | NO_LINK | BYTES
        handle = os.open(self.path / "lock", flags, 0o600)
        if fcntl is None:
            return handle
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise ServiceError(
                f"Another service uses {self.path}.",
                "Stop it first, or give this one a folder of its own with --state.",
            ) from None
        except OSError:
            os.close(handle)
            raise
        return handle

    def _read_secret(self) -> bytes:
        path = self.path / "secret"
        try:
            secret = read_trusted(path)
        except FileNotFoundError:
            self._refuse_what_is_not_ours()
            secret = secrets.token_bytes(SECRET)
            place_file(path, secret)
        if len(secret) != SECRET or stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise ServiceError(
                f"{path} is not as the service has made it.",
                "Remove the folder if its jobs and results are not needed.",
            )
        return secret

    def _refuse_what_is_not_ours(self) -> None:
        known = {"lock", "secret", *PARTS}
        others = [p.name for p in self.path.iterdir() if p.name not in known]
        others = [name for name in others if not name.startswith(".secret.")]  # killed meanwhile
        if others:
            raise ServiceError(
                f"{self.path} holds other things than a service's jobs: {others[0][:60]!a}.",
                "Give --state a folder of its own, or one that is not there yet.",
            )


def _refuse_if_open(path: Path) -> None:
    """Raises ServiceError for a link, and for a folder that others can enter."""
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or stat.S_IMODE(status.st_mode) & 0o077:
        raise ServiceError(
            f"{path} is not as the service has made it.",
            "Remove the folder if its jobs and results are not needed.",
        )


def _make(path: Path) -> None:
    """Make the folder, and those above it that are missing; or take it if it is the user's own."""
    if not path.exists():
        for folder in [*reversed(path.parents), path]:
            if not folder.exists():
                folder.mkdir(mode=PRIVATE, exist_ok=True)
    if not path.is_dir():
        raise FileError(f"{path} is not a folder.", "Give another one with --state.")
    why = objection(path)
    if why is not None:
        raise ServiceError(
            f"{path} cannot keep private inputs: {why}.",
            "Give --state a folder that only you can write to.",
        )
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        if any(p.name not in ("lock", "secret", *PARTS) for p in path.iterdir()):
            raise ServiceError(
                f"{path} can be entered by others and holds other things than a service's jobs.",
                "Give --state a folder of its own, or one that is not there yet.",
            )
        path.chmod(PRIVATE)
