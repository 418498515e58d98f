from __future__ import annotations

import errno
import os
import tracemalloc
from pathlib import Path
from unittest.mock import Mock

import pytest

from zkpipe.ground.errors import FormatError, KindError
from zkpipe.ground.files.opened import OpenFile
from zkpipe.ground.files.reading import FileError, as_source, file_failure, read_file, read_head
from zkpipe.ground.files.writing import atomic_write, stage_name, write_file


def test_a_written_file_holds_the_bytes_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write_file(path, b"first")
    write_file(path, b"second")
    assert path.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_on_the_way_keeps_the_old_file_and_leaves_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write_file(path, b"old")

    def fail() -> None:
        with atomic_write(path) as file:
            file.write(b"new, but only half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_a_clear_error_and_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.bin"
    write_file(path, b"old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(FileError, match="No space left"):
        write_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What has been waited for until it was on the disk, by name."""
    names: list[str] = []
    sync = os.fsync

    def watched(handle: int) -> None:
        names.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        sync(handle)

    monkeypatch.setattr("os.fsync", watched)
    return names


def test_a_file_and_then_its_name_go_to_the_disk(tmp_path: Path, synced: list[str]) -> None:
    write_file(tmp_path / "a.bin", b"new")
    assert len(synced) == 2
    assert synced[0].startswith(".a.bin.")
    assert synced[1] == tmp_path.name


def test_of_a_file_in_a_stage_only_the_bytes_go_to_the_disk(
    tmp_path: Path, synced: list[str]
) -> None:
    folder = tmp_path / stage_name() / "new"
    folder.mkdir(parents=True)
    write_file(folder / "a.bin", b"new")
    assert len(synced) == 1
    assert synced[0].startswith(".a.bin.")
    write_file(folder.parent / "b.bin", b"new")  # no part of the stage: a folder of that name
    assert synced[2:] == [folder.parent.name]


def test_the_old_file_stands_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write_file(path, b"old")
    with atomic_write(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


def test_a_secret_file_is_for_its_owner_only_from_its_first_byte(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    with atomic_write(path, secret=True) as file:
        file.write(b"x")
        file.flush()
        [temporary] = tmp_path.iterdir()
        assert temporary.stat().st_mode & 0o777 == 0o600
    assert path.stat().st_mode & 0o777 == 0o600


def test_other_files_get_the_mode_that_the_umask_leaves(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_file(tmp_path / "a", b"x")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("name", ["missing/a.bin", "folder", "file/a.bin"])
def test_a_place_that_cannot_be_written_is_a_clear_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FileError, match="cannot be written"):
        write_file(tmp_path / name, b"x")
    assert sorted(tmp_path.iterdir()) == [tmp_path / "file", tmp_path / "folder"]


@pytest.mark.parametrize("reader", [OpenFile, lambda path: read_file(path, 100)])
def test_only_regular_files_that_exist_are_read(tmp_path: Path, reader: object) -> None:
    assert callable(reader)
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "missing", tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(FileError):
            reader(path)
    with pytest.raises(FileError):
        reader(Path("a\0b"))


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert read_file(tmp_path / "a", 5) == b"12345"
    with pytest.raises(FormatError, match="5 bytes or more"):
        read_file(tmp_path / "a", 4)


def test_a_small_file_takes_the_memory_of_its_size_whatever_the_limit(tmp_path: Path) -> None:
    """It took that of the limit, 2 GiB for a .sym, before a byte was read."""
    (tmp_path / "a").write_bytes(b"small")
    tracemalloc.start()
    try:
        assert read_file(tmp_path / "a", 1 << 28) == b"small"
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real")
    write_file(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


@pytest.mark.parametrize("place", ["/dev/stdout", "/dev/null", "/proc/self/fd/1", "/dev/none"])
def test_nothing_is_put_in_the_place_of_a_device(place: str) -> None:
    with pytest.raises(FileError, match="not a place for a file"):
        write_file(Path(place), b"data")


def test_links_in_a_circle_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(FileError):
        write_file(tmp_path / "a", b"data")


@pytest.mark.parametrize("name", ["a\0b", "\ud800"], ids=ascii)
def test_a_name_that_no_file_can_have_is_a_clear_error(tmp_path: Path, name: str) -> None:
    for use in (lambda path: write_file(path, b"x"), lambda path: read_file(path, 10)):
        with pytest.raises(FileError):
            use(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


class Given:
    """A stream that gives what it was made with."""

    def __init__(self, data: object) -> None:
        self.data = data

    def up_to(self, size: int) -> object:
        if isinstance(self.data, Exception):
            raise self.data
        return self.data


@pytest.mark.parametrize(
    "data", ["text", None, 5, [1], bytearray(b"{}"), memoryview(b"{}"), OSError(5, "gone")]
)
def test_a_stream_that_gives_no_bytes_is_an_error_with_a_sentence(data: object) -> None:
    with pytest.raises(FileError, match="stream"):
        read_file(Given(data), 100)  # type: ignore[arg-type] # what is tested
    with pytest.raises(FileError, match="stream"):
        read_head(Given(data), 100)  # type: ignore[arg-type] # what is tested


class Pretends:
    up_to = 5


@pytest.mark.parametrize("path", [Given, Pretends(), Pretends, Mock(), 5, None, b"a"])
def test_what_is_neither_a_stream_nor_a_path_is_refused(path: object) -> None:
    with pytest.raises(KindError):
        as_source("load", path)


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOENT, "Check the path."),
        (errno.EACCES, "Check the permissions of the file and of its folder."),
        (errno.ENOSPC, "Free some space on the disk, or choose another."),
        (errno.EIO, "Check the path, its permissions and the space on the disk."),
    ],
)
def test_the_advice_fits_what_the_system_says(number: int, advice: str) -> None:
    assert file_failure("read", Path("x"), OSError(number, os.strerror(number))).fix == advice


def test_of_a_file_that_cannot_be_written_the_folder_may_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        write_file(tmp_path / "no" / "a.bin", b"")
    assert caught.value.fix == "Check the path: its folder must be there."
