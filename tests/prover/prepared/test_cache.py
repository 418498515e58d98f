"""What is kept in the cache: whole files of keys that hold, and not for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tests.prover.prepared.proofs import proves
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.reading import FileError
from zkpipe.prover import (
    ProvingKey,
    prepare_key,
)
from zkpipe.prover.prepared_files import MOST_BYTES, UNUSED, prune


def test_a_prepare_that_is_killed_leaves_nothing_that_is_used(path: Path, cache: Path) -> None:
    text = f"""
        import os, signal
        import zkpipe.prover.groth16.prepare_key as made
        write = made.write_part
        def write_part(out, array):
            write(out, array)
            out.flush()
            if array.dtype == "uint8":
                os.kill(os.getpid(), signal.SIGKILL)
        made.write_part = write_part
        made.prepare_key({str(path)!r})
    """
    run = subprocess.run([sys.executable, "-c", textwrap.dedent(text)], check=False)  # noqa: S603
    assert run.returncode == -signal.SIGKILL
    [left] = (cache / "prepared").iterdir()
    assert left.suffix == ".part"
    proves(path, mapped=False)
    old = time.time() - 2 * 86_400
    os.utime(left, (old, old))
    prepare_key(path)
    assert not left.exists()
    proves(path, mapped=True)


def test_a_key_that_changes_while_it_is_prepared_is_not_kept(
    path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zkpipe.prover.groth16 import prepare_key as module

    write = module.write_part

    def touching(*parts: object) -> None:
        write(*parts)  # type: ignore[arg-type]
        os.utime(path, ns=(1, 1))

    monkeypatch.setattr(module, "write_part", touching)
    with pytest.raises(FileError, match="was changed while it was in use"):
        prepare_key(path)
    assert not list((cache / "prepared").iterdir())


def test_a_bad_coordinate_is_refused(path: Path) -> None:
    key = ProvingKey.load(path)
    bulk = key.__dict__["_bulk"]
    with path.open("r+b") as file:
        file.seek(bulk.forms["h_query"].begin)
        file.write(b"\xff" * 32)
    with pytest.raises(FormatError, match="is not below p"):
        prepare_key(path)


# --- the folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder"


def kept(folder: Path, name: str, age: float, size: int = 10) -> Path:
    path = folder / name
    path.touch()
    os.truncate(path, size)
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def test_what_nothing_uses_goes(folder: Path) -> None:
    names = ("1-1.prepared", "1-2.prepared", "of somebody", ".1-3.prepared.0123456789abcdef.part")
    old, young, other, part = (
        kept(folder, name, age)
        for name, age in zip(names, (UNUSED + 60, UNUSED - 60, 10 * UNUSED, 60), strict=True)
    )
    prune(folder, 0)
    assert [path.exists() for path in (old, young, other, part)] == [False, True, True, True]


def test_the_longest_unused_goes_where_all_take_too_much(folder: Path) -> None:
    first, second, third = (
        kept(folder, f"1-{k}.prepared", 60 * (4 - k), MOST_BYTES // 4) for k in range(3)
    )
    prune(folder, MOST_BYTES // 2)
    assert [path.exists() for path in (first, second, third)] == [False, True, True]


def test_use_is_told_by_the_time_of_change(prepared: Path, path: Path) -> None:
    old = time.time() - 5 * 86_400
    os.utime(prepared, (old, old))
    proves(path, mapped=True)
    assert prepared.stat().st_mtime > old + 86_400
