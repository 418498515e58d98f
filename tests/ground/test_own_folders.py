"""Small files of the user's own state and configuration, and what others could put there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.opened import OpenFile
from zkpipe.ground.files.own_folders import (
    configuration_folder,
    read_own,
    remove_own,
    state_folder,
    write_own,
)
from zkpipe.ground.files.reading import FileError


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = state_folder()
    assert folder == tmp_path / "state" / "zkpipe"
    assert configuration_folder() == tmp_path / "config" / "zkpipe"
    return folder / "kind" / "file"


def test_what_is_written_is_for_its_owner_alone_whatever_the_umask(place: Path) -> None:
    before = os.umask(0)
    try:
        assert read_own(place, 10) is None
        write_own(place, b"first")
        place.parent.chmod(0o755)
        write_own(place, b"ours")
    finally:
        os.umask(before)
    assert read_own(place, 4) == b"ours"
    assert place.stat().st_mode & 0o777 == 0o600
    for folder in (place.parent, *place.parents[1:3]):
        assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in place.parent.iterdir()] == ["file"]
    remove_own(place)
    remove_own(place)
    remove_own(place / "below")
    assert read_own(place, 10) is None
    assert read_own(place / "below", 10) is None


def test_a_link_in_the_place_is_replaced_and_what_it_names_stays(place: Path) -> None:
    write_own(place, b"ours")
    other = place.with_name("other")
    other.write_bytes(b"theirs")
    place.unlink()
    place.symlink_to(other)
    write_own(place, b"new")
    assert not place.is_symlink()
    assert other.read_bytes() == b"theirs"


@pytest.mark.parametrize("above", [0, 1, 2])
def test_nothing_is_written_where_others_can_write(place: Path, above: int) -> None:
    place.parent.mkdir(parents=True, mode=0o700)
    for folder in (place.parent, *place.parents[1:3]):
        folder.chmod(0o700)
    place.parents[above].chmod(0o777)
    with pytest.raises(FileError, match="can be written to by others"):
        write_own(place, b"ours")
    assert not place.exists()
    place.write_bytes(b"planted")
    with pytest.raises(FileError, match="is not believed"):
        read_own(place, 10)


def test_more_than_the_limit_no_file_and_a_pipe_are_not_read(place: Path) -> None:
    write_own(place, b"12345")
    with pytest.raises(FormatError, match="more than 4 bytes"):
        read_own(place, 4)
    with pytest.raises(FileError):
        read_own(place.parent, 4)
    place.unlink()
    os.mkfifo(place, 0o600)
    with pytest.raises(FileError):
        read_own(place, 4)


def test_a_file_put_back_with_its_old_time_shows_as_touched(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    opened = OpenFile(path)
    assert opened.sha256() == "5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5"
    opened.check_untouched()
    status = path.stat()
    with path.open("r+b") as file:
        file.write(b"54321")
        file.seek(0)
        file.write(b"12345")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    opened.check()
    with pytest.raises(FileError, match="was changed while it was in use"):
        opened.check_untouched()
