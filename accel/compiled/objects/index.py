"""What lies in a shared object of kernels: the index beside it, which chooses what is called.

Its first line is the digest of all that follows, a JSON text:

    key         of what the kernels are made, and for what processor: see `key`
    digest      SHA-256 of the shared object, which names it; `size`, its bytes
    kernels     by the kernel and the types of its arguments: where its code is in the file, the
                C types of its arguments, and of its result
    exceptions  what a kernel may raise: where it points then; a built-in class; values
    left        kernels that are left to numba, and why
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, NamedTuple

from zkpipe.accel.compiled.objects.calling import C_TYPES, result_type

NAME = "index.json"
FORMAT = 1
MOST_BYTES = 64_000_000  # of an index; some thousand kernels take one
MOST_CODE = 1_000_000_000  # bytes of a shared object


class BadIndex(Exception):  # seen by nobody: kernels then come from numba
    """Bytes that are no index of ours."""


class Entry(NamedTuple):
    """Where a kernel's code is, and what C types it takes and gives."""

    offset: int
    arguments: str
    result: str


class Raises(NamedTuple):
    """A built-in exception, by name, with its values."""

    name: str
    values: tuple[str | int, ...]


class Index(NamedTuple):
    """As the module says."""

    key: str
    digest: str
    size: int
    kernels: dict[str, Entry]
    exceptions: dict[int, Raises]
    left: dict[str, str]

    def knows(self, name: str) -> bool:
        """Whether it says where a kernel is, or why it is not there."""
        return name in self.kernels or name in self.left


def entry_name(module: str, kernel: str, types: str) -> str:
    """A kernel with the types of its arguments."""
    return f"{module}:{kernel}({types})"


def encode(index: Index) -> bytes:
    """The bytes of an index."""
    exceptions = {str(offset): raised for offset, raised in index.exceptions.items()}
    fields = {"format": FORMAT, **index._asdict(), "exceptions": exceptions}
    body = json.dumps(fields, sort_keys=True).encode()
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def decode(data: bytes) -> Index:
    """The index that these bytes are. Raises BadIndex."""
    digest, _, body = data.partition(b"\n")
    if digest != hashlib.sha256(body).hexdigest().encode():
        raise BadIndex("its digest is another")
    try:
        index = _index(json.loads(body))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadIndex("it has another form") from error
    if index is None:
        raise BadIndex("it has another form")
    return index


def _index(fields: Any) -> Index | None:
    """The index of these fields. None, or any of Python's errors, for what is none."""
    kernels = {name: _entry(entry) for name, entry in fields["kernels"].items()}
    exceptions = {int(at): _raises(it) for at, it in fields["exceptions"].items()}
    left = dict(fields["left"])
    key, digest, size = fields["key"], fields["digest"], fields["size"]
    is_whole = (
        fields.keys() == {"format", *Index._fields}
        and fields["format"] == FORMAT
        and isinstance(key, str)
        and isinstance(digest, str)
        and len(digest) == 64
        and set(digest) <= set("0123456789abcdef")
        and type(size) is int
        and 0 < size <= MOST_CODE
        and all(isinstance(reason, str) for reason in left.values())
        and all(0 <= entry.offset < size for entry in kernels.values())
    )
    return Index(key, digest, size, kernels, exceptions, left) if is_whole else None


def _entry(value: Any) -> Entry:
    offset, arguments, result = value
    if type(offset) is not int or not set(arguments) <= C_TYPES.keys():
        raise BadIndex("it has another form")
    result_type(result)
    return Entry(offset, str(arguments), result)


def _raises(value: Any) -> Raises:
    name, values = value
    if not all(isinstance(member, str | int) for member in (name, *values)):
        raise BadIndex("it has another form")
    return Raises(str(name), tuple(values))
