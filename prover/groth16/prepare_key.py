"""Preparing a key once: what the first proof of each process would make of it goes to the cache.

The file has the points and the records as the processor wants them. Later proofs under the same
file map it (groth16.mapped_key), and copy, convert and check nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from zkpipe.accel.executors.choice import processor
from zkpipe.accel.executors.processor import Processor
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.cache_folders import own_folder, refusal
from zkpipe.ground.files.mapped import FileIdentity
from zkpipe.ground.files.opened import OpenFile
from zkpipe.ground.files.reading import FileError
from zkpipe.ground.files.writing import placed_file
from zkpipe.ground.kinds import require_path
from zkpipe.prover.formats.prepared_key import HEAD, TERMS, WORDS, PreparedHeader, write_part
from zkpipe.prover.groth16.prepared import points_of, records_of
from zkpipe.prover.prepared_files import FOLDER, file_name, prune, remove
from zkpipe.prover.proving_key import ProvingKey
from zkpipe.version import __version__


@dataclass(frozen=True, slots=True)
class Prepared:
    """Where a prepared key lies, and of what it is.

    size     bytes
    machine  the name of the executor that can use it
    sha256   of the key's file
    """

    path: Path
    size: int
    machine: str
    sha256: str


def prepare_key(path: str | Path) -> Prepared:
    """Prepare a key for the processor: later proofs under this very file start sooner.

    Everything is checked that ProvingKey.load checks, and the coordinates of the points. What is
    made goes to the user's cache, in place of what was prepared of the key before. `prove` finds it
    by itself, as long as the key's file is not replaced, moved or touched.

    Raises what ProvingKey.load raises; FileError if the key is changed meanwhile, or the file
    cannot be written.
    Cost: that of a first proof's copies, and of hashing the key; 320 bytes a wire and 5 to
    37 a coefficient on the disk, 128 bytes a wire of memory at a time.
    """
    path = require_path("prepare_key", "path", path)
    key = ProvingKey.load(path, with_prepared=False)
    file = cast(OpenFile, key.file)  # a key that was loaded has one
    on, identity = processor(key.curve), file.identity()
    folder = own_folder(FOLDER)
    if folder is None:
        raise FileError(
            f"A prepared key cannot be kept: {refusal(FOLDER) or 'there is no folder for it.'}",
            "Set XDG_CACHE_HOME to a folder that you can write to, and nobody else.",
        )
    sha256 = file.sha256()
    prune(folder, file.size)
    place = folder / file_name(identity)
    with placed_file(place) as out:
        out.seek(HEAD)
        header = _write(out, key, on, identity, sha256)
        out.seek(0)
        out.write(header.to_bytes())
        file.check_untouched()
        if file.identity() != identity:
            raise FileError(
                f"{path} was changed while it was prepared.", "Prepare it again, and leave it be."
            )
    return Prepared(place, header.file_size, on.name, sha256)


def _write(
    out: BinaryIO, key: ProvingKey, on: Processor, identity: FileIdentity, sha256: str
) -> PreparedHeader:
    """Write all parts, and give the header that belongs before them."""
    rows, finite = [], []
    for name in WORDS:
        points = points_of(key, on, name)
        write_part(out, points.rows.words)
        rows.append(len(points.rows.words))
        finite.append(points.finite)
        del points  # before the next are made
    for marks in finite:
        write_part(out, marks)
    terms = records_of(key, on)
    for name in TERMS:
        write_part(out, getattr(terms, name))
    return PreparedHeader(
        __version__,
        on.name,
        identity,
        sha256,
        key.wire_count,
        key.public_count,
        key.domain_size,
        len(terms.wires),
        len(terms.coefficients),
        (rows[0], rows[1], rows[2]),
        (len(finite[0]), len(finite[1]), len(finite[2])),
    )


def remove_prepared(path: str | Path) -> list[Path]:
    """Remove what was prepared of the key in a file; the files that went.

    Raises FileError if the key cannot be read.
    """
    try:
        file = OpenFile(require_path("remove_prepared", "path", path))
    except FormatError as error:
        raise FileError(error.problem, error.fix) from None
    return remove(file.identity())
