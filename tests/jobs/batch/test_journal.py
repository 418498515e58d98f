"""Whatever is lost or changed in a journal's files is noticed and named, or changes nothing."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jobs.batch import shop
from zkpipe.ground.errors import ZkpipeError
from zkpipe.ground.files.reading import FileError
from zkpipe.jobs.batch.identity import batch_secret
from zkpipe.jobs.batch.journal import FILE, MARK, Entry, Journal, Kind
from zkpipe.jobs.errors import JobError, JournalError

SECRET = "secret"  # noqa: S105 # the name of a file
FLIPS = 200
ENTRIES = [
    Entry(Kind.BEGUN, detail='{"circuit": "aa", "key": "bb", "at": 1}'),
    *(Entry(Kind.PROVED, n, bytes([n]) * 32, f'{{"id": "A-{n}"}}', b"r" * 32) for n in range(40)),
    Entry(Kind.FAILED, 40, b"", '{"problem": "none"}'),
    Entry(Kind.FINISHED),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "batch"
    path.mkdir(mode=0o700)
    return path


def opened(folder: Path, *, for_reading: bool = False) -> Journal:
    return Journal(folder, batch_secret(folder / SECRET), for_reading=for_reading)


def filled(folder: Path) -> Path:
    with opened(folder) as journal:
        for entry in ENTRIES:
            journal.add([entry])
    return folder


def entries(folder: Path) -> list[Entry]:
    with opened(folder) as journal:
        return list(journal.entries())


def unfinished(folder: Path) -> Path:
    """As a kill leaves it: everything is in the WAL."""
    with opened(folder) as journal:
        for entry in ENTRIES:
            journal.add([entry])
        return shop.copied(folder, folder.with_name("killed"))


def names_a_file(error: ZkpipeError, folder: Path) -> bool:
    return any(f"{folder / name}" in error.problem for name in (FILE, MARK, SECRET))


def flips(data: bytes) -> Iterator[bytes]:
    chance = random.Random(len(data))  # noqa: S311 # places
    for at in sorted(chance.sample(range(len(data)), min(FLIPS, len(data)))):
        changed = bytearray(data)
        changed[at] ^= 1 << chance.randrange(8)
        yield bytes(changed)


def test_entries_come_back_in_order(folder: Path) -> None:
    filled(folder)
    assert entries(folder) == ENTRIES
    with opened(folder) as journal:
        assert len(journal) == len(ENTRIES)
        journal.add(ENTRIES[1:5])
    assert entries(folder) == ENTRIES + ENTRIES[1:5]


def test_entries_of_a_killed_process_come_back(folder: Path) -> None:
    killed = unfinished(folder)
    assert (killed / f"{FILE}-wal").stat().st_size > 10_000
    with opened(killed, for_reading=True) as journal:
        assert list(journal.entries()) == ENTRIES
    assert entries(killed) == ENTRIES


def test_every_commit_reaches_the_disk_before_it_is_told(folder: Path) -> None:
    with opened(folder) as journal:
        database = journal._database
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert database.execute("PRAGMA synchronous").fetchone() == (2,)


def test_the_files_are_the_owners_alone(folder: Path) -> None:
    with opened(folder) as journal:
        journal.add(ENTRIES)
        assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


@pytest.mark.parametrize("name", [FILE, f"{FILE}-wal", MARK, SECRET])
@pytest.mark.parametrize("for_reading", [False, True])
def test_a_flipped_byte_is_noticed_and_named_or_changes_nothing(
    folder: Path, tmp_path: Path, name: str, for_reading: bool
) -> None:
    source = unfinished(folder) if name.endswith("-wal") else filled(folder)
    data = (source / name).read_bytes()
    noticed = 0
    for number, changed in enumerate(flips(data)):
        copy = shop.copied(source, tmp_path / str(number))
        (copy / name).write_bytes(changed)
        try:
            with opened(copy, for_reading=for_reading) as journal:
                assert list(journal.entries()) == ENTRIES
        except JobError as error:
            noticed += 1
            assert names_a_file(error, copy), error.problem  # noqa: PT017 # or nothing changes
        shutil.rmtree(copy)
    assert noticed > (0 if name == FILE else len(data) and 20)


def test_a_truncated_wal_is_noticed(folder: Path, tmp_path: Path) -> None:
    killed = unfinished(folder)
    data = (killed / f"{FILE}-wal").read_bytes()
    for number, size in enumerate([0, 16, 32, 5000, len(data) // 2, len(data) - 1]):
        copy = shop.copied(killed, tmp_path / str(number))
        (copy / f"{FILE}-wal").write_bytes(data[:size])
        with pytest.raises(JournalError, match="damaged"):
            entries(copy)


def test_a_journal_that_is_gone_while_its_mark_is_left_is_noticed(folder: Path) -> None:
    filled(folder)
    (folder / FILE).unlink()
    with pytest.raises(JournalError, match=f"it has 0 entries of {len(ENTRIES)}"):
        entries(folder)


def test_a_mark_that_is_gone_is_noticed(folder: Path) -> None:
    filled(folder)
    (folder / MARK).unlink()
    with pytest.raises(JournalError, match=r"journal\.last is gone"):
        entries(folder)


def test_a_first_entry_whose_mark_was_not_written_is_kept(folder: Path) -> None:
    with opened(folder) as journal:
        journal.add(ENTRIES[:1])
    (folder / MARK).unlink()
    assert entries(folder) == ENTRIES[:1]


def test_entries_behind_the_mark_are_kept_for_a_kill_may_come_before_it(folder: Path) -> None:
    with opened(folder) as journal:
        journal.add(ENTRIES[:5])
        mark = (folder / MARK).read_bytes()
        journal.add(ENTRIES[5:])
    (folder / MARK).write_bytes(mark)
    assert entries(folder) == ENTRIES


def test_a_journal_of_another_batch_is_noticed(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir(mode=0o700)
    filled(folder)
    filled(other)
    for names in ([FILE], [FILE, MARK], [SECRET]):
        copy = shop.copied(folder, tmp_path / f"mixed-{len(names)}-{names[0]}")
        for name in names:
            shutil.copy(other / name, copy / name)
        with pytest.raises(JournalError, match="was changed"):
            entries(copy)


CHANGES = [
    "INSERT INTO entries SELECT sequence + 1, kind, 99, identity, detail, result, seal "
    "FROM entries ORDER BY sequence DESC LIMIT 1",
    "DELETE FROM entries WHERE sequence = (SELECT max(sequence) FROM entries)",
    "DELETE FROM entries WHERE sequence = 5",
    "UPDATE entries SET row = 7 WHERE sequence = 5",
    "UPDATE entries SET kind = 'failed' WHERE sequence = 5",
    "UPDATE entries SET kind = 'nothing' WHERE sequence = 5",
    "UPDATE entries SET identity = x'00' WHERE sequence = 5",
    "UPDATE entries SET result = x'00' WHERE sequence = 5",
    "UPDATE entries SET detail = '{}' WHERE sequence = 5",
    "UPDATE entries SET detail = detail || char(0) WHERE sequence = 5",
    "DROP TABLE entries",
    "ALTER TABLE entries RENAME COLUMN row TO line",
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_by_hand_is_noticed(folder: Path, change: str) -> None:
    filled(folder)
    database = sqlite3.connect(folder / FILE)
    database.execute(change)
    database.commit()
    database.close()
    with pytest.raises(JournalError) as raised:
        entries(folder)
    assert names_a_file(raised.value, folder)


def test_two_entries_that_change_places_are_noticed(folder: Path) -> None:
    filled(folder)
    database = sqlite3.connect(folder / FILE)
    for old, new in ((5, 1000), (6, 5), (1000, 6)):
        database.execute("UPDATE entries SET sequence = ? WHERE sequence = ?", (new, old))
    database.commit()
    database.close()
    with pytest.raises(JournalError, match="entry 5 was changed"):
        entries(folder)


def test_an_entry_of_another_history_of_the_same_batch_is_noticed(
    folder: Path, tmp_path: Path
) -> None:
    """Each digest covers the entry before: one from an older copy of the folder does not fit."""
    batch_secret(folder / SECRET)
    other = shop.copied(folder, tmp_path / "other")
    with opened(folder) as journal:
        journal.add(ENTRIES[:5])
    with opened(other) as journal:
        journal.add([*ENTRIES[:2], ENTRIES[9], *ENTRIES[3:5]])
    database = sqlite3.connect(folder / FILE)
    database.execute("ATTACH ? AS other", (str(other / FILE),))
    database.execute("REPLACE INTO entries SELECT * FROM other.entries WHERE sequence = 2")
    database.commit()
    database.close()
    with pytest.raises(JournalError, match="entry 3 was changed"):
        entries(folder)


def test_a_journal_whose_maker_was_killed_is_empty_for_a_reader(folder: Path) -> None:
    batch_secret(folder / SECRET)
    (folder / FILE).touch(mode=0o600)
    with opened(folder, for_reading=True) as journal:
        assert list(journal.entries()) == []


def test_a_journal_that_cannot_be_opened_is_an_error_of_its_file(folder: Path) -> None:
    (folder / FILE).mkdir()
    with pytest.raises(FileError, match=FILE):
        entries(folder)


@pytest.mark.usefixtures("place")
def test_an_older_copy_of_the_whole_folder_only_costs_proofs() -> None:
    """Nothing in the folder can show it; the rows since then are proved again, and put in place."""
    rows = shop.values(4)
    shop.table(rows[:2])
    shop.job()
    shop.run()
    old = shop.copied(Path("proofs.batch"), Path("old"))
    shop.table(rows)
    shop.run()
    shutil.rmtree("proofs.batch")
    old.rename("proofs.batch")
    assert shop.run()["proved_now"] == 2
    shop.require_valid(dict(enumerate(rows)))


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("file", ["proof.json", "public.json"])
def test_a_flipped_byte_of_a_proof_is_told_and_the_row_proved_again(file: str) -> None:
    rows = shop.values(3)
    shop.table(rows)
    shop.job()
    shop.run()
    path = Path("proofs/1") / file
    for at in (0, len(path.read_bytes()) // 2, -1):
        data = bytearray(path.read_bytes())
        data[at] ^= 1
        path.write_bytes(data)
        result = shop.raw()
        assert result.exit_code == 0
        assert "The proof of row 1 is not there as it was written" in result.output
        assert "proofs/1" in result.output
        shop.require_valid(dict(enumerate(rows)))
    path.unlink()
    assert "proofs/1" in shop.raw().output
    shop.require_valid(dict(enumerate(rows)))


@pytest.mark.usefixtures("place")
def test_a_damaged_journal_stops_the_batch_and_its_status() -> None:
    shop.table(shop.values(2))
    shop.job()
    shop.run()
    before = shop.files()
    database = sqlite3.connect("proofs.batch/journal.sqlite")
    database.execute("UPDATE entries SET row = 9 WHERE sequence = 1")
    database.commit()
    database.close()
    for verb in ("run", "status", "resume", "cancel"):
        result = shop.raw(verb=verb)
        assert result.exit_code == 2
        assert "journal.sqlite is damaged: entry 1 was changed" in result.stderr
    assert shop.files() == before
