"""A home on a file system that is read only, or full."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.exchange.home.own import PASSWORD, WORK, created
from zkpipe.exchange.home import Home, backup, restore
from zkpipe.exchange.home.log import Entry
from zkpipe.ground.files.reading import FileError

READ_ONLY = f"""
import sys
from pathlib import Path
from zkpipe.exchange.home import Home, backup
from zkpipe.ground.files.reading import FileError
place, other = map(Path, sys.argv[1:])
with Home.read(place, {PASSWORD!r}) as home:
    print(backup(home, other, {PASSWORD!r}, work={WORK}).secrets)
try:
    Home.open(place, {PASSWORD!r})
except FileError as error:
    print(error)
"""


def _mounted(place: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command where a folder is mounted read only, for it alone."""
    mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
    words = ["unshare", "-rm", "sh", "-c", mount, str(place), *command]
    return subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603


def test_a_home_that_can_only_be_read_is_backed_up_whole(tmp_path: Path) -> None:
    """As of a disk that failed, and is mounted read only until it is replaced."""
    place = tmp_path / "home"
    with created(place) as home:
        home.vault.new("segment", "a1")
        address = home.address
    if shutil.which("unshare") is None or _mounted(place, "true").returncode:
        pytest.skip("this system lets no user mount a folder read only")
    ran = _mounted(place, sys.executable, "-c", READ_ONLY, str(place), str(tmp_path / "b"))
    assert ran.returncode == 0, ran.stderr
    counted, problem, fix = ran.stdout.splitlines()
    assert counted == "{'master': 1, 'segment': 1}"
    assert "cannot be written: Read-only file system." in problem
    assert fix == "Mount its file system so that it can be written to, or choose another place."
    assert restore(tmp_path / "b", tmp_path / "again", PASSWORD, work=WORK).address == address


def test_a_full_disk_ends_a_change_with_one_error_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with created(tmp_path / "home") as home:
        secret = home.vault.new("segment", "a1")
        files = sorted(path.name for path in tmp_path.rglob("*"))
        with monkeypatch.context() as patch:
            for name in ("write", "fsync", "sync"):
                patch.setattr(os, name, full)
            for act in (
                lambda: backup(home, tmp_path / "b", PASSWORD, work=WORK),
                lambda: home.vault.new("job", "b1"),
                lambda: home.vault.new_many("segment", ["c1", "c2"]),
                lambda: home.documents.put("schema", "s", b"{}"),
                lambda: home.log.write(Entry(event="sent")),
            ):
                with pytest.raises(FileError, match="cannot be written: No space left on device"):
                    act()
        assert sorted(path.name for path in tmp_path.rglob("*")) == files
        assert home.vault.get("segment", "a1") == secret
        backup(home, tmp_path / "b", PASSWORD, work=WORK)
    with Home.open(tmp_path / "home", PASSWORD) as home:
        assert home.vault.get("segment", "a1") == secret
