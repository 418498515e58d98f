"""A proving key on a node of a cluster that cannot read it by its path.

The driver puts the key's bytes into the object store once; Ray brings them to each node once. The
first worker of a node writes them to a file in a private folder of the user's cache, named by their
SHA-256; the others wait for it, check the file and use it. A file that was not used for a week is
removed when another one is placed.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from zkpipe.ground.errors import ZkpipeError
from zkpipe.ground.files.cache_folders import own_folder
from zkpipe.ground.files.opened import OpenFile
from zkpipe.ground.files.writing import atomic_write
from zkpipe.ground.process.posix import BYTES, NO_LINK, lock
from zkpipe.jobs.errors import JobError
from zkpipe.prover.formats.zkey import read_zkey
from zkpipe.prover.proving_key import ProvingKey
from zkpipe.verifier_contracts.solidity.generator import key_digest

Bytes = NDArray[np.uint8]

FOLDER = "keys"
KEPT = 7 * 24 * 3600.0  # seconds after its last use


def digest_of(path: Path) -> str:
    """The digest of a .zkey's verifying key. Raises what reading it raises.

    The points of the queries and the coefficients are not read: some 10 ms.
    """
    file = read_zkey(path)
    return key_digest(ProvingKey.stored(file.header, file.history, file.bulk).verifying_key)


def is_key(path: Path, digest: str) -> bool:
    """Whether a .zkey with this digest can be read there."""
    try:
        return digest_of(path) == digest
    except ZkpipeError:
        return False


def key_bytes(path: Path) -> tuple[Bytes, str]:
    """The bytes of a file, and their SHA-256. Raises FileError, FormatError."""
    file = OpenFile(path)
    data = file.read(0, file.size)
    return data, hashlib.sha256(data.data).hexdigest()


def placed(data: Bytes, sha256: str) -> Path:
    """The file on this node that holds these bytes: written now, if it is not there yet.

    Raises JobError if the bytes are others, or there is no folder for them; FileError.
    """
    folder = own_folder(FOLDER)
    if folder is None:
        raise JobError(
            "The proving key cannot be kept on a node of the cluster: no folder is writable for "
            "its user alone.",
            "Set XDG_CACHE_HOME or TMPDIR on the nodes to a folder that only their user can "
            "write to, or give the key under the same path on all nodes.",
        )
    path = folder / f"{sha256}.zkey"
    with _locked(folder):
        if not _holds(path, sha256):
            if hashlib.sha256(data.data).hexdigest() != sha256:
                raise JobError(
                    "The proving key came to a node of the cluster with other bytes than it has.",
                    "Run the batch again. If it happens again, look for what changes the key.",
                )
            with atomic_write(path, secret=True) as file:
                file.write(data.data)
            _tidy(folder)
        # Whoever has the file open looks at its time of change: only that of access is set.
        os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))
    return path


def _holds(path: Path, sha256: str) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False


def _tidy(folder: Path) -> None:
    """Remove keys that were not used for long. Who has one open goes on with it."""
    for path in folder.glob("*.zkey"):
        with suppress(OSError):
            if time.time() - path.stat().st_atime > KEPT:
                path.unlink()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process of the node at a time."""
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | BYTES | NO_LINK, 0o600)
    try:
        lock(handle)
        yield
    finally:
        os.close(handle)
