"""Backups: one file, of one moment, without the secrets of jobs; what is restored is the same."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.exchange.home.own import (
    OTHER,
    PASSWORD,
    WORK,
    created,
    dense,
    record,
    rewritten,
    unsealed,
)
from tests.long_form import IS_LONG
from zkpipe.exchange.canonical import written
from zkpipe.exchange.errors import (
    DamagedError,
    HomeError,
    PasswordError,
    SecretMissingError,
    TruncatedError,
)
from zkpipe.exchange.home import Backup, Home, Restored, backup, restore
from zkpipe.exchange.home.encryption import encrypt
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.reading import FileError

# Makes a key and then the document of a segment, and erases both, as fast as it can.
WRITES = """
import sys
from zkpipe.exchange.home import Home
with Home.open(sys.argv[1], sys.argv[2]) as home:
    print("open", flush=True)
    for i in range(10**9):
        home.vault.new("segment", f"{i}")
        home.vault.new("job", f"{i}")
        home.documents.put("segment", f"{i}", b"{}")
        if i >= 20:
            home.documents.erase("segment", f"{i - 20}")
            home.vault.erase("segment", f"{i - 20}")
            home.vault.erase("job", f"{i - 20}")
"""


MANY = 977 if IS_LONG else 100  # segments: a table of 10^6 rows has 977


def kept(home: Home, file: Path, password: str = OTHER) -> Backup:
    return backup(home, file, password, work=WORK)


def brought_back(file: Path, path: Path, password: str = OTHER) -> Backup:
    return restore(file, path, password, work=WORK)


def opened_by_hand(file: Path, password: str) -> dict[str, object]:
    """What a backup holds, with scrypt of the standard library and AES-GCM."""
    fields = record(file)
    key = hashlib.scrypt(
        password.encode(),
        salt=bytes.fromhex(fields["scrypt"]["salt"]),
        n=fields["scrypt"]["work"],
        r=8,
        p=1,
        maxmem=1 << 29,
        dklen=32,
    )
    bound = {name: fields[name] for name in ("format", "made", "scrypt")}
    inside: dict[str, object] = json.loads(unsealed(key, fields, dense(bound), is_hex=False))
    return inside


def test_a_restored_home_has_the_same_account_keys_and_documents(
    home: Home, tmp_path: Path
) -> None:
    made = kept(home, tmp_path / "b")
    got = brought_back(tmp_path / "b", tmp_path / "again")
    assert (made.secrets, made.documents) == ({"master": 1, "segment": 1}, {"schema": 1})
    assert made.left_out == {"job": 1}
    assert (got.address, got.made, got.secrets) == (made.address, made.made, made.secrets)
    with Home.open(tmp_path / "again", OTHER) as again:
        assert again.address == home.address
        assert again.account.key == home.account.key
        assert again.public == home.public == again.keys.public
        assert again.keys.auditor(2).seed == home.keys.auditor(2).seed
        assert again.vault.all() == [("master", "home"), ("segment", "b2")]
        assert again.vault.get("segment", "b2") == home.vault.get("segment", "b2")
        assert again.documents.all() == home.documents.all()
        assert again.documents.get("schema", "s") == home.documents.get("schema", "s")
        with pytest.raises(SecretMissingError, match="a restored home has none of its jobs"):
            again.vault.get("job", "a1")
    old, new = record(home.path / "home.json"), record(tmp_path / "again" / "home.json")
    assert old["home"] != new["home"]
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o600


def test_no_secret_of_a_job_or_of_a_kind_that_is_not_listed_is_in_a_backup(
    home: Home, tmp_path: Path
) -> None:
    home.vault.put("other", "x", b"a secret of a later kind")
    made = kept(home, tmp_path / "b")
    assert made.left_out == {"job": 1, "other": 1}
    inside = opened_by_hand(tmp_path / "b", OTHER)
    assert sorted(inside) == ["account", "documents", "format", "secrets"]
    found = {(s["kind"], s["name"]): s["value"] for s in inside["secrets"]}  # type: ignore[attr-defined]
    assert set(found) == {("master", "home"), ("segment", "b2")}
    assert found["segment", "b2"] == home.vault.get("segment", "b2").hex()
    assert inside["account"] == home.account.key.hex()
    text = json.dumps(inside)
    assert home.vault.get("job", "a1").hex() not in text
    assert b"a secret of a later kind".hex() not in text


def test_a_restored_home_bears_a_mark_until_it_is_reconciled(home: Home, tmp_path: Path) -> None:
    assert home.restored is None
    made = kept(home, tmp_path / "b")
    brought_back(tmp_path / "b", tmp_path / "again")
    with Home.open(tmp_path / "again", OTHER) as again:
        mark = again.restored
        assert isinstance(mark, Restored)
        assert mark.made == made.made <= mark.restored
        # A backup of a home that was not reconciled is a home that is not reconciled, too.
        kept(again, tmp_path / "c")
        again.reconciled()
        assert again.restored is None
        again.reconciled()
    with Home.read(tmp_path / "again", OTHER) as again:
        assert again.restored is None
    brought_back(tmp_path / "c", tmp_path / "third")
    with Home.read(tmp_path / "third", OTHER) as third:
        assert third.restored is not None


def test_nothing_is_restored_over_a_home_or_anything_else(home: Home, tmp_path: Path) -> None:
    kept(home, tmp_path / "b")
    before = {path: path.stat().st_mtime_ns for path in home.path.rglob("*")}
    with pytest.raises(HomeError, match="a home already"):
        brought_back(tmp_path / "b", home.path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    with pytest.raises(HomeError, match="not empty"):
        brought_back(tmp_path / "b", tmp_path / "full")
    assert {path: path.stat().st_mtime_ns for path in home.path.rglob("*")} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "full", "home"]


def test_another_password_is_refused_by_name(home: Home, tmp_path: Path) -> None:
    kept(home, tmp_path / "b")
    for wrong in (PASSWORD, OTHER + " "):
        with pytest.raises(PasswordError, match="does not open"):
            brought_back(tmp_path / "b", tmp_path / "again", wrong)
    with pytest.raises(PasswordError, match="fewer than 8"):
        kept(home, tmp_path / "c", "short")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "home"]


def test_every_changed_byte_is_refused(home: Home, tmp_path: Path) -> None:
    kept(home, tmp_path / "b")
    good = (tmp_path / "b").read_bytes()
    for at in range(0, len(good), 1 if IS_LONG else 3):
        for change in (1, 2, 32, 255) if IS_LONG else (1 << at % 8,):
            bad = bytearray(good)
            bad[at] ^= change
            (tmp_path / "bad").write_bytes(bad)
            with pytest.raises((DamagedError, FormatError)):
                brought_back(tmp_path / "bad", tmp_path / "again")
    for size in range(0, len(good), 1 if IS_LONG else 7):
        (tmp_path / "bad").write_bytes(good[:size])
        with pytest.raises(TruncatedError):
            brought_back(tmp_path / "bad", tmp_path / "again")
    assert not (tmp_path / "again").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_backup_that_was_made_to_look_right_is_refused(home: Home, tmp_path: Path) -> None:
    """Its digest is right: what is bound to the ciphertext still tells."""
    kept(home, tmp_path / "b")
    good = record(tmp_path / "b")
    data = bytearray(base64.b64decode(good["payload"]))
    data[40] ^= 1
    for changes in (
        {"made": "2020-01-01T00:00:00Z"},
        {"scrypt": {**good["scrypt"], "work": 2048}},
        {"nonce": "00" * 12},
        {"payload": base64.b64encode(data).decode()},
    ):
        rewritten(tmp_path / "b", **{**good, **changes})
        with pytest.raises(PasswordError):
            brought_back(tmp_path / "b", tmp_path / "again")
    for changes in ({"payload": ""}, {"payload": "ab"}, {"more": 1}, {"made": "yesterday"}):
        rewritten(tmp_path / "b", **{**good, **changes})
        with pytest.raises(DamagedError):
            brought_back(tmp_path / "b", tmp_path / "again")


MASTER = {"kind": "master", "name": "home", "value": "11" * 32}
JOB = {"kind": "job", "name": "1", "value": "11" * 32}
PAPER = {"data": b"{}".hex(), "kind": "schema", "name": "s"}


@pytest.mark.parametrize(
    "changes",
    [
        {"secrets": [MASTER, JOB]},
        {"secrets": []},
        {"secrets": [MASTER, MASTER]},
        {"secrets": [{**MASTER, "value": "11" * 31}]},
        {"secrets": [{**MASTER, "name": "other"}]},
        {"secrets": [MASTER, {**JOB, "kind": "segment", "name": "../../x"}]},
        {"secrets": [MASTER, 5]},
        {"secrets": "none"},
        {"account": "11" * 31},
        {"account": "00" * 32},
        {"documents": [{**PAPER, "name": "../x"}]},
        {"documents": [{**PAPER, "data": "ff"}]},
        {"format": "zkpipe exchange contents 2"},
        {"more": 1},
    ],
)
def test_a_backup_of_somebody_who_knows_the_password_brings_nothing_else(
    home: Home, tmp_path: Path, changes: dict[str, object]
) -> None:
    kept(home, tmp_path / "b")
    outside = record(tmp_path / "b")
    inside = {
        "account": "22" * 32,
        "documents": [PAPER],
        "format": "zkpipe exchange contents 1",
        "secrets": [MASTER],
        **changes,
    }
    salt, work = outside["scrypt"]["salt"], outside["scrypt"]["work"]
    key = hashlib.scrypt(
        OTHER.encode(), salt=bytes.fromhex(salt), n=work, r=8, p=1, maxmem=1 << 29, dklen=32
    )
    bound = dense({name: outside[name] for name in ("format", "made", "scrypt")})
    box = encrypt(key, written(inside), bound)  # type: ignore[arg-type] # on purpose
    payload = base64.b64encode(box.data).decode()
    rewritten(tmp_path / "b", payload=payload, nonce=box.nonce.hex())
    with pytest.raises((HomeError, FormatError)):
        brought_back(tmp_path / "b", tmp_path / "again")
    assert not (tmp_path / "again").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_backup_while_a_writer_is_at_work_is_of_one_moment(place: Path, tmp_path: Path) -> None:
    """Every segment that is described has its key, at most one key has no description yet."""
    words = [sys.executable, "-c", WRITES, str(place), PASSWORD]
    with (
        subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process,  # noqa: S603 # ours
        Home.read(place, PASSWORD) as reader,
    ):
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "open\n"
            seen = set()
            for i in range(100 if IS_LONG else 12):
                kept(reader, tmp_path / "b")
                inside = opened_by_hand(tmp_path / "b", OTHER)
                keys = {
                    s["name"]
                    for s in inside["secrets"]  # type: ignore[attr-defined] # a list
                    if s["kind"] == "segment"
                } - {"b2"}
                papers = {
                    d["name"]
                    for d in inside["documents"]  # type: ignore[attr-defined] # a list
                    if d["kind"] == "segment"
                }
                assert papers <= keys
                assert len(keys - papers) <= 1
                seen.add(frozenset(keys))
                if i < 3:
                    brought_back(tmp_path / "b", tmp_path / f"again{i}")
                    with Home.read(tmp_path / f"again{i}", OTHER) as again:
                        assert set(again.vault.names("segment")) == keys | {"b2"}
            assert len(seen) > 3, "the writer wrote nothing meanwhile"
            assert process.poll() is None
        finally:
            process.kill()


def test_many_segments_are_all_in_a_backup(tmp_path: Path) -> None:
    with created(tmp_path / "home") as home:
        made = {f"{i:064x}": home.vault.new("segment", f"{i:064x}") for i in range(MANY)}
        assert kept(home, tmp_path / "b").secrets == {"master": 1, "segment": MANY}
    brought_back(tmp_path / "b", tmp_path / "again")
    with Home.read(tmp_path / "again", OTHER) as again:
        assert {name: again.vault.get("segment", name) for name in made} == made


def test_a_backup_that_cannot_be_written_or_read_is_told(home: Home, tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "no" / "b", Path("/dev/null")):
        with pytest.raises(FileError):
            kept(home, place)
    for place in (tmp_path, tmp_path / "none", Path("/dev/zero")):
        with pytest.raises(FileError):
            brought_back(place, tmp_path / "again")
    (tmp_path / "b").write_bytes(b"")
    with pytest.raises(TruncatedError):
        brought_back(tmp_path / "b", tmp_path / "again")
    with (tmp_path / "b").open("wb") as file:
        os.truncate(file.fileno(), 1 << 40)
    with pytest.raises(FormatError):
        brought_back(tmp_path / "b", tmp_path / "again")


def test_a_backup_is_not_written_into_the_home(home: Home, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(home.path / "home.json")
    before = (home.path / "home.json").read_bytes()
    for place in (home.path / "b", home.path / "secrets" / "segment-b2", tmp_path / "link"):
        with pytest.raises(HomeError, match="lies in the home itself"):
            kept(home, place)
    assert (home.path / "home.json").read_bytes() == before
    assert home.vault.get("segment", "b2")
    assert not (home.path / "b").exists()


def test_a_home_that_is_damaged_has_no_backup(home: Home, tmp_path: Path) -> None:
    file = home.path / "secrets" / "segment-b2"
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(TruncatedError, match="segment-b2"):
        kept(home, tmp_path / "b")
    assert not (tmp_path / "b").exists()
