"""Files that are mapped are the user's own, wherever they lie."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from zkpipe.ground.files.mapped import open_own

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="files without owners")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "folder" / "file"
    path.parent.mkdir(mode=0o700)
    path.write_bytes(b"words")
    path.chmod(0o600)
    return path


def test_a_file_of_the_user_s_own_is_opened(file: Path) -> None:
    own = open_own(file)
    assert own is not None
    assert (own.size, own.head(3), own.map().tobytes()) == (5, b"wor", b"words")


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o770, 0o777, 0o1777])
def test_a_file_in_a_folder_that_others_write_to_is_not_opened(file: Path, mode: int) -> None:
    file.parent.chmod(mode)
    assert open_own(file) is None


@pytest.mark.parametrize("mode", [0o640, 0o620, 0o604, 0o602, 0o610])
def test_a_file_that_others_may_use_is_not_opened(file: Path, mode: int) -> None:
    file.chmod(mode)
    assert open_own(file) is None


def test_a_link_a_second_name_and_a_folder_are_not_opened(file: Path) -> None:
    (file.parent / "link").symlink_to(file)
    assert open_own(file.parent / "link") is None
    assert open_own(file.parent) is None
    os.link(file, file.parent / "second")
    assert open_own(file) is None
