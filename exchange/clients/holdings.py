"""What an owner needs to prove something of a segment later: its rows and its key.

    holdings = Holdings(home)
    holdings.keep(commit_segments(table, keys))
    holdings.segment(root)                     # a Commitment, as the circuits' inputs take it

    secrets/segment-ROOT     the key of its salts, in the vault, and so in backups
    segments/ROOT            its rows, under a key that follows from that one
    documents/schema-HASH    the schema, which is public

Rows are in no backup: they are large, and the owner has the data. `Holdings.rows_from` puts them
back into a restored home, which has the keys. Of a segment that took another's place, by an update,
the data no longer say where its rows are: a copy of the folder `segments` serves, which is
encrypted. Without its key a segment's rows cannot be read, and its root cannot be opened: `erase`
ends both.

The file is a nonce of 12 bytes, then under AES-256-GCM, bound to the format and the root: the
digest of the schema; the class, a byte; the digests of the columns, 32 bytes each; the columns,
little-endian. The number of a row in the data it came from is not kept.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence

import numpy as np

from zkpipe.exchange.canonical import canonical
from zkpipe.exchange.errors import DamagedError, SecretMissingError, UnknownSubjectError
from zkpipe.exchange.home import Home
from zkpipe.exchange.home.encryption import NONCE_SIZE, Box, decrypt, encrypt
from zkpipe.exchange.home.folder import erase_file, make_folder, place_files, read_own, sweep
from zkpipe.exchange.home.vault import SEGMENT
from zkpipe.exchange.tables import Commitment, Schema, Table, commit_segments
from zkpipe.exchange.tables.digests import root_of_columns
from zkpipe.exchange.tables.segments import NO_ROW, dtype_of

FOLDER = "segments"
SCHEMA = "schema"  # the kind of a document
FORMAT = "zkpipe segment rows 1"
LABEL = b"zkpipe.v1.segment.rows"
LIMIT = 1 << 30  # bytes of a file
AGAIN = "Put the rows back with the data: `zkpipe catalogue verify LINEAGE DATA`."


class Holdings:
    """The segments of a home: see the module. Several may look; one that writes keeps and erases.

    No text of it, and none of an error of its, shows a row or a key.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._folder = home.place(FOLDER)

    def __repr__(self) -> str:
        return f"Holdings({str(self._home.path)!r})"

    def keep(self, commitments: Sequence[Commitment]) -> None:
        """Keep the rows and keys of segments, and their schema. They are on the disk on return.

        Those that are kept already stay as they are. A process that is killed meanwhile leaves some
        of them, each whole.

        Raises HomeError if the home was opened to read; FileError.

        Cost: 1.5 ms a segment of 21 columns.
        """
        if not commitments:
            return
        names = {_name(one.root): one for one in commitments}
        vault = self._home.vault
        with self._home.changing():
            self.keep_schema(Schema.of(commitments[0].table.schema.canonical))
            fresh = [(n, one) for n, one in names.items() if not vault.has(SEGMENT, n)]
            vault.fill([(SEGMENT, name, one.key) for name, one in fresh])
            self._place(names)

    def segment(self, root: bytes) -> Commitment:
        """A segment with its rows and its key; `root` has 32 bytes.

        Raises UnknownSubjectError if the home does not have it, or has its key alone; DamagedError.
        """
        name = root.hex()
        path = self._folder / name
        try:
            key = self._home.vault.get(SEGMENT, name)
        except SecretMissingError:
            raise UnknownSubjectError(
                f"The home has no segment 0x{name}.",
                "Its key was erased, or another home committed to it.",
            ) from None
        if not path.exists():
            raise UnknownSubjectError(f"The home has the key of segment 0x{name} alone.", AGAIN)
        data = read_own(path, LIMIT)
        plain = decrypt(_rows_key(key), Box(data[:NONCE_SIZE], data[NONCE_SIZE:]), _bound(name))
        found = None if plain is None else self._commitment(root, key, plain)
        if found is None:
            raise DamagedError(f"{path} is damaged: it is not what was written.", AGAIN)
        return found

    def roots(self) -> list[bytes]:
        """The roots of all segments that the home has with rows and key, sorted."""
        return sorted(bytes.fromhex(name) for name in self._rows() & self._keys())

    def keys_alone(self) -> list[bytes]:
        """The roots of segments of which the home has the key without the rows, sorted."""
        return sorted(bytes.fromhex(name) for name in self._keys() - self._rows())

    def rows_from(self, table: Table, roots: Sequence[bytes]) -> list[bytes]:
        """Put back rows that the home lost, from the data that were committed to.

        table  the data, encoded anew
        roots  of the segments that they were committed to, in their order

        result  the roots whose rows were put back; none where the table is another one

        Cost: that of the commitment.
        """
        missing = set(self.keys_alone()).intersection(roots)
        if len(roots) != len(table):
            return []
        found = []
        for i, root in enumerate(roots):
            if root in missing:
                key = self._home.vault.get(SEGMENT, root.hex())
                (again,) = commit_segments(table.segment(i), [key])
                if again.root == int.from_bytes(root, "big"):
                    found.append(again)
        with self._home.changing():
            self._place({_name(one.root): one for one in found})
        return [one.root.to_bytes(32, "big") for one in found]

    def erase(self, root: bytes) -> None:
        """Erase a segment's rows, then its key: nobody opens it again. See the vault for disks.

        One that is not there is erased. Raises HomeError, FileError.
        """
        name = root.hex()
        with self._home.changing():
            if (self._folder / name).exists():
                erase_file(self._folder / name)
            self._home.vault.erase(SEGMENT, name)

    def schema(self, digest: bytes) -> Schema:
        """The schema of a schemaHash. Raises UnknownSubjectError if the home has not seen it."""
        documents = self._home.documents
        if digest.hex() not in documents.names(SCHEMA):
            raise UnknownSubjectError(
                f"The home has no schema 0x{digest.hex()}.",
                "Commit to data under it first, or give the file of the schema.",
            )
        return Schema.of(documents.get(SCHEMA, digest.hex()))

    def keep_schema(self, schema: Schema) -> None:
        """Keep a schema, which is public."""
        if schema.hash.hex() not in self._home.documents.names(SCHEMA):
            self._home.documents.put(SCHEMA, schema.hash.hex(), schema.canonical)

    def _place(self, commitments: dict[str, Commitment]) -> None:
        make_folder(self._folder)
        sweep(self._folder)  # what a killed process left
        files = {
            name: _file(name, one)
            for name, one in commitments.items()
            if not (self._folder / name).exists()
        }
        if files:
            place_files(self._folder, files)

    def _rows(self) -> set[str]:
        if not self._folder.exists():
            return set()
        return {path.name for path in self._folder.iterdir() if len(path.name) == 64}

    def _keys(self) -> set[str]:
        return {name for name in self._home.vault.names(SEGMENT) if len(name) == 64}

    def _commitment(self, root: bytes, key: bytes, plain: bytes) -> Commitment | None:
        """What a file holds; None if it does not hold together with the root."""
        schema_hash, segment_class = plain[:32], plain[32]
        schema = self.schema(schema_hash)
        size, count = 1 << segment_class, len(schema.formats)
        at = 33 + 32 * count
        numbers = (plain[i : i + 32] for i in range(33, at, 32))
        digests = tuple(int.from_bytes(number, "big") for number in numbers)
        columns = []
        for format_ in schema.formats:
            kind = np.dtype(dtype_of(format_)).newbyteorder("<")
            slots = np.frombuffer(plain, kind, size, at).astype(kind.newbyteorder("="))
            columns.append(slots.reshape(1, size))
            at += size * kind.itemsize
        number = int.from_bytes(root, "big")
        if at != len(plain) or root_of_columns(schema.word, digests) != number:
            return None
        origin = np.full((1, size), NO_ROW, np.int64)
        return Commitment(
            Table(schema, segment_class, tuple(columns), origin), number, digests, key
        )


def _file(name: str, commitment: Commitment) -> bytes:
    """The bytes of a segment's file."""
    box = encrypt(_rows_key(commitment.key), b"".join(_parts(commitment)), _bound(name))
    return box.nonce + box.data


def _parts(commitment: Commitment) -> Iterable[bytes]:
    table = commitment.table
    yield table.schema.hash
    yield bytes([table.segment_class])
    for digest in commitment.digests:
        yield digest.to_bytes(32, "big")
    for column in table.columns:
        yield column[0].astype(column.dtype.newbyteorder("<"), copy=False).tobytes()


def _rows_key(key: bytes) -> bytes:
    """The key of a segment's rows, which nobody has without the segment's."""
    return hmac.digest(key, LABEL, "sha256")


def _bound(name: str) -> bytes:
    return canonical({"format": FORMAT, "root": name})


def _name(root: int) -> str:
    return root.to_bytes(32, "big").hex()
