"""exchange init, show, password, backup, restore: refusals that change nothing, and passwords."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.cli.workshop import contents, done, invoke, refused
from zkpipe.cli.files.piped import Piped
from zkpipe.cli.main import zkpipe
from zkpipe.exchange.home import Header, Home, backup
from zkpipe.exchange.home.encryption import LEAST_WORK
from zkpipe.verifier_contracts import keystore_account

PASSWORD, OTHER = "correct horse battery", "another horse staple"
OWN = ("--home", "home", "--password-file", "password")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a home, a backup of it, and two passwords."""
    monkeypatch.chdir(tmp_path)
    Path("password").write_text(f"{PASSWORD}\nnot this line\n")
    Path("other").write_bytes(b"\xef\xbb\xbf" + OTHER.encode() + b"\r\n")
    with Home.create(tmp_path / "home", PASSWORD, work=LEAST_WORK) as home:
        home.vault.new("job", "1")
        home.vault.new("segment", "2")
        home.documents.put("schema", "s", b"{}")
        backup(home, tmp_path / "kept", OTHER, work=LEAST_WORK)
    return tmp_path


def test_a_home_is_made_and_shown(place: Path) -> None:
    made = json.loads(
        done("exchange", "init", "--home", "new", "--password-file", "other", "--json")
    )
    shown = json.loads(done("exchange", "show", "--home", "new", "--json"))
    assert shown.items() >= made.items()
    assert shown["restored"] is None
    header = Header.load(place / "new")
    assert shown["account"] == header.address
    assert shown["seal"] == {"x": str(header.public.seal.x), "y": str(header.public.seal.y)}
    text = done("exchange", "show", "--home", "new")
    for part in (header.address, str(header.public.holder.y), header.created):
        assert part in text
    with Home.read(place / "new", OTHER) as home:
        assert home.account.address == header.address


def test_an_auditors_key_is_shown_for_its_epoch(place: Path) -> None:
    words = ("exchange", "show", *OWN, "--epoch")
    shown = [json.loads(done(*words, epoch, "--json"))["auditor"] for epoch in (1, 2)]
    with Home.read(place / "home", PASSWORD) as home:
        keys = [home.keys.auditor(epoch).public_key for epoch in (1, 2)]
    assert [(one["epoch"], one["x"], one["y"]) for one in shown] == [
        (epoch, str(key.x), str(key.y)) for epoch, key in zip((1, 2), keys, strict=True)
    ]
    assert str(keys[0].y) in done(*words, 1)
    refused("exchange", "show", *OWN, says="--password-file goes with --epoch")
    refused("exchange", "show", "--home", "home", "--epoch", "1", says="no terminal")


def test_a_backup_says_what_it_holds_and_what_it_does_not(place: Path) -> None:
    facts = json.loads(done("exchange", "backup", "b", *OWN, "--json"))
    assert facts["secrets"] == {"master": 1, "segment": 1}
    assert facts["documents"] == {"schema": 1}
    assert facts["left_out"] == {"job": 1}
    assert json.loads(done("info", "b", "--json"))["kind"] == "backup"
    again = ("exchange", "restore", "b", "--home", "again", "--password-file", "password")
    assert json.loads(done(*again, "--json"))["account"] == facts["account"]
    text = done("exchange", "show", "--home", "again")
    assert "what was sent since is read from the chain" in text
    assert facts["account"] in text
    shown = json.loads(done("exchange", "show", "--home", "again", "--json"))
    assert shown["restored"]["made"] == facts["made"]


def test_a_backup_may_have_a_password_of_its_own(place: Path) -> None:
    done("exchange", "backup", "b", *OWN, "--backup-password-file", "other")
    words = ("exchange", "restore", "b", "--home", "again", "--password-file")
    refused(*words, "password", says="The password does not open b.")
    done(*words, "other")
    with Home.read(place / "again", OTHER) as home:
        assert home.vault.names("segment") == ["2"]


def test_a_password_is_changed_for_the_home_and_the_account(place: Path) -> None:
    done("exchange", "password", *OWN, "--new-password-file", "other")
    refused("exchange", "backup", "b", *OWN, says="The password does not open")
    with Home.read(place / "home", OTHER) as home:
        account = keystore_account(place / "home" / "account.json", OTHER)
        assert account.address == home.address


def test_nothing_is_written_over(place: Path) -> None:
    before = contents(place / "home")
    refused("exchange", "init", *OWN, says="is a home already")
    words = ("exchange", "restore", "kept", "--home", "home", "--password-file", "other")
    refused(*words, says="is a home already")
    assert contents(place / "home") == before
    refused("exchange", "backup", "kept", *OWN, says="It is not overwritten")
    refused("exchange", "backup", "password", *OWN, says="is an input of this command")
    refused("exchange", "backup", "home/home.json", *OWN, says="never overwritten")
    Path("notes").write_text("mine")
    refused("exchange", "backup", "notes", *OWN, "--force", says="never overwritten")
    done("exchange", "backup", "kept", *OWN, "--force")


def test_what_is_no_home_or_no_backup_is_named(place: Path) -> None:
    Path("empty").mkdir()
    for words in (("show",), ("password",), ("backup", "b")):
        refused("exchange", *words, "--home", "nothing", says="nothing")
        refused("exchange", *words, "--home", "password", says="is not a folder")
    Path("empty").chmod(0o700)
    refused("exchange", "show", "--home", "empty", says="not the folder of a home")
    words = ("--home", "new", "--password-file", "other")
    refused("exchange", "restore", "home/account.json", *words, says="is an encrypted account")
    refused("exchange", "restore", "nothing", *words, says="nothing cannot be read")
    Path("short").write_bytes(Path("kept").read_bytes()[:-5])
    refused("exchange", "restore", "short", *words, says="is cut short")
    Path("bad").write_bytes(Path("kept").read_bytes().replace(b'"work":', b'"work": '))
    refused("exchange", "restore", "bad", *words, says="is damaged")
    for words in (("exchange", "show"), ("exchange", "backup", "b"), ("exchange",)):
        assert invoke(*words).exit_code == 2


def test_a_home_at_work_is_refused_with_the_number_of_the_process(place: Path) -> None:
    code = (
        "import sys\nfrom zkpipe.exchange.home import Home\n"
        "with Home.open('home', sys.argv[1]):\n"
        "    print('open', flush=True)\n    sys.stdin.read()\n"
    )
    with subprocess.Popen(  # noqa: S603 # this Python, our own text
        [sys.executable, "-c", code, PASSWORD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        words = ("exchange", "password", *OWN, "--new-password-file", "other")
        refused(*words, says=f"Process {process.pid} ")
        done("exchange", "backup", "b", *OWN)  # which only reads
        done("exchange", "show", "--home", "home")


def test_passwords_that_can_be_none_are_refused(place: Path) -> None:
    for text, says in ((b"", "is empty"), (b"short", "fewer than 8"), (b"\xff" * 9, "not a text")):
        Path("bad").write_bytes(text)
        message = refused("exchange", "init", "--home", "new", "--password-file", "bad", says=says)
        assert not text or text.decode("latin-1") not in message
    Path("bad").write_bytes(b"x" * 5000)
    refused("exchange", "init", "--home", "new", "--password-file", "bad", says="at most 4096")
    refused("exchange", "init", "--home", "new", "--password-file", "none", says="cannot be read")


def test_without_a_terminal_no_password_is_asked(place: Path) -> None:
    for words in (
        ("init", "--home", "new"),
        ("password", "--home", "home"),
        ("backup", "b", "--home", "home"),
        ("restore", "kept", "--home", "new"),
    ):
        assert "Give --password-file FILE." in refused("exchange", *words, says="no terminal")


def test_a_password_is_not_read_where_a_terminal_would_show_it(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "zkpipe.cli.files.piped._standard_input", lambda: Piped("it", bytes, on_terminal=True)
    )
    words = ("exchange", "init", "--home", "new", "--password-file", "-")
    refused(*words, says="would show the password")


def test_a_terminal_is_asked_twice_for_a_new_password_and_shows_neither(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zkpipe.cli.files.password._refuse_without_a_terminal", lambda *_: None)
    answers = f"{PASSWORD}\n{OTHER}\n{OTHER} typo\n{OTHER}\n{OTHER}\n"
    result = CliRunner().invoke(zkpipe, ["exchange", "password", "--home", "home"], input=answers)
    assert result.exit_code == 0, result.output
    assert result.stderr.count("New password of home") == 2
    assert PASSWORD not in result.output
    assert OTHER not in result.output
    Home.read(place / "home", OTHER).close()


def test_a_password_comes_through_standard_input(place: Path) -> None:
    words = ["exchange", "backup", "b", "--home", "home", "--password-file", "-"]
    for text, status in ((f"{PASSWORD}\nmore\n", 0), ("wrong\n", 2)):
        result = CliRunner().invoke(zkpipe, [*words, "--force"], input=text)
        assert result.exit_code == status, result.output
