"""The folder of a bundle: which files it has, and that each is what the listing says.

    bundle.json                 the listing: what the bundle is, and size and SHA-256 of each file
    manifest.json               of the exchange
    headers/00000000.rlp        block headers, 1,024 a file
    receipts/000000000017.rlp   all receipts of block 17
    transactions/000000000017.rlp   all its transactions, if something was signed in one
    accounts.rlp                proofs of which code lies at the contracts' addresses
    events/00000000.json        instead of headers and receipts: logs, as a node told them
    keys/DIGEST.json            a verifying key, by the digest of its points
    sources/DIGEST.txt          the source of a circuit, by its SHA-256

The listing covers itself: its last line is the SHA-256 of the lines before. This finds what was
damaged, and says where. It proves nothing: whoever changes a file can write another listing. What
proves is the hash of a block that the auditor got elsewhere.

Files come from whoever made the bundle. Names, number and sizes are bounded, links are not
followed, and what is parsed is the bytes that were hashed.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from zkpipe.exchange.errors import BundleError, ExportError
from zkpipe.exchange.evidence.chain.encoding import AGAIN
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.reading import FileError, file_failure, refuse_holes
from zkpipe.ground.files.strict_json import parse_json
from zkpipe.ground.files.writing import short_name
from zkpipe.ground.kinds import require_text
from zkpipe.ground.process.posix import AT_ONCE, BYTES, NO_LINK
from zkpipe.ground.shown import shown

FORMAT = "zkpipe audit bundle 1"
LISTING = "bundle.json"
MANIFEST, ACCOUNTS = "manifest.json", "accounts.rlp"
HEADERS, RECEIPTS, EVENTS, KEYS, SOURCES = "headers", "receipts", "events", "keys", "sources"
TRANSACTIONS = "transactions"
FOLDERS = (HEADERS, RECEIPTS, TRANSACTIONS, EVENTS, KEYS, SOURCES)
NAME = re.compile(
    r"manifest\.json|accounts\.rlp|headers/[0-9]{8}\.rlp|receipts/[0-9]{12}\.rlp"
    r"|transactions/[0-9]{12}\.rlp|events/[0-9]{8}\.json|keys/[0-9a-f]{64}\.json|sources/[0-9a-f]{64}\.txt"
)
MOST_FILES = 1 << 17
LARGEST = 1 << 24  # bytes of a file: twice what the receipts of a block of 60 M gas can take
LARGEST_LISTING = 256 * MOST_FILES
HASH = re.compile("0x[0-9a-f]{64}")
DIGEST = re.compile("[0-9a-f]{64}")


class Evidence(StrEnum):
    """How much a bundle shows."""

    RECEIPTS = "with receipts"
    EVENTS = "events only"  # nothing links them to a block: they are the word of who made it


@dataclass(frozen=True, slots=True)
class Listing:
    """What a bundle is.

    anchor    hash of the last block, 0x and hexadecimal; `block` is its number
    files     size and SHA-256 of each file, by name
    """

    evidence: Evidence
    anchor: str
    block: int
    files: Mapping[str, tuple[int, str]]

    def to_bytes(self) -> bytes:
        """The one text that a listing has. Its first line says how much the bundle shows."""
        lines = [
            f'{{"evidence":"{self.evidence}","format":"{FORMAT}",',
            f'"anchor":"{self.anchor}","block":{self.block},',
            '"files":[',
            ",\n".join(
                json.dumps({"name": name, "sha256": digest, "size": size}, separators=(",", ":"))
                for name, (size, digest) in sorted(self.files.items())
            ),
            "],",
        ]
        head = "".join(f"{line}\n" for line in lines).encode("ascii")
        return head + f'"sha256":"{hashlib.sha256(head).hexdigest()}"}}\n'.encode("ascii")

    @classmethod
    def from_bytes(cls, data: bytes) -> Listing:
        """Read one. Raises BundleError unless it is the one text that it should be."""
        try:
            value: Any = parse_json(data, LISTING, limit=LARGEST_LISTING)
            found = _listing(value)
            if found.to_bytes() == data:
                return found
        except (FormatError, LookupError, TypeError, ValueError):
            pass
        raise BundleError(LISTING, "this is not the listing of a bundle, or was changed.", AGAIN)


def _listing(value: Any) -> Listing:
    """Raises LookupError, TypeError or ValueError if a field is not of its form."""
    anchor, block, files = value["anchor"], value["block"], value["files"]
    if not HASH.fullmatch(anchor) or type(block) is not int or not 0 <= block < 1 << 62:
        raise ValueError("anchor, block")
    found = {}
    for entry in files:
        name, size, digest = entry["name"], entry["size"], entry["sha256"]
        if not NAME.fullmatch(name) or not DIGEST.fullmatch(digest):
            raise ValueError("name, sha256")
        if type(size) is not int or not 0 <= size <= LARGEST:
            raise ValueError("size")
        found[name] = size, digest
    if len(files) > MOST_FILES:
        raise ValueError("files")
    return Listing(Evidence(value["evidence"]), anchor, block, found)


def anchor_of(call: str, text: object) -> str:
    """The hash of a block as a listing has it. Raises KindError for no text, FormatError."""
    anchor = require_text(call, "anchor", text).lower()
    if not HASH.fullmatch(anchor):
        raise FormatError(
            f"The anchor {shown(anchor)} is not the hash of a block.",
            "Give 0x and 64 hexadecimal digits, and nothing after them.",
        )
    return anchor


# Reading.


class Folder:
    """A bundle's folder. Its files are those of the listing, no more, no fewer, none changed."""

    def __init__(self, path: Path) -> None:
        """Raises BundleError with the place of the first difference; FileError."""
        self._path = path
        there = set(_names(path))
        if LISTING not in there:
            raise BundleError(LISTING, "it is missing.", AGAIN)
        self.listing = Listing.from_bytes(_read(path, LISTING, LARGEST_LISTING))
        files = self.listing.files
        for name in sorted(there - {LISTING, *files}):
            raise BundleError(name, "the listing does not have it.", AGAIN)
        for name in sorted(files.keys() - there):
            raise BundleError(name, "it is missing.", AGAIN)
        for name in sorted(files):
            self.read(name)

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises BundleError if they are not those of the listing."""
        if name not in self.listing.files:
            raise BundleError(name, "it is missing.", AGAIN)
        size, digest = self.listing.files[name]
        data = _read(self._path, name, size)
        if len(data) != size or hashlib.sha256(data).hexdigest() != digest:
            raise BundleError(name, "its bytes are not those that the listing was made of.", AGAIN)
        return data

    def names(self, folder: str) -> list[str]:
        """The files of one of the folders, in order."""
        return sorted(name for name in self.listing.files if name.startswith(f"{folder}/"))


def _names(path: Path) -> Iterator[str]:
    """All that lies in the folder, as names in it. Raises BundleError for what is no file."""
    try:
        for above in (None, *FOLDERS):
            place = path if above is None else path / above
            if above is not None and not place.is_dir():
                continue
            with os.scandir(place) as entries:
                for count, entry in enumerate(entries):
                    if count > MOST_FILES:
                        raise BundleError(above or str(path), "it holds too many files.", AGAIN)
                    name = entry.name if above is None else f"{above}/{entry.name}"
                    is_folder = above is None and entry.name in FOLDERS
                    if is_folder and entry.is_dir(follow_symlinks=False):
                        continue
                    if not entry.is_file(follow_symlinks=False):
                        raise BundleError(name, "it is no regular file.", AGAIN)
                    yield name
    except OSError as error:
        raise file_failure("read", path, error) from error


def _read(path: Path, name: str, most: int) -> bytes:
    """The bytes of a regular file, one more than `most` of them if there are more."""
    place = path / name
    try:
        handle = os.open(place, os.O_RDONLY | NO_LINK | AT_ONCE | BYTES)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise BundleError(name, "it is no regular file.", AGAIN)
            refuse_holes(place, handle, os.fstat(handle).st_size)
            return file.read(most + 1)
    except OSError as error:
        raise file_failure("read", place, error) from error
    except FormatError as error:
        raise BundleError(name, "it is mostly holes.", AGAIN) from error


# Writing.


class Writer:
    """Writes the files of a new bundle; see `written`."""

    def __init__(self, stage: Path) -> None:
        self._stage = stage
        self._files: dict[str, tuple[int, str]] = {}

    def add(self, name: str, data: bytes) -> None:
        """Write a file. Raises ExportError if it is larger than a bundle's can be, or one more."""
        if len(data) > LARGEST or len(self._files) >= MOST_FILES:
            raise ExportError(
                f"{name} would have {len(data)} bytes, in a bundle of {len(self._files)} files: "
                "too much for one.",
                "Export up to an earlier block.",
            )
        place = self._stage / name
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(data)
        self._files[name] = len(data), hashlib.sha256(data).hexdigest()

    def finish(self, evidence: Evidence, anchor: str, block: int) -> Listing:
        """Write the listing."""
        listing = Listing(evidence, anchor, block, self._files)
        (self._stage / LISTING).write_bytes(listing.to_bytes())
        return listing


def refuse_what_is_there(path: Path) -> None:
    """Raises FileError unless a bundle can be put at a path: nothing, or an empty folder, is there.

    The folder that it lies in must be there.
    """
    try:
        if path.is_symlink() or (path.exists() and any(path.iterdir())):
            raise FileError(f"{path} is there already, and is not empty.", "Give another path.")
        if not path.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, "its folder is not there")
    except OSError as error:
        raise file_failure("written", path, error) from error


@contextmanager
def written(path: Path) -> Iterator[Writer]:
    """Write a new bundle: the folder is there when the block ends well, and whole.

    Raises FileError if something is there already, or the disk refuses.
    """
    stage = path.parent / f".{short_name(path.name)}.{secrets.token_hex(8)}.part"
    try:
        stage.mkdir()
        try:
            yield Writer(stage)
            os.sync()  # before it gets its name: after a loss of power it is whole
            stage.rename(path)  # which fails unless nothing, or an empty folder, is there
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    except OSError as error:
        raise file_failure("written", path, error) from error
