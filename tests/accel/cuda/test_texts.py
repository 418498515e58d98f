"""The texts of kernels on disk: read when they are whole and the user's own, else made again."""

from __future__ import annotations

from pathlib import Path

import pytest
from numba import types

from zkpipe.accel.cuda.compiled import texts
from zkpipe.accel.cuda.compiled.ptx import ptx_of
from zkpipe.accel.cuda.kernels import runs

KINDS = (types.Array(types.uint32, 1, "C"), types.int64, types.int64)


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """How often a text was made, with an empty cache."""
    calls = []

    def counted(*args):
        calls.append(args)
        return ptx_of(*args)

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(texts, "ptx_of", counted)
    texts.text_of.cache_clear()
    yield calls
    texts.text_of.cache_clear()


def text() -> str:
    texts.text_of.cache_clear()  # as in another process
    return texts.text_of(runs.count_up, KINDS)


def kept(folder: Path) -> Path:
    (path,) = folder.rglob("*.ptx")
    return path


def test_a_text_is_made_once(made: list, tmp_path: Path) -> None:
    assert text() == text() == ptx_of(runs.count_up, KINDS)
    assert len(made) == 1
    assert kept(tmp_path).name.startswith("runs.count_up-")


@pytest.mark.parametrize("damage", ["empty", "torn", "other", "bytes", "inside"])
def test_a_damaged_text_is_made_again(made: list, tmp_path: Path, damage: str) -> None:
    first, path = text(), kept(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(
        {
            "empty": b"",
            "torn": whole[: len(whole) // 2],
            "other": whole.replace(b"count_up", b"count_to"),
            "bytes": b"\xff" + whole,
            "inside": whole.replace(b"add", b"sub", 1),
        }[damage]
    )
    assert text() == first
    assert len(made) == 2
    assert path.read_bytes() == whole


def test_a_text_that_another_could_have_written_is_not_read(made: list, tmp_path: Path) -> None:
    first, path = text(), kept(tmp_path)
    planted = path.read_bytes().replace(b"add", b"sub")
    path.write_bytes(planted)
    path.chmod(0o666)
    assert text() == first
    assert len(made) == 2
