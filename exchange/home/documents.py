"""Documents of a home: JSON that is not secret, and that nothing else can give back.

    documents/KIND-NAME.json

Schemas and manifests, descriptions of segments, policies. They lie in clear, and are in backups.
What the chain can give back, such as the index, is no document: its place is `Home.place`.
"""

from __future__ import annotations

from pathlib import Path

from zkpipe.exchange.errors import DamagedError, HomeError
from zkpipe.exchange.home.folder import erase_file, read_own
from zkpipe.exchange.home.locks import Access
from zkpipe.exchange.home.vault import KIND, NAME
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.strict_json import parse_json
from zkpipe.ground.files.writing import place_file
from zkpipe.ground.kinds import require, require_text

FOLDER = "documents"
ENDING = ".json"
LIMIT = 1 << 22  # bytes


class Documents:
    """The documents of a home: see the module. `Home.documents` is one."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def __repr__(self) -> str:
        return f"Documents({str(self._access.path)!r})"

    def put(self, kind: str, name: str, data: bytes) -> None:
        """Keep a document, byte for byte. One of that name is replaced.

        kind  1 to 16 small letters: schema, manifest
        name  1 to 100 of a-z 0-9 . _ -, the first a letter or digit
        data  a JSON text in UTF-8 of at most 4 MiB, whose numbers may have points

        Raises FormatError if it is no JSON; HomeError.
        """
        path = self._path("put", kind, name)
        given = bytes(require("Documents.put", "data", data, bytes, "Give bytes."))
        fault = _fault(given, f"The document {kind} {name}")
        if fault is not None:
            raise fault
        with self._access.changing():
            place_file(path, given)

    def get(self, kind: str, name: str) -> bytes:
        """A document, byte for byte. Raises HomeError if there is none."""
        path = self._path("get", kind, name)
        self._access.check()
        try:
            return read_own(path, LIMIT)
        except DamagedError:
            if path.exists():
                raise
            raise HomeError(
                f"{self._access.path} has no document {kind} {name}.", "Put it there first."
            ) from None

    def erase(self, kind: str, name: str) -> None:
        """Remove a document. One that is not there is removed."""
        path = self._path("erase", kind, name)
        with self._access.changing():
            erase_file(path)

    def names(self, kind: str) -> list[str]:
        """The names of all documents of a kind, sorted."""
        self._path("names", kind, "any")
        return [name for found, name in self.all() if found == kind]

    def all(self) -> list[tuple[str, str]]:
        """Kind and name of every document, sorted."""
        self._access.check()
        parted = (
            path.name.removesuffix(ENDING).partition("-")
            for path in (self._access.path / FOLDER).iterdir()
            if path.name.endswith(ENDING)
        )
        return sorted(
            (kind, name)
            for kind, _, name in parted
            if KIND.fullmatch(kind) and NAME.fullmatch(name)
        )

    def _path(self, call: str, kind: str, name: str) -> Path:
        for what, value, pattern in (("kind", kind, KIND), ("name", name, NAME)):
            if not pattern.fullmatch(require_text(f"Documents.{call}", what, value)):
                raise HomeError(
                    f"The {what} of a document has a form that no file here has.",
                    "Kinds are small letters; names have a-z 0-9 . _ - and begin with a letter or "
                    "digit.",
                )
        return self._access.path / FOLDER / f"{kind}-{name}{ENDING}"


def _fault(data: bytes, name: str) -> FormatError | None:
    """Why bytes are no JSON, without the error that it came from, which may hold them."""
    try:
        parse_json(data, name, limit=LIMIT, floats=True)
    except FormatError as error:
        return FormatError(error.problem, error.fix)
    return None
