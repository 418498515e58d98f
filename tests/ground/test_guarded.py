"""A program writes over a file only what it knows is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.guarded import GuardedFile
from zkpipe.ground.files.reading import FileError


def test_a_file_is_written_as_often_as_one_likes(tmp_path: Path) -> None:
    path = tmp_path / "it"
    file = GuardedFile(path, 100)
    assert file.seen is None
    for data in (b"one", b"two", b""):
        file.write(data)
        assert path.read_bytes() == data == file.seen == file.read()
    file.write(None)
    assert not path.exists()
    assert file.seen is None
    file.write(b"three")
    assert GuardedFile(path, 100).seen == b"three"


@pytest.mark.parametrize("there", [None, b"old"])
@pytest.mark.parametrize("theirs", [None, b"new", b""])
@pytest.mark.parametrize("ours", [None, b"ours"])
def test_what_another_program_wrote_stays(
    tmp_path: Path, there: bytes | None, theirs: bytes | None, ours: bytes | None
) -> None:
    if there == theirs:
        return
    path = tmp_path / "it"
    if there is not None:
        path.write_bytes(there)
    file = GuardedFile(path, 100)
    if theirs is None:
        path.unlink()
    else:
        path.write_bytes(theirs)
    with pytest.raises(FileError, match="changed by another program"):
        file.write(ours)
    assert (path.read_bytes() if path.exists() else None) == theirs


def test_no_more_is_read_than_such_a_file_has(tmp_path: Path) -> None:
    (tmp_path / "it").write_bytes(bytes(101))
    with pytest.raises(FormatError):
        GuardedFile(tmp_path / "it", 100)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    file = GuardedFile(tmp_path / "none" / "it", 100)
    with pytest.raises(FileError, match="cannot be written"):
        file.write(b"data")
