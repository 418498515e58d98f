"""The cache of kernels stays bounded, and never loses what may be in use."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from zkpipe.accel.compiled import kernel_folders as module
from zkpipe.accel.compiled.kernel_folders import (
    DAY,
    UNUSED,
    kernel_cache,
    prune,
    readable,
    writable,
)
from zkpipe.ground.files import cache_folders


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(cache_folders, "TEMPORARY", ())
    return kernel_cache()


def open_folder(digest: str) -> Path | None:
    """Where kernels of this digest are kept."""
    return next(writable(digest), None)


def used(name: str, age: float, size: int = 10) -> Path:
    """A folder of kernels last used so many seconds ago."""
    folder = kernel_cache() / name
    folder.mkdir(parents=True)
    (folder / "kernel.nbc").write_bytes(bytes(size))
    os.utime(folder, (time.time() - age,) * 2)
    return folder


def test_a_folder_unused_for_a_month_goes_when_a_new_one_is_made() -> None:
    old, recent = used("a" * 20, UNUSED + DAY), used("b" * 20, UNUSED - DAY)
    new = open_folder("c" * 20)
    assert new is not None
    assert new.is_dir()
    assert not old.exists()
    assert recent.exists()


def test_opening_a_folder_counts_as_use() -> None:
    folder = used("a" * 20, UNUSED + DAY)
    assert list(readable("a" * 20)) == [folder]
    prune(kernel_cache())
    assert folder.exists()


def test_more_than_the_bound_goes_longest_unused_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 25)
    folders = [used(letter * 20, age * DAY) for letter, age in (("a", 9), ("b", 5), ("c", 2))]
    prune(kernel_cache())
    assert [folder.exists() for folder in folders] == [False, True, True]


def test_what_was_used_within_a_day_stays_however_much_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 0)
    folder = used("a" * 20, DAY / 2)
    prune(kernel_cache())
    assert folder.exists()


def test_what_is_no_folder_of_kernels_stays(cache: Path, tmp_path: Path) -> None:
    other = used("notes", UNUSED + DAY)
    (tmp_path / "elsewhere").mkdir()
    link = cache / ("d" * 20)
    link.symlink_to(tmp_path / "elsewhere")
    os.utime(tmp_path / "elsewhere", (0, 0))
    prune(cache)
    assert other.exists()
    assert link.exists()


def test_only_the_owner_can_write_where_kernels_lie() -> None:
    folder = open_folder("a" * 20)
    assert folder is not None
    assert folder.stat().st_mode & 0o077 == 0


def test_where_nothing_can_be_written_there_is_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    for home in ("XDG_CACHE_HOME", "TMPDIR"):
        monkeypatch.setenv(home, str(tmp_path / "file"))
    assert open_folder("a" * 20) is None
    assert list(readable("a" * 20)) == []


def test_a_folder_that_can_only_be_read_still_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = used("a" * 20, 2 * DAY)

    def refuse(*_arguments: object) -> None:
        raise PermissionError(30, "Read-only file system")

    monkeypatch.setattr(os, "utime", refuse)
    assert list(readable("a" * 20)) == [folder]
    assert list(readable("a" * 20)) == [folder]


def test_a_folder_that_others_could_write_to_is_not_used(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    planted = used("a" * 20, 0)
    planted.chmod(0o777)
    folder = open_folder("a" * 20)
    assert folder == tmp_path / "temporary" / f"zkpipe-{os.geteuid()}" / "kernels" / ("a" * 20)
    assert list(folder.iterdir()) == []
