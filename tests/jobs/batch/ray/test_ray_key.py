"""A proving key that comes to a node as bytes."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import numpy as np
import pytest

import zkpipe.jobs.batch.engines.ray_key as ray_key
from zkpipe.ground.files.opened import OpenFile
from zkpipe.jobs.batch.engines.ray_key import KEPT, is_key, key_bytes, placed
from zkpipe.jobs.errors import JobError

DATA = np.arange(1000, dtype=np.uint8)
SHA256 = hashlib.sha256(DATA.tobytes()).hexdigest()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    monkeypatch.setattr(ray_key, "own_folder", lambda _name: folder)
    return folder


def test_the_bytes_lie_in_a_file_for_its_owner_alone(folder: Path) -> None:
    path = placed(DATA, SHA256)
    assert path.parent == folder
    assert path.read_bytes() == DATA.tobytes()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_there_is_used(folder: Path) -> None:
    before = placed(DATA, SHA256).stat()
    after = placed(DATA, SHA256).stat()
    assert (before.st_ino, before.st_size) == (after.st_ino, after.st_size)


def test_a_second_worker_of_the_node_leaves_the_key_of_the_first_unchanged(folder: Path) -> None:
    """A key that is open is refused once its file's time of change is another."""
    opened = OpenFile(placed(DATA, SHA256))
    time.sleep(0.02)
    placed(DATA, SHA256)
    opened.check()


def test_a_file_with_other_bytes_is_replaced(folder: Path) -> None:
    path = placed(DATA, SHA256)
    path.write_bytes(b"mauled")
    assert placed(DATA, SHA256).read_bytes() == DATA.tobytes()


def test_bytes_that_are_not_the_keys_are_refused(folder: Path) -> None:
    with pytest.raises(JobError, match="other bytes"):
        placed(DATA[1:], SHA256)
    assert not list(folder.glob("*.zkey"))


def test_keys_that_were_not_used_for_long_are_removed(folder: Path) -> None:
    old, young = folder / "old.zkey", folder / "young.zkey"
    for path, age in ((old, KEPT + 60), (young, KEPT - 60)):
        path.write_bytes(b"")
        os.utime(path, (time.time() - age,) * 2)
    placed(DATA, SHA256)
    assert not old.exists()
    assert young.exists()


def test_a_node_without_a_folder_for_the_key_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ray_key, "own_folder", lambda _name: None)
    with pytest.raises(JobError, match="XDG_CACHE_HOME"):
        placed(DATA, SHA256)


def test_the_bytes_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(DATA.tobytes())
    data, sha256 = key_bytes(path)
    assert (data.tobytes(), sha256) == (DATA.tobytes(), SHA256)


def test_what_is_no_key_is_not_the_key(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"zkey")
    assert not is_key(tmp_path / "a", "00")
    assert not is_key(tmp_path / "b", "00")
