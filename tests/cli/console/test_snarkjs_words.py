"""Who types a command of snarkjs is told what it is here."""

from __future__ import annotations

import pytest

from tests.cli.workshop import invoke
from zkpipe.cli.console.snarkjs_words import OURS
from zkpipe.cli.main import zkpipe


@pytest.mark.parametrize("typed", OURS)
def test_a_command_of_snarkjs_is_told_as_ours(typed: str) -> None:
    result = invoke(*typed.split(), "a.file", "b.file")
    assert result.exit_code == 2
    assert f"`{typed}` is a command of snarkjs. Here it is `zkpipe {OURS[typed]}`." in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("ours", sorted(set(OURS.values())))
def test_what_is_told_is_a_command_with_these_arguments(ours: str) -> None:
    words = [word for word in ours.split() if word == word.lower() or word.startswith("--")]
    names = [word for word in words if not word.startswith("--")]
    shown = invoke(*names, "--help")
    assert shown.exit_code == 0
    for option in set(words) - set(names):
        assert option in shown.stdout
    arguments = [word for word in ours.partition(" --")[0].split() if word not in names]
    usage = shown.stdout.partition("\n\n")[0].partition("[OPTIONS]")[2].split()
    assert len(arguments) == len(usage)


def test_other_words_are_told_as_before() -> None:
    assert "zkey" not in zkpipe.commands
    for words in (("zkey",), ("zkey", "frobnicate"), ("nothing", "new")):
        result = invoke(*words)
        assert result.exit_code == 2
        assert "snarkjs" not in result.stderr
        assert "No such command" in result.stderr
