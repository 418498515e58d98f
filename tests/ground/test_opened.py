"""Files that stay open: what is read is of the file that was opened, or there is an error."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from zkpipe.circuits import ConstraintSystem, Witness
from zkpipe.circuits.formats.sym import read_sym
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files import opened as module
from zkpipe.ground.files.opened import OpenFile
from zkpipe.ground.files.reading import FileError
from zkpipe.ground.files.writing import write_file
from zkpipe.prover import ProvingKey

DATA = bytes(range(256)) * 40


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "a").write_bytes(DATA)
    return tmp_path / "a"


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    with pytest.raises(FormatError, match="is empty"):
        OpenFile(tmp_path / "empty")


@pytest.mark.parametrize("piece", [1, 7, 1000, 1 << 22])
def test_what_is_read_are_the_files_bytes(
    path: Path, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PIECE", piece)
    file = OpenFile(path)
    for begin, size in ((0, 0), (0, 1), (3, 500), (0, len(DATA)), (len(DATA) - 1, 1)):
        assert file.read(begin, size).tobytes() == DATA[begin : begin + size]


def test_a_file_that_is_replaced_by_a_rename_is_read_as_it_was(path: Path) -> None:
    file = OpenFile(path)
    write_file(path, b"new")
    assert file.read(0, len(DATA)).tobytes() == DATA
    path.unlink()
    file.check()
    assert file.read(7, 3).tobytes() == DATA[7:10]


def in_place(path: Path, data: bytes, at: int = 0) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


CHANGES: dict[str, Callable[[Path], None]] = {
    "cut short": lambda path: os.truncate(path, 100),
    "emptied": lambda path: os.truncate(path, 0),
    "made longer": lambda path: os.truncate(path, len(DATA) + 1),
    "written anew": lambda path: path.write_bytes(DATA) and None,
    "a byte changed": lambda path: in_place(path, b"x", 5000),
    "appended to": lambda path: in_place(path, b"x", len(DATA)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_in_place_is_an_error(path: Path, name: str) -> None:
    os.utime(path, ns=(0, 0))  # long ago: clocks of file systems are coarse
    file = OpenFile(path)
    CHANGES[name](path)
    with pytest.raises(FileError, match="a was changed while it was in use"):
        file.read(0, 10)
    with pytest.raises(FileError, match="was changed while it was in use"):
        file.check()


def test_a_file_cut_short_whose_size_nobody_looked_at_yet_is_an_error(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if it happened between the look and the reading: a read comes short, no signal."""
    file = OpenFile(path)
    monkeypatch.setattr(OpenFile, "check", lambda _: None)
    os.truncate(path, 100)
    with pytest.raises(FileError, match="was changed while it was in use"):
        file.read(50, 100)


def test_the_file_is_closed_with_the_last_reference(path: Path) -> None:
    file = OpenFile(path)
    handle = file._handle
    os.fstat(handle)
    del file
    gc.collect()
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(handle)


def sparse(path: Path, head: bytes, size: int) -> None:
    path.write_bytes(head)
    os.truncate(path, size)
    if path.stat().st_blocks * 512 >= size // 2:
        pytest.skip("this file system has no holes")


LOADERS: dict[str, Callable[[Path], object]] = {
    "r1cs": ConstraintSystem.load,
    "wtns": Witness.load,
    "zkey": ProvingKey.load,
    "sym": read_sym,
}


@pytest.mark.parametrize("kind", LOADERS)
@pytest.mark.parametrize("size", [1 << 21, 1 << 31, 1 << 40])
def test_a_sparse_file_is_refused_before_anything_is_read(
    tmp_path: Path, kind: str, size: int
) -> None:
    vector = Path(__file__).parents[1] / "vectors" / "formats" / f"bits.{kind}"
    path = tmp_path / f"a.{kind}"
    sparse(path, vector.read_bytes(), size)
    with pytest.raises(FormatError, match=r"is a sparse file|such a file has at most"):
        LOADERS[kind](path)


def test_a_file_with_a_few_holes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * (3 << 20))
    os.truncate(path, 4 << 20)
    assert OpenFile(path).read(0, 4 << 20)[-1] == 0


def test_many_small_islands_do_not_hide_the_sea(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with path.open("wb") as file:
        for i in range(5000):
            file.seek(i << 20)
            file.write(b"x")
    if path.stat().st_blocks * 512 > 5000 << 19:
        pytest.skip("this file system has no holes")
    with pytest.raises(FormatError, match="is a sparse file"):
        OpenFile(path)


def test_a_piece_larger_than_memory_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "memory_size", lambda: 1000)
    with pytest.raises(FileError, match="this machine has 1000 bytes of memory"):
        OpenFile(path).read(0, 1001)
    assert isinstance(OpenFile(path).read(0, 1000), np.ndarray)
