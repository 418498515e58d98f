"""Parties, here and in processes of their own: what goes between them, and how they end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.exchange.cases.tiny import Tiny
from zkpipe.exchange.cases import parties
from zkpipe.exchange.cases.parties import LocalParty, Party, ProcessParty
from zkpipe.exchange.errors import CaseError, RefusedError

TINY = "tests.exchange.cases.tiny"
NOWHERE = "http://127.0.0.1:9"  # nobody asks it


@pytest.fixture(scope="module")
def start() -> Iterator[Callable[[Path], ProcessParty]]:
    """How a process of the tiny role is started."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parties, "CHILD", TINY)
        yield lambda folder: ProcessParty("tiny", folder, NOWHERE)


@pytest.fixture(scope="module")
def apart(
    start: Callable[[Path], ProcessParty], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ProcessParty]:
    with start(tmp_path_factory.mktemp("apart") / "tiny") as party:
        yield party


@pytest.fixture(params=["here", "apart"])
def party(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Party]:
    if request.param == "apart":
        yield request.getfixturevalue("apart")
    else:
        with closing(LocalParty(Tiny(tmp_path, None))) as made:
            yield made


def test_a_step_is_done_with_its_arguments(party: Party) -> None:
    told = party.do("where", county=562, name="Alexander, Illinois", more=[None, True, "\n"])
    assert (told["county"], told["name"]) == (562, "Alexander, Illinois")
    assert told["more"] == [None, True, "\n"]
    assert (told["process"] == os.getpid()) == isinstance(party, LocalParty)


def test_a_refusal_comes_with_its_name(party: Party) -> None:
    """Of a client, that of its class; of a contract, that of the contract's error."""
    for step, name, problem, fix in (
        ("refuse", "TermsError", "They do not fit.", "Ask for others."),
        ("revert", "GrantExhausted", "It reverts.", "Wait."),
    ):
        with pytest.raises(RefusedError) as caught:
            party.do(step)
        error = caught.value
        assert (error.name, error.problem, error.fix) == (name, problem, fix)
    assert party.do("where")  # and it goes on


def test_what_a_library_prints_is_no_answer(apart: ProcessParty) -> None:
    assert apart.do("chatter") == {"done": True}
    assert apart.do("where")["process"] not in (0, os.getpid())


def test_a_process_is_in_its_own_folder_which_is_for_its_owner_alone(apart: ProcessParty) -> None:
    told = apart.do("where")
    assert told["folder"] == told["cwd"]
    assert Path(told["folder"]).stat().st_mode & 0o777 == 0o700


def test_only_listed_steps_are_done(tmp_path: Path) -> None:
    with closing(LocalParty(Tiny(tmp_path, None))) as party:
        for step in ("unlisted", "close", "__init__"):
            with pytest.raises(CaseError, match=f"no step {step}"):
                party.do(step)


@pytest.mark.parametrize("step", ["die", "crash"])
def test_a_process_that_ends_is_told(
    start: Callable[[Path], ProcessParty], tmp_path: Path, step: str
) -> None:
    with start(tmp_path / "tiny") as party:
        for asked in (step, "where"):
            with pytest.raises(CaseError, match=f"tiny ended while it was asked to {asked}"):
                party.do(asked)


def test_a_process_that_is_closed_closes_its_role(
    start: Callable[[Path], ProcessParty], tmp_path: Path
) -> None:
    with start(tmp_path) as party:
        process = party.do("where")["process"]
    assert (tmp_path / "closed").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
