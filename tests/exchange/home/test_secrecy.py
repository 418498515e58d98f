"""No secret of a home stands in clear anywhere: files, logs, errors, words, what Python shows."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from eth_account import Account

from tests.exchange.canaries import Canaries
from tests.exchange.home.own import WORK, created, record, rewritten
from zkpipe.cli.commands.exchange.group import exchange
from zkpipe.exchange.errors import HomeError
from zkpipe.exchange.home import Entry, Home, backup, restore, seal_numbers
from zkpipe.ground.errors import ZkpipeError

FIRST, SECOND, THIRD = (f"{word}-Pässword {word[::-1]}" for word in ("first", "second", "third"))
ZKPIPE = Path(sys.executable).with_name("zkpipe")


def planted(home: Home, canaries: Canaries, of: str) -> None:
    """All that is secret of a home."""
    header = record(home.path / "home.json")
    canaries.plant(f"{of}: vault key", home._key)
    for kind, name in home.vault.all():
        canaries.plant(f"{of}: {kind} {name}", home.vault.get(kind, name))
    canaries.plant(f"{of}: account", bytes(home.account.key))
    for label, key in (
        ("holder", home.keys.holder),
        ("issuer", home.keys.issuer),
        ("seal", home.keys.seal),
        ("auditor", home.keys.auditor(1)),
    ):
        canaries.plant(f"{of}: seed of {label}", key.seed)
        canaries.plant(f"{of}: scalar of {label}", key.scalar)
    for name in home.vault.names("job"):
        numbers = seal_numbers(home.vault.get("job", name), 5, [7])
        canaries.plant(f"{of}: nonce {name}", numbers.nonce)
        canaries.plant(f"{of}: key {name}", numbers.key)
    for password in (FIRST, SECOND, THIRD):
        key = hashlib.scrypt(
            password.encode(),
            salt=bytes.fromhex(header["scrypt"]["salt"]),
            n=header["scrypt"]["work"],
            r=8,
            p=1,
            maxmem=1 << 29,
            dklen=32,
        )
        canaries.plant(f"{of}: key of {password[:5]}", key)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Canaries]:
    """A folder in which a home has had a life, and all its secrets."""
    base, canaries = tmp_path_factory.mktemp("lived"), Canaries()
    for name, password in (("first", FIRST), ("second", SECOND), ("third", THIRD)):
        canaries.plant(f"{name} password", password)
    with created(base / "home", FIRST) as home:
        home.vault.new("job", "a1")
        home.vault.new("segment", "b2")
        home.vault.put("other", "c3", b"a long secret of another kind")
        planted(home, canaries, "first")
        home.documents.put("schema", "s", b"{}")
        home.log.write(Entry(event="job proved", job=bytes(range(32)), account=home.address))
        home.change_password(SECOND, work=WORK)
        planted(home, canaries, "second")
        backup(home, base / "backup", THIRD, work=WORK)
        home.vault.erase("job", "a1")
    restore(base / "backup", base / "again", THIRD, work=WORK)
    with Home.open(base / "again", THIRD) as again:
        planted(again, canaries, "again")
        again.reconciled()
    return base, canaries


def test_no_file_holds_a_secret(lived: tuple[Path, Canaries]) -> None:
    base, canaries = lived
    assert len(canaries.names) > 30
    files = {path.name for path in base.rglob("*") if path.is_file()}
    assert {"home.json", "account.json", "master-home", "backup"} < files
    assert any(name.endswith(".jsonl") for name in files)
    assert canaries.in_folder(base) == []


def test_the_search_would_have_found_them(lived: tuple[Path, Canaries], tmp_path: Path) -> None:
    base, canaries = lived
    shutil.copytree(base, tmp_path / "copy")
    with Home.read(base / "again", THIRD) as home:
        secret = home.vault.get("segment", "b2")
    with next((tmp_path / "copy" / "again" / "logs").iterdir()).open("a") as file:
        file.write(json.dumps({"note": list(secret)}) + "\n")
    found = canaries.in_folder(tmp_path / "copy")
    assert {sighting.name for sighting in found} >= {"again: segment b2"}


def test_nothing_that_python_shows_holds_a_secret(lived: tuple[Path, Canaries]) -> None:
    base, canaries = lived
    with Home.open(base / "again", THIRD) as home:
        keys = home.keys
        shown = [
            home, home.vault, home.documents, home.log, home.account, home._access, home._header,
            keys, keys.seal, keys.holder, keys.issuer, keys.auditor(1), keys.public, home.restored,
            seal_numbers(home.vault.get("segment", "b2"), 5, [7]), [home.vault], {"keys": keys},
        ]  # fmt: skip
        assert canaries.in_texts(shown) == []


def changed(base: Path) -> None:
    """A home whose files are each wrong in a way of its own."""
    folder = base / "secrets"
    shutil.copy(folder / "segment-b2", folder / "job-swapped")
    shutil.copy(folder / "segment-b2", folder / "job-renamed")
    rewritten(folder / "job-renamed", kind="job", name="renamed")
    data = (folder / "segment-b2").read_bytes()
    (folder / "job-short").write_bytes(data[:-20])
    (folder / "job-flipped").write_bytes(data.replace(b'"payload":"', b'"payload":"0', 1))
    (folder / "job-open").write_bytes(data)
    for path in folder.glob("job-*"):
        path.chmod(0o600)
    (folder / "job-open").chmod(0o644)


FAILURES: dict[str, Callable[[Home, Path], object]] = {
    "wrong password": lambda home, base: Home.read(home.path, FIRST),
    "wrong password of a backup": lambda home, base: restore(base / "backup", base / "x", SECOND),
    "short password": lambda home, base: home.change_password(FIRST[:7], work=WORK),
    "long password": lambda home, base: home.change_password(FIRST * 1000, work=WORK),
    "password of half a letter": lambda home, base: home.change_password(FIRST + "\ud800"),
    "password of other bytes": lambda home, base: home.change_password(FIRST.encode() + b"\xff"),
    "used": lambda home, base: Home.open(home.path, THIRD),
    "swapped": lambda home, base: home.vault.get("job", "swapped"),
    "renamed": lambda home, base: home.vault.get("job", "renamed"),
    "short": lambda home, base: home.vault.get("job", "short"),
    "flipped": lambda home, base: home.vault.get("job", "flipped"),
    "open": lambda home, base: home.vault.get("job", "open"),
    "missing": lambda home, base: home.vault.get("job", "missing"),
    "there": lambda home, base: home.vault.put("segment", "b2", home.vault.get("master", "home")),
    "large": lambda home, base: home.vault.put("job", "1", home.vault.get("segment", "b2") * 9999),
    "as a name": lambda home, base: home.vault.new(
        "job", home.vault.get("segment", "b2").hex() * 2
    ),
    "as a kind": lambda home, base: home.vault.new(home.vault.get("segment", "b2").hex(), "1"),
    "as a log's id": lambda home, base: home.log.write(
        Entry(event="sent", job=home.vault.get("segment", "b2"))
    ),
    "as a log's event": lambda home, base: Entry(event=home.vault.get("segment", "b2").hex()),
    "as a log's number": lambda home, base: Entry(
        event="sent", block=int.from_bytes(home.vault.get("segment", "b2"), "big")
    ),
    "as a document": lambda home, base: home.documents.put(
        "schema", "x", home.vault.get("segment", "b2")
    ),
    "as a document's name": lambda home, base: home.documents.get(
        "schema", home.vault.get("segment", "b2").hex() * 2
    ),
    "as a place": lambda home, base: home.place(home.vault.get("segment", "b2").hex()),
    "in a seal": lambda home, base: seal_numbers(home.vault.get("segment", "b2") * 2, 5, [7]),
    "a seal of": lambda home, base: seal_numbers(
        home.vault.get("segment", "b2"), 5, [int.from_bytes(bytes(home.account.key) * 2, "big")]
    ),
    "a reader's write": lambda home, base: Home.read(home.path, THIRD).vault.new("job", "2"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_no_error_holds_a_secret(
    lived: tuple[Path, Canaries], tmp_path: Path, failure: str
) -> None:
    base, canaries = lived
    shutil.copytree(base, tmp_path / "base")
    changed(tmp_path / "base" / "again")
    with Home.open(tmp_path / "base" / "again", THIRD) as home:
        with pytest.raises(ZkpipeError) as raised:
            FAILURES[failure](home, tmp_path / "base")
        again = pickle.loads(pickle.dumps(raised.value))  # noqa: S301 # as process pools send it
        assert canaries.in_errors(raised.value) == []
        assert canaries.in_errors(again) == []
    assert canaries.in_folder(tmp_path) == []


def test_an_open_home_is_not_sent_to_another_process(lived: tuple[Path, Canaries]) -> None:
    base, _ = lived
    with Home.read(base / "again", THIRD) as home:
        for thing in (home, home.vault):
            with pytest.raises((TypeError, HomeError)):
                pickle.dumps(thing)


# --- the commands


def ways(words: list[str], base: Path, canaries: Canaries, *passwords: str) -> str:
    """Run a command whose passwords come through pipes; what it printed."""
    handles = []
    for password in passwords:
        read, write = os.pipe()
        os.write(write, password.encode() + b"\n")
        os.close(write)
        handles.append(read)
    given = [f"/dev/fd/{handle}" for handle in handles]
    options = ["--password-file", "--new-password-file"][: len(given)]
    pairs = [word for pair in zip(options, given, strict=True) for word in pair]
    with subprocess.Popen(  # noqa: S603 # our own command
        [ZKPIPE, "exchange", *words, *pairs],
        cwd=base,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        pass_fds=handles,
    ) as process:
        for handle in handles:
            os.close(handle)
        with canaries.on_process(process.pid) as seen:
            said, complaints = process.communicate()
    assert seen == []
    assert canaries.in_bytes(said + complaints, "the terminal") == []
    return said + complaints


def test_no_command_shows_a_secret_or_is_given_one_in_its_words(
    lived: tuple[Path, Canaries], tmp_path: Path
) -> None:
    lived_in, canaries = lived
    base = tmp_path / "base"
    shutil.copytree(lived_in, base)
    assert "account" in ways(["show", "--home", "again"], base, canaries)
    changing = ["password", "--home", "again", "--json"]
    assert '"account"' in ways(changing, base, canaries, THIRD, SECOND)
    for options in (["--json"], ["--debug"]):
        wrong = ["backup", "b", "--home", "again", *options]
        assert "does not open" in ways(wrong, base, canaries, THIRD)
    assert "segment" in ways(["backup", "b", "--home", "again"], base, canaries, SECOND)
    assert "made" in ways(["restore", "b", "--home", "new"], base, canaries, SECOND)
    assert "already" in ways(["init", "--home", "new"], base, canaries, SECOND)
    assert canaries.in_folder(tmp_path) == []
    with Home.open(base / "new", SECOND) as home:
        assert Account.from_key(home.account.key).address == home.address


def test_no_option_of_a_command_takes_a_password_itself() -> None:
    for command in exchange.commands.values():
        for option in command.params:
            if isinstance(option, click.Option) and "password" in option.name:  # type: ignore[operator]
                assert option.metavar == "FILE"
                assert type(option.type).__name__ == "SourceType"
