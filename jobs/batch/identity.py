"""What a row of a batch is known by: a digest that tells nothing of its inputs.

A plain digest of private inputs can be found by trying them: an amount has a billion values, a
birthday forty thousand. So it is HMAC-SHA256 under a secret that lies in the batch's own folder,
readable by its owner alone, and never leaves it. It covers the circuit, the key and the inputs: a
row whose identity is in the journal needs no proof again.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from zkpipe.accel.fields.limbs import words_from_ints
from zkpipe.ground.files.ownership import read_trusted
from zkpipe.ground.files.reading import file_failure
from zkpipe.ground.files.writing import write_file
from zkpipe.jobs.errors import JobError

SECRET_BYTES = 32
_ROW = b"zkpipe batch row 1"
_CHAIN = b"zkpipe batch journal 1"


class BatchSecret:
    """The secret of a batch's folder. Never printed, never written anywhere else."""

    def __init__(self, value: bytes) -> None:
        self._rows = hmac.digest(value, _ROW, "sha256")
        self._chain = hmac.digest(value, _CHAIN, "sha256")

    def __repr__(self) -> str:
        return "BatchSecret(...)"

    def identity(self, circuit: str, key: str, flat: Sequence[int]) -> bytes:
        """Of a row: 32 bytes.

        circuit, key  their digests, in hex
        flat          the inputs as the field's elements, in order
        """
        head = bytes.fromhex(circuit) + bytes.fromhex(key) + len(flat).to_bytes(8, "little")
        return hmac.digest(self._rows, head + words_from_ints(flat).tobytes(), "sha256")

    def seal(self, before: bytes, entry: bytes) -> bytes:
        """Of an entry of the journal and all entries before it: 32 bytes."""
        return hmac.digest(self._chain, before + entry, "sha256")


def batch_secret(path: Path) -> BatchSecret:
    """The secret in a file, made if there is none.

    Raises FileError if it cannot be read or written, JobError if others could have written it or it
    is no secret.
    """
    with suppress(FileNotFoundError):
        return BatchSecret(_read(path))
    write_file(path, secrets.token_bytes(SECRET_BYTES), secret=True)
    return BatchSecret(_read(path))


def _read(path: Path) -> bytes:
    try:
        value = read_trusted(path)
    except FileNotFoundError:
        raise
    except PermissionError as error:
        raise JobError(
            f"{path} is not to be trusted: {error.strerror}.",
            "Remove the batch's folder and run the batch again: all rows are proved anew.",
        ) from error
    except OSError as error:
        raise file_failure("read", path, error) from error
    if path.stat().st_mode & 0o077:
        raise JobError(
            f"{path} is not to be trusted: others than its owner may read it.",
            "Whoever has read it can try inputs against the journal. Remove the batch's folder and "
            "run the batch again: all rows are proved anew.",
        )
    if len(value) != SECRET_BYTES:
        raise JobError(
            f"{path} has {len(value)} bytes; a batch's secret has {SECRET_BYTES}.",
            "Remove the batch's folder and run the batch again: all rows are proved anew.",
        )
    return value
