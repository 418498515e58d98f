"""Files of prepared keys: a key's points in the form that a machine computes in, and its records.

    a line of JSON    the PreparedHeader, with spaces up to HEAD bytes
    a, b, h_and_l     working rows of A, of B in G2, and of H with L behind it (accel.msm.bases)
    finite            of each of these a byte for each point; nothing where all are finite
    starts, wires, kinds, coefficients   the terms of A and B (accel.linear.terms)

Each part begins on a page. Who may have written such a file, and which key it is of, is found out
by prover.prepared_files. Nothing of the points is checked when it is read: a proof from them is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.binfile import write_array
from zkpipe.ground.files.mapped import FileIdentity
from zkpipe.ground.files.strict_json import parse_json
from zkpipe.ground.quick_dataclass import dataclass

FORMAT = "zkpipe prepared key 2"
HEAD = PAGE = 1 << 12
WORDS = {"a": 8, "b": 16, "h_and_l": 8}  # of a point
TERMS: dict[str, Any] = {
    "starts": np.uint32,
    "wires": np.uint32,
    "kinds": np.uint8,
    "coefficients": np.uint64,
}
MOST = 1 << 63


@dataclass(frozen=True, slots=True)
class PreparedHeader:
    """What a prepared key is of.

    version  of zkpipe
    machine  the name of the executor whose form the points have
    key      the key's file
    sha256   of the key's file
    wires, public, domain, records   the key's counts
    coefficients                     of the records that are neither 1 nor -1
    rows     of working rows, in the order of WORDS
    marks    bytes that say which points are finite, in the same order
    """

    version: str
    machine: str
    key: FileIdentity
    sha256: str
    wires: int
    public: int
    domain: int
    records: int
    coefficients: int
    rows: tuple[int, int, int]
    marks: tuple[int, int, int]

    def parts(self) -> dict[str, tuple[int, int]]:
        """Where each part begins, and its bytes; `end` is that of the file."""
        sizes = {name: 8 * WORDS[name] * n for name, n in zip(WORDS, self.rows, strict=True)}
        sizes |= {f"finite {name}": n for name, n in zip(WORDS, self.marks, strict=True)}
        sizes["starts"], sizes["wires"] = 4 * (self.domain + 1), 4 * self.records
        sizes["kinds"], sizes["coefficients"] = self.records, 32 * self.coefficients
        at, found = HEAD, {}
        for name, size in sizes.items():
            found[name] = (at, size)
            at += size + -size % PAGE
        return {**found, "end": (at, 0)}

    @property
    def file_size(self) -> int:
        """Bytes of the whole file."""
        return self.parts()["end"][0]

    def to_bytes(self) -> bytes:
        """The head of the file."""
        return json.dumps({"format": FORMAT, **asdict(self)}).encode("ascii").ljust(HEAD)


def read_header(head: bytes) -> PreparedHeader | None:
    """The header in the first bytes of a file; None if it is of another form."""
    try:
        value = parse_json(head, "a prepared key", limit=HEAD, values=64)
    except FormatError:
        return None
    if len(head) != HEAD or not isinstance(value, dict) or value.pop("format", None) != FORMAT:
        return None
    try:
        key = FileIdentity(**value.pop("key"))  # type: ignore[arg-type]
        lists = {name: tuple(value.pop(name)) for name in ("rows", "marks")}  # type: ignore[arg-type]
        header = PreparedHeader(**value, **lists, key=key)  # type: ignore[arg-type]
    except (TypeError, KeyError):
        return None
    texts = (header.version, header.machine, header.sha256)
    counts = (header.wires, header.public, header.domain, header.records, header.coefficients)
    numbers = (*counts, *header.rows, *header.marks, *asdict(key).values())
    fits = len(header.rows) == len(header.marks) == len(WORDS)
    are_numbers = all(type(number) is int and 0 <= number < MOST for number in numbers)
    return header if fits and are_numbers and all(type(text) is str for text in texts) else None


def write_part(file: BinaryIO, array: NDArray[Any]) -> None:
    """Write a part at the place where the file is, and fill its last page."""
    write_array(file, array)
    file.write(bytes(-array.nbytes % PAGE))


def arrays(header: PreparedHeader, data: NDArray[np.uint8]) -> Mapping[str, NDArray[Any]]:
    """The parts of a whole file whose size is the header's, as views of its bytes."""
    dtypes: dict[str, Any] = {**dict.fromkeys(WORDS, np.uint64), **TERMS}
    words = {**WORDS, "coefficients": 4}
    found: dict[str, NDArray[Any]] = {}
    for name, (begin, size) in header.parts().items():
        part = data[begin : begin + size].view(dtypes.get(name, np.uint8))
        found[name] = part.reshape(-1, words[name]) if name in words else part
    return found
