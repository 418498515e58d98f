"""The vault: what was put is got, whole, from its own file; anything else has a named error."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.exchange.home.own import PASSWORD, created, opened_by_hand, record, rewritten
from tests.long_form import IS_LONG
from zkpipe.exchange.errors import (
    DamagedError,
    HomeError,
    OtherHomeError,
    SecretExistsError,
    SecretMissingError,
    SwappedError,
    TruncatedError,
)
from zkpipe.exchange.home import Home
from zkpipe.exchange.home import folder as folders
from zkpipe.ground.errors import FormatError, KindError

CHANGES = (1, 2, 32, 255)  # of a byte: by exclusive or


def test_a_secret_is_what_scrypt_and_aes_gcm_of_others_open(home: Home) -> None:
    made = home.vault.new("job", "2")
    assert len(made) == 32
    assert opened_by_hand(home.path, "job", "2") == made
    home.vault.put("other", "x", b"abc")
    assert opened_by_hand(home.path, "other", "x") == b"abc"


def test_secrets_are_random_and_their_files_too(home: Home) -> None:
    made = {home.vault.new("job", f"{i}") for i in range(20)}
    assert len(made) == 20
    nonces = {record(path)["nonce"] for path in (home.path / "secrets").glob("job-*")}
    assert len(nonces) == 21


def test_a_secret_is_there_until_it_is_erased(place: Path) -> None:
    with Home.open(place, PASSWORD) as home:
        made = home.vault.new("job", "2")
        assert home.vault.names("job") == ["2", "a1"]
        assert home.vault.names("any") == []
    with Home.open(place, PASSWORD) as home:
        assert home.vault.get("job", "2") == made
        home.vault.erase("job", "2")
        home.vault.erase("job", "2")
        assert not home.vault.has("job", "2")
        with pytest.raises(SecretMissingError, match="job 2"):
            home.vault.get("job", "2")
        assert home.vault.names("job") == ["a1"]
    assert sorted(path.name for path in (place / "secrets").iterdir()) == [
        "job-a1",
        "master-home",
        "segment-b2",
    ]


def test_erasing_overwrites_the_bytes(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []
    unlink = Path.unlink

    def look(path: Path, missing_ok: bool = False) -> None:
        written.append(path.read_bytes())
        unlink(path, missing_ok=missing_ok)

    before = (home.path / "secrets" / "job-a1").read_bytes()
    monkeypatch.setattr(folders.Path, "unlink", look)
    home.vault.erase("job", "a1")
    assert len(written) == 1
    assert len(written[0]) == len(before)
    assert all(before[i : i + 8] not in written[0] for i in range(0, len(before) - 8, 8))


def test_many_secrets_are_made_at_once_or_none(home: Home) -> None:
    names = [f"{i:064x}" for i in range(200)]
    made = home.vault.new_many("segment", names)
    assert list(made) == names
    assert len(set(made.values())) == 200
    assert all(len(value) == 32 for value in made.values())
    assert home.vault.names("segment") == [*names, "b2"]
    assert {name: home.vault.get("segment", name) for name in names} == made
    assert opened_by_hand(home.path, "segment", names[7]) == made[names[7]]
    assert {path.stat().st_mode & 0o777 for path in (home.path / "secrets").iterdir()} == {0o600}
    assert home.vault.knows(made[names[3]])
    with pytest.raises(SecretExistsError, match="segment b2"):
        home.vault.new_many("segment", ["a", "b2", "c"])
    with pytest.raises(HomeError, match="of a secret is"):
        home.vault.new_many("segment", ["a", "../b"])
    with pytest.raises(HomeError, match="one master secret"):
        home.vault.new_many("master", ["second"])
    with pytest.raises(SecretExistsError):
        home.vault.fill([("other", "x", b"1"), ("segment", "b2", b"1")])
    assert home.vault.names("segment") == [*names, "b2"]
    assert home.vault.names("other") == []
    assert home.vault.new_many("segment", []) == {}


def test_a_secret_is_never_replaced(home: Home) -> None:
    made = home.vault.get("job", "a1")
    with pytest.raises(SecretExistsError, match="job a1"):
        home.vault.new("job", "a1")
    with pytest.raises(SecretExistsError):
        home.vault.put("job", "a1", b"another")
    home.vault.put("job", "a1", made)
    assert home.vault.get("job", "a1") == made


def test_the_master_secret_is_one_and_stays(home: Home) -> None:
    with pytest.raises(SecretExistsError):
        home.vault.new("master", "home")
    with pytest.raises(HomeError, match="one master secret"):
        home.vault.new("master", "second")
    with pytest.raises(HomeError, match="not erased alone"):
        home.vault.erase("master", "home")
    assert home.vault.names("master") == ["home"]


@pytest.mark.parametrize(
    ("kind", "name"),
    [("", "a"), ("Job", "a"), ("a-b", "a"), ("job", ""), ("job", "../a"), ("job", ".a"),
     ("job", "A"), ("job", "a/b"), ("job", "a" * 101), ("j" * 17, "a"), ("job", "a\n"),
     ("job", "a\0"), ("job", "ä"), ("..", "a")],
)  # fmt: skip
def test_kinds_and_names_are_words_that_files_can_have(home: Home, kind: str, name: str) -> None:
    for call in (home.vault.new, home.vault.get, home.vault.erase, home.vault.has):
        with pytest.raises(HomeError, match="of a secret is"):
            call(kind, name)


def test_only_bytes_of_some_length_are_secrets(home: Home) -> None:
    for wrong in ("text", 7, None, bytearray(5), [1]):
        with pytest.raises(KindError):
            home.vault.put("job", "2", wrong)  # type: ignore[arg-type] # on purpose
    for wrong in (b"", b"x" * 65_537):
        with pytest.raises(HomeError, match="1 to 65536 bytes"):
            home.vault.put("job", "2", wrong)
    home.vault.put("job", "2", b"x" * 65_536)
    assert home.vault.get("job", "2") == b"x" * 65_536


def test_a_reader_cannot_write(place: Path) -> None:
    with Home.read(place, PASSWORD) as reader:
        for call in (
            lambda: reader.vault.new("job", "2"),
            lambda: reader.vault.put("job", "2", b"x"),
            lambda: reader.vault.erase("job", "a1"),
            lambda: reader.documents.put("schema", "t", b"{}"),
            lambda: reader.reconciled(),
        ):
            with pytest.raises(HomeError, match="opened to read"):
                call()
        assert reader.vault.get("job", "a1")


def test_threads_share_a_vault(home: Home) -> None:
    def work(name: str) -> bytes | None:
        try:
            return home.vault.new("job", name)
        except SecretExistsError:
            return None

    names = [f"{i % 20}" for i in range(60)]  # each is wanted by three
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(work, names))
    assert sum(value is not None for value in made) == 20
    for name, value in zip(names, made, strict=True):
        assert value in (None, home.vault.get("job", name))


# --- files that are not what was written


def test_every_changed_byte_is_refused(home: Home) -> None:
    file = home.path / "secrets" / "job-a1"
    good = file.read_bytes()
    names = set()
    for at in range(len(good)):
        for change in CHANGES if IS_LONG else CHANGES[at % 4 :: 4]:
            bad = bytearray(good)
            bad[at] ^= change
            file.write_bytes(bad)
            with pytest.raises((DamagedError, FormatError)) as raised:
                home.vault.get("job", "a1")
            names.add(type(raised.value))
    assert names >= {DamagedError, OtherHomeError, SwappedError, TruncatedError}
    file.write_bytes(good)
    assert home.vault.get("job", "a1")


def test_every_shorter_file_is_called_cut_short(home: Home) -> None:
    file = home.path / "secrets" / "job-a1"
    good = file.read_bytes()
    for size in range(len(good)):
        file.write_bytes(good[:size])
        with pytest.raises(TruncatedError, match="is cut short"):
            home.vault.get("job", "a1")
    for more in (b"\n", b" ", b"}\n", good):
        file.write_bytes(good + more)
        with pytest.raises(DamagedError):
            home.vault.get("job", "a1")
    file.write_bytes(b" " * (1 << 19))
    with pytest.raises(DamagedError, match="larger than such a file"):
        home.vault.get("job", "a1")


def test_swapped_files_are_called_so(home: Home) -> None:
    folder = home.path / "secrets"
    for one, other in (("job-a1", "segment-b2"), ("job-a1", "job-c3"), ("master-home", "job-d4")):
        shutil.copy(folder / one, folder / other)
        kind, _, name = other.partition("-")
        with pytest.raises(SwappedError, match=f"holds the secret {one.replace('-', ' ')}"):
            home.vault.get(kind, name)


def test_a_file_of_another_home_is_called_so(home: Home, tmp_path: Path) -> None:
    with created(tmp_path / "other") as other:
        other.vault.new("job", "a1")
    shutil.copy(tmp_path / "other" / "secrets" / "job-a1", home.path / "secrets" / "job-a1")
    with pytest.raises(OtherHomeError, match="of another home"):
        home.vault.get("job", "a1")


def test_a_file_whose_names_were_made_to_fit_is_refused(home: Home, tmp_path: Path) -> None:
    """Home, kind and name are bound to the ciphertext, not only written beside it."""
    folder = home.path / "secrets"
    own = record(folder / "job-a1")["home"]
    shutil.copy(folder / "segment-b2", folder / "job-x")
    rewritten(folder / "job-x", kind="job", name="x")
    with created(tmp_path / "other") as other:
        other.vault.new("job", "y")
    shutil.copy(tmp_path / "other" / "secrets" / "job-y", folder / "job-y")
    rewritten(folder / "job-y", home=own)
    shutil.copy(folder / "job-a1", folder / "job-z")
    rewritten(folder / "job-z", name="z")
    for name in ("x", "y", "z"):
        with pytest.raises(DamagedError, match="is damaged"):
            home.vault.get("job", name)


def test_other_json_of_the_same_value_is_refused(home: Home) -> None:
    file = home.path / "secrets" / "job-a1"
    good = file.read_bytes()
    payload = record(file)["payload"]
    for bad in (
        good.replace(b",", b", ", 1),
        good.replace(payload.encode(), payload.upper().encode()),
        good.replace(b'"kind"', b'"k\\u0069nd"'),
        b"\xef\xbb\xbf" + good,
        good.replace(b"\n", b"\r\n"),
        b"{}\n",
        b'{"format":"zkpipe home 1"}\n',
    ):
        assert bad != good
        file.write_bytes(bad)
        with pytest.raises(DamagedError):
            home.vault.get("job", "a1")


def test_what_a_killed_process_left_is_swept_by_the_next_writer(place: Path) -> None:
    folder = place / "secrets"
    (folder / ".job-q.0011223344556677.part").write_bytes(b"half")
    (folder / ".erased.0011223344556677.part").write_bytes(b"half")
    (folder / ".erased.1111223344556677.part").symlink_to(place / "home.json")
    (folder / "notes").write_text("not ours")
    with Home.read(place, PASSWORD) as home:
        assert home.vault.names("job") == ["a1"]
        assert len(list(folder.glob(".*"))) == 3  # not a reader's to remove
    with Home.open(place, PASSWORD) as home:
        assert home.vault.names("job") == ["a1"]
        assert list(folder.glob(".*")) == []
        assert (folder / "notes").read_text() == "not ours"
        assert home.vault.get("segment", "b2")
    assert os.path.getsize(place / "home.json") > 500  # noqa: PTH202 # the link's aim stayed
