"""Full disks and failing ones: each write of a batch fails in turn, is named, and costs nothing."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.batch import shop
from zkpipe.jobs.batch import journal as journal_module

pytestmark = pytest.mark.usefixtures("place")
MOST = 400  # calls of one kind in the small batch here


class Counted:
    """Makes the n-th call of something fail, of those that are about a batch's files."""

    def __init__(self, real: Callable[..., Any], error: Callable[[Any], BaseException]) -> None:
        self.real, self.error = real, error
        self.left = -1
        self.has_failed = False

    def __call__(self, *words: Any, **more: Any) -> Any:
        if self._concerns(words):
            self.left -= 1
            if self.left == 0:
                self.has_failed = True
                raise self.error(words[0])
        return self.real(*words, **more)

    @staticmethod
    def _concerns(words: tuple[Any, ...]) -> bool:
        first = words[0]
        if isinstance(first, int):
            try:
                first = Path(f"/proc/self/fd/{first}").readlink()
            except OSError:
                return False
        return "proofs" in os.fspath(first) if isinstance(first, str | Path) else True


def full(path: Any) -> OSError:
    name = path if isinstance(path, str | Path) else None
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), name)


def broken(path: Any) -> OSError:
    name = path if isinstance(path, str | Path) else None
    return OSError(errno.EIO, os.strerror(errno.EIO), name)


def prepared() -> dict[int, shop.Values]:
    """A batch with a proof that stays, one of other inputs, and rows to come; one has to go."""
    rows = shop.values(4)
    shop.table([rows[0], ("A-1", 1, 1, 1), rows[2]])
    shop.job()
    shop.run()
    shop.table([rows[0], rows[1], ("A-2", 2, 1001, 2), rows[3]])
    return {0: rows[0], 1: rows[1], 3: rows[3]}


def finishes(rows: dict[int, shop.Values]) -> None:
    facts = shop.run(status=1)
    assert (facts["proved"], facts["failed"]) == (3, 1)
    shop.require_valid(rows)
    assert shop.parts() == []
    report = json.loads(Path("proofs/report.json").read_text())
    assert [row["row"] for row in report["failed_rows"]] == [2]


@contextmanager
def nothing_is_half_there(rows: dict[int, shop.Values]) -> Any:
    """Whatever a failure leaves, each row's folder is whole, and of old inputs or of new ones."""
    yield
    for place in Path("proofs").glob("[0-9]*"):
        assert {path.name for path in place.iterdir()} == {"proof.json", "public.json"}
    entries = shop.journal()
    for line in entries:
        if line.kind == "proved" and line.row in rows and line is _last(entries, line.row):
            assert Path(f"proofs/{line.row}").exists()


def _last(entries: list[shop.Line], row: int) -> shop.Line:
    return [line for line in entries if line.row == row][-1]


@pytest.mark.parametrize("error", [full, broken])
@pytest.mark.parametrize(
    ("owner", "name"),
    [(os, "fsync"), (os, "open"), (Path, "rename"), (Path, "replace"), (Path, "mkdir")],
    ids=["fsync", "open", "rename", "replace", "mkdir"],
)
def test_a_write_that_fails_is_named_and_the_next_run_finishes(
    owner: Any, name: str, error: Callable[[Any], BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = prepared()
    saved = {where: shop.copied(Path(where), Path(f"saved-{where}")) for where in OWN}
    real = getattr(owner, name)
    step = 1 if error is full else 3
    for number in range(1, MOST, step):
        for where, copy in saved.items():
            shutil.rmtree(where)
            shutil.copytree(copy, where)
        counted = Counted(real, error)
        counted.left = number
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, lambda *w, _c=counted, **k: _c(*w, **k))
            result = shop.raw()
        if not counted.has_failed:
            assert result.exit_code == 1
            shop.require_valid(rows)
            break
        if result.exit_code == 1 and result.stdout:  # a fault of what only tidies up, or tells
            shop.require_valid(rows)
            continue
        assert result.exit_code == 2, (number, result.output, result.exception)
        assert "Traceback" not in result.stderr
        assert "proofs" in result.stderr
        reason = errno.ENOSPC if error is full else errno.EIO
        assert os.strerror(reason) in result.stderr, (number, result.stderr)
        with nothing_is_half_there(rows):
            pass
        if number % 4 == 1:
            finishes(rows)
    else:
        raise AssertionError("it never succeeds")
    assert number > 1, "nothing has failed"
    finishes(rows)


OWN = ("proofs", "proofs.batch")


class Database:
    """A connection whose n-th statement of a kind fails."""

    def __init__(self, real: sqlite3.Connection, word: str, number: list[int], code: int) -> None:
        self.real, self.word, self.number, self.code = real, word, number, code

    def execute(self, statement: str, *words: Any) -> Any:
        if statement.startswith(self.word):
            self.number[0] -= 1
            if self.number[0] == 0:
                failure = sqlite3.OperationalError("database or disk is full")
                failure.sqlite_errorcode = self.code
                raise failure
        return self.real.execute(statement, *words)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


@pytest.mark.parametrize("word", ["COMMIT", "BEGIN"])
@pytest.mark.parametrize("code", ["SQLITE_FULL", "SQLITE_IOERR"])
def test_a_commit_that_fails_is_named_and_the_next_run_finishes(
    word: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = prepared()
    real = journal_module.Journal._open
    for count in range(1, 20):
        number = [count]
        with monkeypatch.context() as patch:
            patch.setattr(
                journal_module.Journal,
                "_open",
                lambda self, _n=number: Database(real(self), word, _n, getattr(sqlite3, code)),
            )
            result = shop.raw()
        if number[0] > 0:
            break
        assert result.exit_code == 2, result.output
        assert "journal.sqlite cannot be written" in result.stderr
        with nothing_is_half_there(rows):
            pass
    assert count > 2
    finishes(rows)


def test_a_full_disk_is_named_by_the_system_itself(tmp_path: Path) -> None:
    """A limit of a file's size stands for a disk that SQLite finds full in the middle."""
    shop.table(shop.values(300))
    shop.job()
    words = f"ulimit -f 40; exec {sys.executable} -m zkpipe batch run job.toml --json"
    done = subprocess.run(  # noqa: S603 # ours
        ["/bin/bash", "-c", f"trap '' XFSZ; {words}"], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "proofs.batch/journal.sqlite cannot be written" in done.stderr
    assert shop.run()["proved"] == 300
    shop.require_valid(dict(enumerate(shop.values(300))))
