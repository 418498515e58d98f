"""Keys whose file changes while they are in use: an error, never a signal or a wrong proof."""

from __future__ import annotations

import copy
import os
import pickle
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.circuits.formats.hostile_files import section
from tests.prover.groth16.statements import Statement, chain
from zkpipe.ground.errors import RangeError, ZkpipeError
from zkpipe.ground.files.reading import FileError
from zkpipe.prover import DEVELOPMENT, Proof, ProvingKey, precompute, prove, setup, verify
from zkpipe.prover.groth16.query_msms import least_memory
from zkpipe.prover.key_shapes import BULK, COEFFICIENT

STATEMENT: Statement = chain(60)
LONG_AGO = (10**18, 10**18)  # nanoseconds: file systems' clocks are coarse


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "key.zkey"
    setup(STATEMENT.system, DEVELOPMENT).save(path)
    return path


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    shutil.copy(made, tmp_path / "key.zkey")
    os.utime(tmp_path / "key.zkey", ns=LONG_AGO)
    return tmp_path / "key.zkey"


def proves(key: ProvingKey) -> Proof:
    proof = prove(key, STATEMENT.witness)
    assert verify(key.verifying_key, proof, STATEMENT.public)
    return proof


USES: dict[str, Callable[[ProvingKey], object]] = {
    "prove": lambda key: prove(key, STATEMENT.witness),
    "prove within memory": lambda key: prove(key, STATEMENT.witness, least_memory(key)),
    "precompute": precompute,
    "collect": lambda key: key.stream().collect(),
    "pickle": pickle.dumps,
    "copy": copy.deepcopy,
    **{name: lambda key, name=name: getattr(key, name) for name in BULK},  # type: ignore[misc]
}
CHANGES: dict[str, Callable[[Path], object]] = {
    "cut short": lambda path: os.truncate(path, 1000),
    "emptied": lambda path: path.write_bytes(b""),
    "another key of the same size": lambda path: path.write_bytes(path.read_bytes()[::-1]),
    "longer": lambda path: os.truncate(path, path.stat().st_size + 1),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("use", USES)
def test_a_key_changed_in_place_is_an_error_at_each_use(path: Path, use: str, change: str) -> None:
    key = ProvingKey.load(path)
    CHANGES[change](path)
    with pytest.raises(FileError, match=r"key\.zkey was changed while it was in use"):
        USES[use](key)


@pytest.mark.parametrize("change", CHANGES)
def test_the_next_proof_sees_it_too(path: Path, change: str) -> None:
    key = ProvingKey.load(path)
    proves(key)
    CHANGES[change](path)
    for use in ("prove", "prove within memory"):
        with pytest.raises(FileError, match="was changed while it was in use"):
            USES[use](key)


@pytest.mark.parametrize("first", [False, True])
def test_a_key_replaced_by_a_rename_goes_on_proving(path: Path, first: bool) -> None:
    key = ProvingKey.load(path)
    if first:
        proves(key)
    setup(chain(3).system, DEVELOPMENT).save(path)
    proves(key)
    path.unlink()
    proves(key)
    precompute(key)
    proves(key)
    key.save(path)
    proves(ProvingKey.load(path))


def hidden(path: Path, at: int, data: bytes) -> None:
    """Bytes changed in place by somebody who sets the time back."""
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)
    os.utime(path, ns=LONG_AGO)


def in_records(path: Path, field: str, value: int, records: slice) -> None:
    data = path.read_bytes()
    place = section(data, 4)
    table = np.frombuffer(data, COEFFICIENT, offset=place.body + 4, count=(place.size - 4) // 44)
    table = table.copy()
    table[field][records] = value
    hidden(path, place.body + 4, table.tobytes())


@pytest.mark.parametrize("within", [False, True])
@pytest.mark.parametrize(
    ("field", "value", "records"),
    [
        ("wire", 2**32 - 16, slice(0, 50)),
        ("wire", 2**31, slice(7, 8)),
        ("wire", 0x0FFF_FFF0, slice(None)),
        ("constraint", 2**32 - 1, slice(-1, None)),
        ("constraint", 0x0FFF_FFF0, slice(None)),
        ("constraint", 0x0FFF_FFF0, slice(0, 1)),
        ("constraint", 128, slice(-1, None)),
    ],
)
def test_records_changed_behind_our_back_reach_nothing_outside(
    path: Path, field: str, value: int, records: slice, within: bool
) -> None:
    key = ProvingKey.load(path)
    in_records(path, field, value, records)
    with pytest.raises(RangeError, match="Coefficient record"):
        prove(key, STATEMENT.witness, least_memory(key) if within else None)


def test_values_and_points_changed_behind_our_back_give_no_proof(path: Path) -> None:
    original = path.read_bytes()
    for kind in (4, 5, 7, 8, 9):
        key = ProvingKey.load(path)
        place = section(original, kind)
        skip = 4 + 12 if kind == 4 else 0
        width = 32 if kind == 4 else 64
        for at in range(place.body + skip, place.body + place.size - width, 44 if skip else width):
            hidden(path, at, b"\xff" * width)
        with pytest.raises(ZkpipeError):
            prove(key, STATEMENT.witness)
        path.write_bytes(original)
        os.utime(path, ns=LONG_AGO)


def test_what_was_copied_is_not_changed_by_what_is_written_later(path: Path) -> None:
    key = ProvingKey.load(path)
    proves(key)
    for kind in (4, 5, 7, 8, 9):
        place = section(path.read_bytes(), kind)
        hidden(path, place.body + 4, struct.pack("<I", 0xFFFF_FFF0) * ((place.size - 4) // 4))
    proves(key)
