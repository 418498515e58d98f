"""The prepared keys in the user's cache: which key has one, and which are too old to keep.

A prepared key is found by what the system says of the key's file: device, inode, size, time of
change, and owner. So it is not used once the key was replaced, written to, moved or copied, nor by
another version of zkpipe. It is used only if nobody but the user can have written it
(ground.files.mapped). The proof's own check stands for all else (groth16.prove).
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from zkpipe.ground.files.cache_folders import readable_folders
from zkpipe.ground.files.mapped import FileIdentity, OwnFile, open_own
from zkpipe.ground.files.reading import FileError
from zkpipe.ground.quick_dataclass import dataclass

if TYPE_CHECKING:  # when they run, modules of formats are imported once a file is there
    from zkpipe.prover.formats.prepared_key import PreparedHeader
    from zkpipe.prover.formats.zkey import Head

FOLDER = "prepared"
DAY = 86_400.0
UNUSED = 30 * DAY
MOST_BYTES = 1 << 34  # of all together
_NAME = r"\.?[0-9a-f]{1,16}-[0-9a-f]{1,16}\.prepared(\.[0-9a-f]{16}\.part)?"


@dataclass(frozen=True, slots=True, eq=False)
class PreparedFile:
    """A prepared key that can be used; its file stays open."""

    file: OwnFile
    header: PreparedHeader

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Its parts, mapped. Raises FileError."""
        from zkpipe.prover.formats.prepared_key import arrays

        if time.time() - self.file.used > DAY:
            self.file.touch()
        return arrays(self.header, self.file.map())


def file_name(key: FileIdentity) -> str:
    """The name of the prepared key of a key's file: another file of the key has another."""
    return f"{key.device:x}-{key.inode:x}.prepared"


def find(key: FileIdentity, counts: tuple[int, int, int, int]) -> PreparedFile | None:
    """The prepared key of the key in a file; None if there is none that can be used.

    counts  wires, public values, points of the domain, records

    Cost: some calls of the system and 4 KiB that are read.
    """
    for folder in readable_folders(FOLDER):
        own = open_own(folder / file_name(key))
        if own is None:
            continue
        from zkpipe.version import __version__  # it takes 10 ms, and most keys are not prepared

        header = _header(own)
        if header is None or header.key != key or header.version != __version__:
            continue
        found = (header.wires, header.public, header.domain, header.records)
        if found == counts and header.file_size == own.size:
            return PreparedFile(own, header)
    return None


def prepared_of(head: Head) -> PreparedFile | None:
    """The prepared key of the key that a file holds, as `find` gives it."""
    from zkpipe.prover.formats.zkey import stored_arrays

    stored = stored_arrays(head)
    return find(stored.file.identity(), (*head.shape, stored.forms["coefficients"].shape[0]))


def _header(file: OwnFile) -> PreparedHeader | None:
    from zkpipe.prover.formats.prepared_key import HEAD, read_header

    with suppress(FileError):
        return read_header(file.head(HEAD))
    return None


def remove(key: FileIdentity) -> list[Path]:
    """Remove what was prepared of the key in a file, also before its last change; what went."""
    gone = []
    for folder in readable_folders(FOLDER):
        path = folder / file_name(key)
        with suppress(OSError):
            path.unlink()
            gone.append(path)
    return gone


def prune(folder: Path, room: int) -> None:
    """Remove prepared keys of the folder, until `room` bytes can be added to it.

    Those that nothing has used for a month go, and the longest unused while all take more than
    16 GiB with what is added. So does what was left by a process that was killed a day ago. A
    process that uses one goes on with it.
    """
    now, files = time.time(), []
    with suppress(OSError):
        for path in folder.iterdir():
            with suppress(OSError):  # another process removes, too
                if re.fullmatch(_NAME, path.name):
                    status = path.lstat()
                    files.append((status.st_mtime, status.st_size, path))
    whole = room + sum(size for _, size, _ in files)
    for used, size, path in sorted(files):
        is_part = path.suffix == ".part"
        if now - used > (DAY if is_part else UNUSED) or (whole > MOST_BYTES and not is_part):
            with suppress(OSError):
                path.unlink()
                whole -= size
