"""Canaries: secrets that a test plants, and where they are found again.

    canaries = Canaries()
    canaries.plant("job secret", home.vault.new("job", "1"))
    assert canaries.in_folder(tmp_path, but=[home.path / "secrets"]) == []

A secret is looked for in each encoding that a program might write it in: its bytes, and as Python
shows them; hex; base64 and base64url, at each place within a longer text that they can have;
decimal; its bytes in reverse, and those in hex; and as a JSON array of numbers. Numbers are looked
for as 32 bytes, as as few bytes as they take, and in decimal. Files are looked into as they are,
and unpacked if they are gzip or zip.

Only what is long enough is looked for: a score of 412 is found everywhere. Plant what is random.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import threading
import traceback
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

LEAST = 6  # bytes of a secret, and of an encoding: fewer are found by chance
HEAD = 4  # bytes of an encoding that are looked for first where there is much to look through
LONG = 1 << 14  # bytes
Secret = bytes | int | str


@dataclass(frozen=True, order=True)
class Sighting:
    """A canary that was found: which, in which encoding, and where."""

    name: str
    encoding: str
    place: str


def encodings(secret: Secret) -> dict[str, bytes]:
    """What a secret looks like, by the name of the encoding."""
    if isinstance(secret, str):
        found = {**_of_bytes("text", secret.encode()), "utf-16": secret.encode("utf-16-le")}
        found["escaped"] = json.dumps(secret)[1:-1].encode()
        found["ascii"] = ascii(secret)[1:-1].encode()
    elif isinstance(secret, int):
        found = {"decimal": str(secret).encode()}
        size = max(1, (secret.bit_length() + 7) // 8)
        found |= _of_bytes("number", secret.to_bytes(size, "big"))
        if size < 32:
            found |= _of_bytes("word", secret.to_bytes(32, "big"))
        found["short hex"] = f"{secret:x}".encode()
        found["short HEX"] = f"{secret:X}".encode()
    else:
        found = _of_bytes("bytes", secret)
        found["decimal"] = str(int.from_bytes(secret, "big")).encode()
        found["decimal, little-endian"] = str(int.from_bytes(secret, "little")).encode()
    return {name: text for name, text in found.items() if len(text) >= LEAST}


def _of_bytes(what: str, data: bytes) -> dict[str, bytes]:
    found = {}
    for name, turned in ((what, data), (f"{what} reversed", data[::-1])):
        found[name] = turned
        found[f"{name} hex"] = turned.hex().encode()
        found[f"{name} shown"] = repr(turned)[2:-1].encode()
        found[f"{name} HEX"] = turned.hex().upper().encode()
        numbers = list(turned)
        found[f"{name} array"] = json.dumps(numbers, separators=(",", ":"))[1:-1].encode()
        found[f"{name} spaced array"] = json.dumps(numbers)[1:-1].encode()
        for shift in range(3):
            text = _within_base64(turned, shift)
            found[f"{name} base64 at {shift}"] = text
            found[f"{name} base64url at {shift}"] = text.translate(bytes.maketrans(b"+/", b"-_"))
    return found


def _within_base64(data: bytes, shift: int) -> bytes:
    """The characters that bytes alone decide, in the base64 of a text with `shift` bytes before."""
    text = base64.b64encode(bytes(shift) + data + bytes(2))
    return text[-(-shift * 4 // 3) : (shift + len(data)) * 8 // 6]


class Canaries:
    """The secrets that were planted, and the search for them."""

    def __init__(self) -> None:
        self._planted: dict[str, dict[str, bytes]] = {}

    def plant(self, name: str, secret: Secret) -> None:
        """Remember a secret. It must be long enough to be no chance find."""
        size = secret.bit_length() // 8 if isinstance(secret, int) else len(secret)
        assert size >= LEAST, f"{name} is too short to look for"
        self._planted[name] = encodings(secret)

    def plant_all(self, secrets: dict[str, Secret]) -> None:
        for name, secret in secrets.items():
            self.plant(name, secret)

    @property
    def names(self) -> list[str]:
        return sorted(self._planted)

    def in_bytes(self, data: bytes | str, place: str) -> list[Sighting]:
        """The canaries in bytes or in a text."""
        text = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
        return [
            Sighting(name, encoding, where)
            for where, part in _unpacked(text, place)
            for name, encoding, pattern in self._likely(part)
            if pattern in part
        ]

    def _likely(self, part: bytes) -> list[tuple[str, str, bytes]]:
        """The encodings that may be in bytes: all of them, but where the bytes are many.

        There only those whose first bytes stand somewhere: one pass finds them all.
        """
        every = [
            (name, encoding, pattern)
            for name, planted in self._planted.items()
            for encoding, pattern in planted.items()
        ]
        if len(part) < LONG:
            return every
        heads = {pattern[:HEAD] for _, _, pattern in every}
        wanted = np.array([int.from_bytes(head, "little") for head in heads], np.uint32)
        ends = np.zeros(1 << 16, bool)  # by a head's first two bytes: few words pass
        ends[wanted & 0xFFFF] = True
        there: set[int] = set()
        for shift in range(HEAD):
            words = np.frombuffer(part, "<u4", (len(part) - shift) // HEAD, shift)
            words = words[ends[words & 0xFFFF]]
            there.update(words[np.isin(words, wanted)].tolist())
        return [one for one in every if int.from_bytes(one[2][:HEAD], "little") in there]

    def in_folder(self, folder: Path, but: Iterable[Path] = ()) -> list[Sighting]:
        """The canaries in the files of a folder, and in their names; `but` leaves paths out."""
        left_out = {path.resolve() for path in but}
        found = []
        for path in sorted(folder.rglob("*")):
            whole = path.resolve()
            if left_out.intersection((whole, *whole.parents)):
                continue
            found += self.in_bytes(str(path.relative_to(folder)), f"the name {path.name}")
            if path.is_file():
                found += self.in_bytes(path.read_bytes(), str(path))
        return found

    def in_errors(self, error: BaseException) -> list[Sighting]:
        """The canaries in an error, in those that it came from, and in their tracebacks."""
        found, todo, seen = [], [error], set()
        while todo:
            one = todo.pop()
            if id(one) in seen:
                continue
            seen.add(id(one))
            texts = [str(one), repr(one), repr(one.args), *traceback.format_exception(one)]
            texts += [repr(value) for value in vars(one).values()]
            for text in texts:
                found += self.in_bytes(text, type(one).__name__)
            todo += [other for other in (one.__cause__, one.__context__) if other is not None]
        return found

    def in_texts(self, things: Iterable[object]) -> list[Sighting]:
        """The canaries in what Python shows of objects."""
        return [
            sighting
            for thing in things
            for text in (repr(thing), str(thing), f"{thing}")
            for sighting in self.in_bytes(text, type(thing).__name__)
        ]

    @contextmanager
    def on_process(self, process: int, *, environment: bool = True) -> Iterator[list[Sighting]]:
        """Look at the words and the environment of a process, and of its children, while it runs.

        The list is complete when the block ends.
        """
        found: set[Sighting] = set()
        seen: set[bytes] = set()
        ended = threading.Event()
        names = ("cmdline", "environ") if environment else ("cmdline",)

        def look() -> None:
            while not ended.is_set():
                for number in _family(process):
                    for name in names:
                        with suppress(OSError):
                            data = Path(f"/proc/{number}/{name}").read_bytes()
                            if data in seen:
                                continue
                            seen.add(data)
                            found.update(self.in_bytes(data, f"{name} of a process"))
                ended.wait(0.02)

        watcher = threading.Thread(target=look)
        watcher.start()
        result: list[Sighting] = []
        try:
            yield result
        finally:
            ended.set()
            watcher.join()
            result += sorted(found)


def _family(process: int) -> Sequence[int]:
    """A process and those that it started, and theirs."""
    found = [process]
    for number in found:
        for task in _listed(f"/proc/{number}/task"):
            with suppress(OSError, ValueError):
                text = Path(f"/proc/{number}/task/{task}/children").read_text()
                found += [int(word) for word in text.split()]
    return found


def _listed(path: str) -> list[str]:
    with suppress(OSError):
        return os.listdir(path)  # noqa: PTH208 # a folder of the system that may be gone
    return []


def _unpacked(data: bytes, place: str) -> Iterator[tuple[str, bytes]]:
    """The bytes, and what they hold if they are gzip or zip."""
    yield place, data
    if data.startswith(b"\x1f\x8b"):
        with suppress(OSError, EOFError):
            yield f"{place}, unpacked", gzip.decompress(data)
    elif data.startswith(b"PK\x03\x04"):
        with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield f"{place}, {name}", archive.read(name)
