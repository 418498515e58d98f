"""Work that goes on where it was: what is taken up of it, and what is not."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from zkpipe.ground.errors import FormatError
from zkpipe.ground.files import unfinished
from zkpipe.ground.files.reading import FileError
from zkpipe.ground.files.unfinished import unfinished_file

OF, OTHER = "ab" * 32, "cd" * 32
BLOCKS = [(0, 100), (100, 50), (150, 7)]


class Stopped(Exception):
    """As a key of the user's, or the end of the process."""


def content(begin: int, size: int) -> bytes:
    return bytes((begin + i) % 251 for i in range(size))


def write(path: Path, of: str = OF, stop: int = 9, beside: Path | None = None) -> list[int]:
    """The blocks that were written anew; the work stops before number `stop`."""
    anew = []
    with unfinished_file(path, of, beside) as work:
        for number, (begin, size) in enumerate(BLOCKS):
            if number == stop:
                raise Stopped
            if not work.is_whole(begin, size):
                work.file.seek(begin)
                work.file.write(content(begin, size))
                work.finish(begin, size)
                anew.append(number)
    return anew


def interrupted(path: Path, stop: int = 2, beside: Path | None = None) -> tuple[Path, Path]:
    with pytest.raises(Stopped):
        write(path, stop=stop, beside=beside)
    by = beside or path
    kept = by.with_name(f".{by.name}.unfinished"), by.with_name(f".{by.name}.journal")
    assert all(one.exists() for one in kept)
    assert not path.exists()
    return kept


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def is_right(path: Path) -> bool:
    return path.read_bytes() == content(0, 157) and names(path.parent) == [path.name]


def test_work_without_interruption_leaves_its_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "out"
    assert write(path) == [0, 1, 2]
    assert is_right(path)


@pytest.mark.parametrize("stop", [0, 1, 2])
def test_finished_blocks_are_not_written_again(tmp_path: Path, stop: int) -> None:
    path = tmp_path / "out"
    interrupted(path, stop)
    assert write(path) == [0, 1, 2][stop:]
    assert is_right(path)


def test_unfinished_work_may_lie_beside_another_path(tmp_path: Path) -> None:
    (tmp_path / "stage").mkdir()
    path = tmp_path / "stage" / "out"
    interrupted(path, beside=tmp_path / "out")
    assert write(path, beside=tmp_path / "out") == [2]
    assert path.read_bytes() == content(0, 157)
    assert names(tmp_path) == ["stage"]


def test_nothing_of_other_work_is_taken_up(tmp_path: Path) -> None:
    path = tmp_path / "out"
    interrupted(path)
    assert write(path, OTHER) == [0, 1, 2]
    assert is_right(path)


@pytest.mark.parametrize("damage", ["byte", "cut", "line", "head", "gone"])
def test_a_block_that_is_not_as_it_was_is_written_again(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "out"
    file, journal = interrupted(path)
    lines = journal.read_text().splitlines(keepends=True)
    if damage == "byte":
        file.write_bytes(content(0, 100) + b"\xff" + content(101, 49))
    elif damage == "cut":
        file.write_bytes(file.read_bytes()[:120])
    elif damage == "line":  # the machine went down while it was written
        journal.write_text("".join(lines)[:-3])
    elif damage == "head":
        journal.write_text("".join(lines[1:]))
    else:
        file.unlink()
    anew = write(path)
    assert anew == ([0, 1, 2] if damage in ("head", "gone") else [1, 2])
    assert is_right(path)


def test_what_others_can_write_to_is_not_taken_up(tmp_path: Path) -> None:
    for number in (0, 1):
        path = tmp_path / f"out{number}"
        kept = interrupted(path)
        kept[number].chmod(0o666)
        before = [one.read_bytes() for one in kept]
        assert write(path) == [0, 1, 2]
        assert path.read_bytes() == content(0, 157)
        assert [one.read_bytes() for one in kept] == before


def test_nothing_is_taken_up_from_a_folder_that_others_can_write_to(tmp_path: Path) -> None:
    path = tmp_path / "out"
    interrupted(path)
    tmp_path.chmod(0o777)
    assert write(path) == [0, 1, 2]
    assert path.read_bytes() == content(0, 157)
    assert names(tmp_path) == [".out.journal", ".out.unfinished", "out"]


@pytest.mark.parametrize("name", [".out.unfinished", ".out.journal"])
def test_a_link_that_lies_in_wait_is_not_followed(tmp_path: Path, name: str) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (tmp_path / name).symlink_to(victim)
    assert write(tmp_path / "out") == [0, 1, 2]
    assert victim.read_bytes() == b"precious"
    assert names(tmp_path) == sorted([name, "out", "victim"])


@pytest.mark.parametrize("number", [0, 1])
def test_a_second_name_of_another_file_is_not_taken_up(tmp_path: Path, number: int) -> None:
    """Where a system lets users link files of others, it may be any file of the user's."""
    kept = interrupted(tmp_path / "out")
    victim = tmp_path / "victim"
    victim.hardlink_to(kept[number])
    before = victim.read_bytes()
    assert write(tmp_path / "out") == [0, 1, 2]
    assert (tmp_path / "out").read_bytes() == content(0, 157)
    assert victim.read_bytes() == before


def test_two_at_the_same_work_do_not_meet(tmp_path: Path) -> None:
    path = tmp_path / "out"
    with unfinished_file(path, OF) as first:
        first.file.write(b"mine")
        assert write(path) == [0, 1, 2]
        first.file.seek(0)
        assert first.file.read() == b"mine"
    assert path.read_bytes() == b"mine"


@pytest.mark.parametrize("kind", ["taken", "open"])
def test_work_that_nobody_would_find_again_goes_with_its_process(tmp_path: Path, kind: str) -> None:
    """It lies in files of other names: each interrupted run would leave some more."""
    path = tmp_path / "out"
    if kind == "open":
        tmp_path.chmod(0o777)
        with pytest.raises(Stopped):
            write(path, stop=2)
        assert names(tmp_path) == []
    else:
        with unfinished_file(path, OF):
            with pytest.raises(Stopped):
                write(path, stop=2)
            assert names(tmp_path) == [".out.journal", ".out.unfinished"]


def test_work_that_another_process_ends_meanwhile_is_not_written_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has been opened, and is locked, but its name is now that of the finished file."""
    path, lock = tmp_path / "out", unfinished.try_to_lock
    interrupted(path)

    def late(handle: int) -> bool:
        monkeypatch.setattr(unfinished, "try_to_lock", lock)
        write(path)
        return lock(handle)

    monkeypatch.setattr(unfinished, "try_to_lock", late)
    with unfinished_file(path, OTHER) as second:
        second.file.write(b"other")
        assert path.read_bytes() == content(0, 157)
    assert path.read_bytes() == b"other"
    assert names(tmp_path) == ["out"]


def test_a_line_that_was_cut_off_costs_no_other(tmp_path: Path) -> None:
    path = tmp_path / "out"
    _, journal = interrupted(path)
    journal.write_text(journal.read_text()[:-3])
    with pytest.raises(Stopped):
        write(path, stop=2)
    assert write(path) == [2]
    assert is_right(path)


@pytest.mark.parametrize("letter", ["x", "\u00e9", "\u4e2d", "\U0001f600", "\udcff"])
def test_the_longest_names_that_a_file_may_have_will_do(tmp_path: Path, letter: str) -> None:
    path = tmp_path / (letter * (255 // len(os.fsencode(letter))))
    assert write(path) == [0, 1, 2]
    assert is_right(path)


def test_what_a_rename_would_not_replace_is_refused_before_the_work(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.mkdir()
    with pytest.raises(FileError, match="it is a folder"):
        write(path)
    path.rmdir()
    os.mkfifo(path)
    with pytest.raises(FileError, match="it is not a regular file"):
        write(path)
    assert names(tmp_path) == ["out"]


def test_where_the_input_will_not_do_nothing_stays(tmp_path: Path) -> None:
    def read_what_is_wrong() -> None:
        with unfinished_file(tmp_path / "out", OF) as work:
            work.file.write(b"some")
            raise FormatError("It is wrong.", "Make it right.")

    with pytest.raises(FormatError):
        read_what_is_wrong()
    assert names(tmp_path) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="out cannot be written"):
        write(tmp_path / "none" / "out")


def test_others_cannot_write_to_what_is_unfinished(tmp_path: Path) -> None:
    for kept in interrupted(tmp_path / "out"):
        assert stat.S_IMODE(kept.stat().st_mode) & 0o022 == 0


def test_a_block_goes_to_the_disk_before_the_journal_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a system that forgets what was not synchronised, the journal would else be wrong."""
    order: list[str] = []
    sync = os.fsync

    def watched(handle: int) -> None:
        order.append(Path(f"/proc/self/fd/{handle}").readlink().suffix)
        sync(handle)

    monkeypatch.setattr(unfinished.os, "fsync", watched)
    interrupted(tmp_path / "out", stop=1)
    assert order == [".journal", ".unfinished", ".journal"]
