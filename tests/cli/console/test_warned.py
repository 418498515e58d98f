"""Warnings of a command: a line each on stderr, in the answer with --json, never a traceback."""

from __future__ import annotations

import json
import warnings

import pytest
from click.testing import CliRunner

from zkpipe.circuits import CircuitWarning
from zkpipe.circuits.errors import Source
from zkpipe.cli.command import Commands, command
from zkpipe.cli.console.answer import Answer
from zkpipe.ground.errors import RangeError, ZkpipeWarning

DOUBTFUL = CircuitWarning(
    "vacuous-check", "The check says nothing.", "Correct it.", Source("a.py", 3, "check(\x1b[2Jok)")
)


def group(*others: Warning, fails: bool = False) -> Commands:
    """A command that warns, and then answers or fails."""

    @command("doubt", example="zkpipe doubt")
    def doubt() -> Answer:
        """Warn."""
        for warning in (DOUBTFUL, *others):
            if isinstance(warning, ZkpipeWarning):
                warning.report()
            else:
                warnings.warn(warning, stacklevel=1)
        if fails:
            raise RangeError("It fails.", "Do not.")
        return Answer({"n": 1}, "done")

    made = Commands("zkpipe")
    made.add_command(doubt)
    return made


def test_a_warning_is_a_line_with_its_place_and_what_to_do() -> None:
    result = CliRunner().invoke(group(), ["doubt"])
    assert (result.exit_code, result.stdout) == (0, "done\n")
    assert result.stderr.splitlines() == [
        "warning: The check says nothing.",
        "  a.py:3     check(\\x1b[2Jok)",
        "Correct it.",
    ]


@pytest.mark.parametrize("action", ["error", "ignore"])
def test_filters_of_the_process_do_not_change_what_a_command_tells(action: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter(action)  # type: ignore[arg-type] # one of them
        result = CliRunner().invoke(group(), ["doubt"])
    assert (result.exit_code, result.stdout) == (0, "done\n")
    assert "warning: The check says nothing." in result.stderr


def test_a_warning_told_twice_is_shown_once_and_of_another_place_again() -> None:
    elsewhere = CircuitWarning(DOUBTFUL.kind, DOUBTFUL.problem, DOUBTFUL.fix, Source("b.py", 1, ""))
    assert CliRunner().invoke(group(DOUBTFUL), ["doubt"]).stderr.count("warning: ") == 1
    assert CliRunner().invoke(group(elsewhere), ["doubt"]).stderr.count("warning: ") == 2


def test_with_json_the_answer_has_the_warnings() -> None:
    result = CliRunner().invoke(group(), ["doubt", "--json"])
    assert result.stderr == ""
    (told,) = json.loads(result.stdout)["warnings"]
    assert (told["kind"], told["problem"]) == ("vacuous-check", "The check says nothing.")


def test_a_command_that_fails_has_told_them_before() -> None:
    result = CliRunner().invoke(group(fails=True), ["doubt"])
    assert result.exit_code == 2
    assert result.stderr.index("warning: ") < result.stderr.index("error: It fails.")


def test_what_others_warn_of_stays_theirs() -> None:
    with pytest.warns(DeprecationWarning, match="old"):
        result = CliRunner().invoke(group(DeprecationWarning("old")), ["doubt"])
    assert "old" not in result.stderr


def test_in_python_a_warning_names_the_line_of_the_circuit() -> None:
    with pytest.warns(CircuitWarning, match="says nothing") as told:
        DOUBTFUL.report()
    assert (told[0].filename, told[0].lineno) == ("a.py", 3)
