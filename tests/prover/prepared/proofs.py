"""A proof under a key that may have been prepared, and what a prepared file holds."""

from __future__ import annotations

import warnings
from pathlib import Path

from tests.prover.groth16.statements import Statement, random_statement
from zkpipe.accel.executors.choice import processor
from zkpipe.prover import DEVELOPMENT, ProvingKey, prove, setup, verify
from zkpipe.prover.formats.prepared_key import HEAD, PreparedHeader, read_header
from zkpipe.prover.groth16.mapped_key import is_mapped

STATEMENT = random_statement(6, 60, 1, 1)  # with coefficients of all kinds
WRONG = "did not verify; one from the key itself does"


def proves(path: Path, *, mapped: bool, statement: Statement = STATEMENT) -> None:
    """A proof under the key in a file is made and holds, out of the prepared file or not."""
    key = ProvingKey.load(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        proof = prove(key, statement.witness)
    assert verify(key.verifying_key, proof, statement.public)
    assert is_mapped(key, processor(key.curve)) is mapped


def header_of(prepared: Path) -> PreparedHeader:
    header = read_header(prepared.read_bytes()[:HEAD])
    assert header is not None
    return header


def overwrite(prepared: Path, at: int, data: bytes) -> None:
    """Change bytes as a disk would: in place, while nobody has the file mapped."""
    with prepared.open("r+b") as file:
        file.seek(at)
        file.write(data)


def other_key(path: Path) -> None:
    """Put another key of the same circuit at a path, by a rename."""
    setup(STATEMENT.system, DEVELOPMENT).save(path)
