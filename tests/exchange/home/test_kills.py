"""Killed at any moment, a home is as before or as after, and opens; nothing is half of each."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.exchange.home.mortal import Host
from tests.exchange.home.own import OTHER, PASSWORD, WORK
from tests.long_form import IS_LONG
from zkpipe.exchange.errors import PasswordError, SecretMissingError
from zkpipe.exchange.home import Home, backup, restore
from zkpipe.verifier_contracts import keystore_account

ALL = ("password", "erase")  # of these, every step is tried; of others, some
SOME = 10_000 if IS_LONG else 4
KILLS = 100 if IS_LONG else 3  # by a clock


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    found = Host()
    yield found
    found.close()


@pytest.fixture(scope="module")
def before(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a work finds: a home, a backup of it, and a home that was restored."""
    base = tmp_path_factory.mktemp("before")
    shutil.copytree(model, base / "home")
    with Home.read(model, PASSWORD) as home:
        backup(home, base / "backup", OTHER, work=WORK)
    restore(base / "backup", base / "restored", OTHER, work=WORK)
    return base


class Secrets:
    """What the home held before."""

    def __init__(self, model: Path) -> None:
        with Home.read(model, PASSWORD) as home:
            self.address, self.public = home.address, home.public
            self.all = {(kind, name): home.vault.get(kind, name) for kind, name in home.vault.all()}


@pytest.fixture(scope="module")
def old(model: Path) -> Secrets:
    return Secrets(model)


def whole(path: Path, password: str, old: Secrets) -> dict[tuple[str, str], bytes]:
    """The secrets of a home that must open and be clean."""
    with Home.open(path, password) as home:
        assert (home.address, home.account.address) == (old.address, old.address)
        assert home.public == home.keys.public == old.public
        found = {(kind, name): home.vault.get(kind, name) for kind, name in home.vault.all()}
        home.vault.new("job", "after")  # it can be written to
        home.vault.erase("job", "after")
    left = [entry for entry in path.rglob("*") if entry.name.startswith(".")]
    assert left == []
    assert not (path / "account.json.next").exists()
    for entry in path.rglob("*"):
        assert entry.stat().st_mode & 0o077 == 0
    return found


def after_make(base: Path, _old: Secrets) -> str:
    if not (base / "new").exists():
        Home.create(base / "new", PASSWORD, work=WORK).close()
        state = "before"
    else:
        state = "after"
    with Home.open(base / "new", PASSWORD) as home:
        assert home.account.address == home.address
        assert home.vault.all() == [("master", "home")]
    return state


def after_put(base: Path, old: Secrets) -> str:
    found = whole(base / "home", PASSWORD, old)
    assert found.items() >= old.all.items()
    more = {key: value for key, value in found.items() if key not in old.all}
    assert set(more) <= {("other", "x"), ("segment", "c3")}
    assert more.get(("other", "x"), b"a secret that the test knows") == (
        b"a secret that the test knows"
    )
    assert ("segment", "c3") not in more or ("other", "x") in more  # in their order
    return f"{len(more)} of 2"


def after_many(base: Path, old: Secrets) -> str:
    found = whole(base / "home", PASSWORD, old)
    assert found.items() >= old.all.items()
    more = {key: value for key, value in found.items() if key not in old.all}
    six = {("segment", f"{i}") for i in range(6)}
    assert set(more) <= six | {("other", "x")}
    assert all(len(value) == 32 for key, value in more.items() if key in six)
    assert ("other", "x") not in more or set(more) > six  # all were there when it returned
    return f"{len(more)} of 7"


def after_erase(base: Path, old: Secrets) -> str:
    files = list((base / "home" / "secrets").iterdir())
    found = whole(base / "home", PASSWORD, old)
    assert found.items() <= old.all.items()
    gone = set(old.all) - set(found)
    assert gone <= {("job", "a1"), ("segment", "b2")}
    assert ("segment", "b2") not in gone or ("job", "a1") in gone
    with Home.read(base / "home", PASSWORD) as home:
        for kind, name in gone:
            with pytest.raises(SecretMissingError):
                home.vault.get(kind, name)
    hidden = any(entry.name.startswith(".erased") for entry in files)
    return f"{len(gone)} of 2{', one swept' if hidden else ''}"


def after_document(base: Path, old: Secrets) -> str:
    assert whole(base / "home", PASSWORD, old) == old.all
    with Home.read(base / "home", PASSWORD) as home:
        first = home.documents.get("schema", "s")
        assert first in (b'{"columns": []}', b'{"columns": ["new"]}')
        names = home.documents.names("schema")
        assert names in (["s"], ["s", "t"])
        return f"{b'new' in first} {len(names)}"


def after_password(base: Path, old: Secrets) -> str:
    works = []
    for password in (PASSWORD, OTHER):
        try:
            Home.read(base / "home", password).account  # noqa: B018 # a reader gets at both, too
            works.append(password)
        except PasswordError:
            pass
    assert len(works) == 1
    assert whole(base / "home", works[0], old) == old.all
    account = keystore_account(base / "home" / "account.json", works[0])
    assert account.address == old.address
    return "before" if works == [PASSWORD] else "after"


def after_save(base: Path, old: Secrets) -> str:
    """The backup that was there, or the new one: each restores the same."""
    assert whole(base / "home", PASSWORD, old) == old.all
    restore(base / "backup", base / "again", OTHER, work=WORK)
    found = whole(base / "again", OTHER, old)
    assert found == {key: value for key, value in old.all.items() if key[0] != "job"}
    return "whole"


def after_restored(base: Path, old: Secrets) -> str:
    state = "after" if (base / "again").exists() else "before"
    if state == "before":
        restore(base / "backup", base / "again", OTHER, work=WORK)
    found = whole(base / "again", OTHER, old)
    assert found == {key: value for key, value in old.all.items() if key[0] != "job"}
    with Home.read(base / "again", OTHER) as home:
        assert home.restored is not None
    left = [entry.name for entry in base.iterdir() if entry.name.startswith(".")]
    assert left == [] or state == "after"  # who makes the home removes what was left
    return state


def after_reconciled(base: Path, old: Secrets) -> str:
    whole(base / "restored", OTHER, old)
    with Home.read(base / "restored", OTHER) as home:
        return "before" if home.restored else "after"


CHECKS: dict[str, Callable[[Path, Secrets], str]] = {
    "make": after_make,
    "put": after_put,
    "many": after_many,
    "erase": after_erase,
    "document": after_document,
    "password": after_password,
    "save": after_save,
    "restored": after_restored,
    "reconciled": after_reconciled,
}


@pytest.mark.parametrize("work", CHECKS)
def test_a_home_survives_a_kill_at_each_step(
    work: str, host: Host, before: Path, old: Secrets, tmp_path: Path
) -> None:
    shutil.copytree(before, tmp_path / "whole")
    end = host.run(work, tmp_path / "whole")
    assert not end.killed
    assert end.steps > 5
    states = [CHECKS[work](tmp_path / "whole", old)]
    every = range(1, end.steps + 1)
    chosen = list(every)
    if work not in ALL and len(every) > SOME:
        chosen = sorted(random.SystemRandom().sample(every, SOME))
    for step in chosen:
        base = tmp_path / f"{step}"
        shutil.copytree(before, base)
        assert host.run(work, base, step).killed, f"step {step} of {end.steps}"
        try:
            states.append(CHECKS[work](base, old))
        except BaseException as error:
            error.add_note(f"killed before step {step} of {end.steps}")
            raise
        shutil.rmtree(base)
    if chosen == list(every) and work != "save":
        assert len(set(states)) > 1, states


def test_a_busy_writer_that_is_killed_keeps_what_it_said(
    host: Host, before: Path, old: Secrets, tmp_path: Path
) -> None:
    for kill in range(KILLS):
        base = tmp_path / f"{kill}"
        shutil.copytree(before, base)
        seconds = random.SystemRandom().uniform(0.001, 0.4)
        end = host.run("busy", base, seconds=seconds)
        assert end.killed
        said = [line.split() for line in end.said]
        made = {words[1]: bytes.fromhex(words[2]) for words in said if words[0] == "made"}
        erasing = {words[1] for words in said if words[0] == "erasing"}
        erased = {words[1] for words in said if words[0] == "erased"}
        assert made
        found = whole(base / "home", PASSWORD, old)
        jobs = {name: value for (kind, name), value in found.items() if kind == "job"}
        for name, value in made.items():
            if name not in erasing:
                assert jobs[name] == value
        assert not erased & set(jobs)
        assert set(jobs) <= {*made, f"{len(made)}", "a1"}  # one that it had no time to tell
