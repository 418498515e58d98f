"""The texts of kernels on disk: making all of a proof's takes seconds, reading them milliseconds.

They lie among the compiled kernels of the processor, under the digest of the sources that they are
made of. A text is code: it is read only if nobody but the user, root or the owner of our code can
have written it.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from zkpipe.accel.compiled.kernel_folders import readable, writable
from zkpipe.accel.compiled.sources import source_digest
from zkpipe.accel.cuda.compiled.ptx import CardKernel, ptx_of
from zkpipe.accel.fields.arrays import RowsType
from zkpipe.ground.files.ownership import read_trusted
from zkpipe.ground.files.reading import FileError
from zkpipe.ground.files.writing import place_file


@cache
def text_of(kernel: CardKernel, kinds: tuple[Any, ...]) -> str:
    """The PTX of a kernel for parameters of these numba types."""
    degrees = [kind.field.degree for kind in kinds if isinstance(kind, RowsType)]
    degree = max(degrees, default=1)
    path = Path(kernel.function.__code__.co_filename)
    digest = source_digest(path)
    key = hashlib.sha256(repr((kinds, kernel.blocks, degree)).encode()).hexdigest()[:32]
    name = f"{path.stem}.{kernel.name}-{key}.ptx"
    return _read(digest, name, kernel.name) or _made(kernel, kinds, degree, digest, name)


def _read(digest: str, name: str, entry: str) -> str | None:
    """The text that was kept, or None: a damaged file counts as none."""
    for folder in readable(digest):
        with suppress(FileError, OSError, ValueError):
            text = read_trusted(folder / name).decode("ascii")
            text, _, seal = text.rpartition("\n// ")
            if f".entry {entry}(" in text and seal == _seal(text):
                return text
    return None


def _made(kernel: CardKernel, kinds: tuple[Any, ...], degree: int, digest: str, name: str) -> str:
    text = ptx_of(kernel, kinds, degree)
    for folder in writable(digest):
        with suppress(FileError):
            place_file(folder / name, f"{text}\n// {_seal(text)}".encode("ascii"))
            break
    return text


def _seal(text: str) -> str:
    """What the last line of a file says of the lines before it."""
    return f"SHA-256 {hashlib.sha256(text.encode('ascii')).hexdigest()}"
