"""A home: made whole or not at all, the user's alone, one writer, one password."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data

from tests.exchange.home.own import (
    OTHER,
    PASSWORD,
    WORK,
    created,
    opened_by_hand,
    record,
    rewritten,
    seed,
)
from tests.long_form import IS_LONG
from zkpipe.exchange.errors import (
    DamagedError,
    HomeError,
    HomeInUseError,
    PasswordError,
    TruncatedError,
)
from zkpipe.exchange.home import Header, Home
from zkpipe.exchange.home import locks as locks_of_homes
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.reading import FileError
from zkpipe.verifier_contracts import keystore_account
from zkpipe.verifier_contracts.errors import AccountError

CHANGES = (1, 2, 32, 255)  # of a byte: by exclusive or
HOLDS = """
import sys
from zkpipe.exchange.home import Home
home = Home.open(sys.argv[1], sys.argv[2])
print("open", flush=True)
sys.stdin.read()
"""


def modes(path: Path) -> dict[str, str]:
    return {
        str(entry.relative_to(path)): oct(entry.stat().st_mode & 0o7777)
        for entry in [path, *path.rglob("*")]
    }


def test_a_home_is_its_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        with created(tmp_path / "home") as home:
            home.vault.new("job", "1")
            home.documents.put("schema", "s", b"{}")
    finally:
        os.umask(old)
    found = modes(tmp_path / "home")
    folders = {".", "secrets", "documents", "logs"}
    assert {name for name, mode in found.items() if mode == "0o700"} == folders
    assert {mode for name, mode in found.items() if name not in folders} == {"0o600"}


def test_a_home_opens_with_its_account_and_keys(place: Path) -> None:
    with Home.open(place, PASSWORD) as home, Home.read(place, PASSWORD.encode()) as reader:
        assert home.address == home.account.address == reader.account.address
        assert home.public == home.keys.public == reader.public == Header.load(place).public
        assert home.vault.get("job", "a1") == reader.vault.get("job", "a1")
        assert home.writes
        assert not reader.writes


def test_wallets_and_the_other_commands_read_the_account(home: Home) -> None:
    file = home.path / "account.json"
    assert keystore_account(file, PASSWORD).address == home.address
    key = Account.decrypt(json.loads(file.read_text()), PASSWORD)
    assert Account.from_key(key).address == home.address


def test_the_account_signs_typed_data(home: Home) -> None:
    domain = {"name": "zkpipe", "version": "1", "chainId": 1337}
    message = encode_typed_data(
        domain, {"Action": [{"name": "nonce", "type": "uint256"}]}, {"nonce": 7}
    )
    signed = home.account.sign_message(message)
    assert Account.recover_message(message, signature=signed.signature) == home.address


def test_keys_follow_from_the_master_secret_by_the_standard_librarys_hmac(place: Path) -> None:
    master = opened_by_hand(place, "master", "home")
    with Home.read(place, PASSWORD) as home:
        keys = home.keys
    assert keys.issuer.seed == seed(master, "issuer")
    assert keys.holder.seed == seed(master, "holder")
    assert keys.seal.seed == seed(master, "seal")
    assert keys.auditor(3).seed == seed(master, "auditor.3")


# --- places


def test_a_home_takes_an_empty_folder_and_no_other(tmp_path: Path) -> None:
    empty, full, file = tmp_path / "empty", tmp_path / "full", tmp_path / "file"
    empty.mkdir(mode=0o755)
    created(empty).close()
    assert modes(empty)["."] == "0o700"
    full.mkdir()
    (full / "notes").write_text("mine")
    file.write_text("mine")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "nowhere")
    for place, says in (
        (full, "not empty"),
        (file, "is no folder"),
        (link, "is no folder"),
        (empty, "a home already"),
        (tmp_path / "full" / "..", "cannot be a home"),
    ):
        with pytest.raises(HomeError, match=says):
            created(place)
    with pytest.raises(FileError):
        created(tmp_path / "no" / "folder")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "file", "full", "link"]
    assert (full / "notes").read_text() == "mine"


def test_no_home_is_made_or_opened_where_others_can_write(place: Path) -> None:
    place.parent.chmod(0o777)
    try:
        with pytest.raises(HomeError, match="can be written to by others"):
            created(place.parent / "other")
        for opening in (Home.open, Home.read):
            with pytest.raises(HomeError, match="can be written to by others"):
                opening(place, PASSWORD)
    finally:
        place.parent.chmod(0o700)


@pytest.mark.parametrize("mode", [0o750, 0o701, 0o704, 0o777])
def test_a_home_that_others_can_enter_is_not_opened(place: Path, mode: int) -> None:
    place.chmod(mode)
    with pytest.raises(HomeError, match="by others"):
        Home.open(place, PASSWORD)
    with pytest.raises(HomeError, match="by others"):
        Header.load(place)


def test_a_home_behind_a_link_is_not_opened(place: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(place)
    with pytest.raises(HomeError, match="is a link"):
        Home.open(tmp_path / "link", PASSWORD)


def test_a_home_of_another_user_is_not_opened(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zkpipe.exchange.home.folder.user_number", lambda: os.geteuid() + 1)
    with pytest.raises(HomeError, match=f"belongs to user {os.geteuid()}"):
        Home.open(place, PASSWORD)


@pytest.mark.parametrize("name", ["home.json", "account.json", "secrets/job-a1"])
def test_a_file_that_others_can_read_or_that_is_a_link_is_refused(place: Path, name: str) -> None:
    def reads() -> None:
        with Home.open(place, PASSWORD) as home:
            home.vault.get("job", "a1")

    file = place / name
    file.chmod(0o640)
    with pytest.raises(HomeError, match="not the user's alone"):
        reads()
    file.chmod(0o600)
    reads()
    file.rename(place.parent / "moved")
    file.symlink_to(place.parent / "moved")
    with pytest.raises(HomeError, match="no regular file"):
        reads()


def test_a_folder_that_is_no_home_gets_no_lock(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(HomeError, match="not the folder of a home"):
        Home.open(tmp_path, PASSWORD)
    with pytest.raises(FileError):
        Home.open(tmp_path / "none", PASSWORD)
    assert list(tmp_path.iterdir()) == []


# --- passwords


def test_another_password_is_refused_by_name(place: Path) -> None:
    for wrong in (OTHER, PASSWORD + " ", PASSWORD.upper(), b"\x00" * 9):
        for opening in (Home.open, Home.read):
            with pytest.raises(PasswordError, match="does not open"):
                opening(place, wrong)
    Home.open(place, PASSWORD).close()


def test_what_can_be_no_password_is_refused(place: Path, tmp_path: Path) -> None:
    for wrong in ("", b"", b"\xff\xfe1234567", "\ud800 half", "x" * 5000, None, 12345678):
        with pytest.raises(PasswordError):
            Home.open(place, wrong)  # type: ignore[arg-type] # on purpose
    for short in ("1234567", "ä" * 7, b"1234567"):
        with pytest.raises(PasswordError, match="fewer than 8"):
            Home.create(tmp_path / "new", short, work=WORK)
    assert not (tmp_path / "new").exists()


def test_a_changed_password_opens_both_files_and_the_old_one_neither(place: Path) -> None:
    with Home.open(place, PASSWORD) as home:
        before = home.vault.get("job", "a1"), home.address, home.public
        home.change_password(OTHER, work=WORK)
        home.change_password("a third one", work=WORK)  # while it is open
        home.change_password(OTHER, work=WORK)
    with pytest.raises(PasswordError):
        Home.open(place, PASSWORD)
    with pytest.raises(AccountError):
        keystore_account(place / "account.json", PASSWORD)
    with Home.open(place, OTHER) as home:
        assert (home.vault.get("job", "a1"), home.account.address, home.public) == before
    assert keystore_account(place / "account.json", OTHER).address == before[1]
    assert not (place / "account.json.next").exists()


def test_a_reader_meets_a_change_of_the_password_with_a_named_error(place: Path) -> None:
    with Home.open(place, PASSWORD) as home, Home.read(place, PASSWORD) as reader:
        secret = home.vault.new("job", "2")
        home.change_password(OTHER, work=WORK)
        assert reader.vault.get("job", "2") == secret  # the vault's key stayed
        with pytest.raises(AccountError):
            _ = reader.account
        with pytest.raises(HomeError, match="opened to read"):
            reader.change_password(OTHER, work=WORK)


# --- one writer


def test_a_second_writer_is_told_who_the_first_is(place: Path) -> None:
    words = [sys.executable, "-c", HOLDS, str(place), PASSWORD]
    with subprocess.Popen(  # noqa: S603 # this Python, our own text
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        with pytest.raises(HomeInUseError, match=f"Process {process.pid} [(]python") as raised:
            Home.open(place, PASSWORD)
        assert raised.value.process == process.pid
        with Home.read(place, PASSWORD) as reader:
            assert reader.vault.has("job", "a1")
        process.kill()
    Home.open(place, PASSWORD).close()  # the lock ended with the process


def test_a_number_of_a_dead_process_is_not_named(place: Path) -> None:
    with Home.open(place, PASSWORD):
        (place / "lock").write_text("4194305\n")  # past the most that Linux gives
        with pytest.raises(HomeInUseError, match="Another process") as raised:
            Home.open(place, PASSWORD)
        assert raised.value.process is None


def test_a_copy_of_the_process_cannot_write(home: Home) -> None:
    child = os.fork()
    if child == 0:
        try:
            home.vault.new("job", "9")
        except HomeError as error:
            os._exit(7 if "another process" in str(error) else 1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert not home.vault.has("job", "9")


def test_a_closed_home_gives_nothing(place: Path) -> None:
    home = Home.open(place, PASSWORD)
    home.close()
    for use in (
        lambda: home.vault.get("job", "a1"),
        lambda: home.vault.new("job", "2"),
        lambda: home.documents.get("schema", "s"),
        lambda: home.account,
        lambda: home.reconciled(),
        lambda: list(home.log.entries()),
    ):
        with pytest.raises(HomeError, match="was closed"):
            use()
    Home.open(place, PASSWORD).close()


def test_a_change_that_takes_too_long_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks_of_homes, "PATIENCE", 0.05)
    with Home.open(place, PASSWORD) as home, Home.read(place, PASSWORD) as reader:
        with reader.still(), pytest.raises(HomeInUseError, match="has been changing"):
            home.vault.new("job", "2")
        home.vault.new("job", "2")


# --- files that are not what was written


@pytest.mark.parametrize("name", ["home.json", "restored.json"])
def test_every_changed_byte_of_a_file_is_damage(place: Path, name: str) -> None:
    if name == "restored.json":
        time = "2026-11-30T08:00:00Z"
        text = f'{{"format":"zkpipe restored 1","made":"{time}","restored":"{time}"}}\n'
        (place / name).write_text(text)
        (place / name).chmod(0o600)
    file = place / name
    good = file.read_bytes()
    passed = []
    for at in range(len(good)):
        for change in CHANGES if IS_LONG else CHANGES[at % 4 :: 4]:
            bad = bytearray(good)
            bad[at] ^= change
            file.write_bytes(bad)
            try:
                with Home.read(place, PASSWORD) as home:
                    assert home.restored is None or name == "restored.json"
                    if name == "restored.json":
                        _ = home.restored
                passed.append(bytes(bad))
            except (DamagedError, FormatError):
                pass
    if name == "home.json":
        assert passed == []
    else:  # another time is another mark, which binds as much
        assert all(b"T" in bad and len(bad) == len(good) for bad in passed)


def test_home_json_that_was_made_to_look_right_is_refused(place: Path) -> None:
    """Its digest is right: what is bound to the vault's key still tells."""
    good = record(place / "home.json")
    other = {"x": good["public"]["seal"]["x"], "y": good["public"]["seal"]["y"]}
    for changes in (
        {"account": "0x" + "11" * 20},
        {"created": "2020-01-01T00:00:00Z"},
        {"home": "0" * 32},
        {"public": {**good["public"], "holder": other}},
        {"keystore": "0" * 64},
        {"scrypt": {**good["scrypt"], "work": 2048}},
        {"scrypt": {**good["scrypt"], "salt": "00" * 32}},
    ):
        rewritten(place / "home.json", **changes)
        with pytest.raises(PasswordError):
            Home.read(place, PASSWORD)
    for changes in (
        {"scrypt": {**good["scrypt"], "work": 1 << 30}},
        {"scrypt": {**good["scrypt"], "work": 3000}},
        {"public": {**good["public"], "holder": {"x": "1", "y": "2"}}},
        {"more": 1},
        {"account": 5},
    ):
        rewritten(place / "home.json", **{**good, **changes})
        with pytest.raises(DamagedError):
            Home.read(place, PASSWORD)


@pytest.mark.parametrize("left", [0, 1, 100, -1])
def test_a_file_that_is_cut_short_is_called_so(place: Path, left: int) -> None:
    file = place / "home.json"
    file.write_bytes(file.read_bytes()[:left])
    with pytest.raises(TruncatedError, match="is cut short"):
        Home.open(place, PASSWORD)


def test_a_home_of_a_later_version_is_called_so(place: Path) -> None:
    rewritten(place / "home.json", format="zkpipe home 2")
    with pytest.raises(FormatError, match=r"'zkpipe home 2'.*does not know"):
        Home.open(place, PASSWORD)


def test_the_account_of_another_home_is_refused(place: Path, tmp_path: Path) -> None:
    created(tmp_path / "other").close()
    (tmp_path / "other" / "account.json").rename(place / "account.json")
    with pytest.raises(DamagedError, match="is not the account of this home"):
        Home.open(place, PASSWORD)
    with Home.read(place, PASSWORD) as home, pytest.raises(DamagedError, match="not the account"):
        _ = home.account
    (place / "account.json").unlink()
    with pytest.raises(DamagedError, match="is missing"):
        Home.open(place, PASSWORD)


# --- places of other parts


def test_other_parts_have_places_that_are_not_ours(home: Home) -> None:
    assert home.place("outbox.sqlite") == home.path / "outbox.sqlite"
    for name in (
        "home.json",
        "secrets",
        "lock",
        "gate",
        "../x",
        ".hidden",
        "a/b",
        "",
        "A",
        "a.b.c",
    ):
        with pytest.raises(HomeError, match="another form, or is taken"):
            home.place(name)


def test_an_instance_shows_its_place_and_address_only(home: Home) -> None:
    assert repr(home) == f"Home({str(home.path)!r}, account {home.address})"
    assert repr(home.keys) == "Keys(...)"
