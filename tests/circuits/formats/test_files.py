from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from accel.errors import FormatError
from circuits.formats.files import (
    FileError,
    atomic_write,
    forget_pages,
    map_file,
    read_file,
    write_file,
)


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


@pytest.mark.parametrize("reader", [map_file, lambda path: read_file(path, 100)])
def test_only_regular_files_that_exist_are_read(tmp_path: Path, reader: object) -> None:
    assert callable(reader)
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "missing", tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(FileError):
            reader(path)
    with pytest.raises(FileError):
        reader(Path("a\0b"))


def test_an_empty_file_cannot_be_mapped(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    with pytest.raises(FormatError, match="is empty"):
        map_file(tmp_path / "empty")


def test_a_mapped_file_is_read_only_and_outlives_its_replacement(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_file(path, b"old")
    mapped = map_file(path)
    write_file(path, b"new and longer")
    assert mapped.tobytes() == b"old"
    assert not mapped.flags.writeable


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert read_file(tmp_path / "a", 5) == b"12345"
    with pytest.raises(FormatError, match="5 bytes or more"):
        read_file(tmp_path / "a", 4)


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real")
    write_file(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


@pytest.mark.parametrize("place", ["/dev/stdout", "/dev/null", "/proc/self/fd/1", "/dev/none"])
def test_nothing_is_put_in_the_place_of_a_device(place: str) -> None:
    with pytest.raises(FileError, match="no place for a file"):
        write_file(Path(place), b"data")


def test_links_in_a_circle_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(FileError):
        write_file(tmp_path / "a", b"data")


def resident(array: NDArray[np.uint8]) -> int:
    """Kilobytes of the mapping at the array's middle that are in memory, as the system has it."""
    middle, wanted = array.ctypes.data + array.nbytes // 2, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        head = line.split()[0]
        if "-" in head:
            low, high = (int(part, 16) for part in head.split("-"))
            wanted = low <= middle < high
        elif wanted and head == "Rss:":
            return int(line.split()[1])
    raise AssertionError(line)


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="this system does not say")
def test_forgotten_pages_are_given_back_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(bytes(range(256)) * 40_000)
    mapped = map_file(path)
    before = mapped.sum(), resident(mapped)
    forget_pages(mapped[1000:-1000].view("<u8"))
    after = resident(mapped)
    assert before[1] > 9_000
    assert after < 1_000
    assert mapped.sum() == before[0]


@pytest.mark.parametrize("words", [0, 10, 10_000])
def test_memory_that_is_no_files_is_not_forgotten(words: int, tmp_path: Path) -> None:
    array = np.arange(words)
    forget_pages(array)
    forget_pages(array[3:])
    array.flags.writeable = False
    forget_pages(array)
    assert (array == np.arange(words)).all()
