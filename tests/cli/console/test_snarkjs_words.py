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


SETUP = "snarkjs takes the powers of tau before the key. Here it is `zkpipe setup {}`."


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("setup c.r1cs pot.ptau out.zkey", SETUP.format("c.r1cs out.zkey --ptau pot.ptau")),
        ("setup groth16 c.r1cs pot.ptau out.zkey", SETUP.format("c.r1cs out.zkey --ptau pot.ptau")),
        ("setup c.py pot.ptau out.zkey --dev", SETUP.format("c.py out.zkey --ptau pot.ptau")),
        ("setup c.r1cs pot.ptau $(x).zkey", SETUP.format("c.r1cs '$(x).zkey' --ptau pot.ptau")),
        (
            "setup groth16 c.r1cs out.zkey",
            "Leave out `groth16`: Groth16 is the only protocol here.",
        ),
        ("prove groth16 k.zkey w.wtns p.json q.json", "Leave out `groth16`"),
        ("verify groth16 v.json q.json p.json", "Leave out `groth16`"),
        ("ptau new bn128 12 p.ptau", "Leave out `bn128`: BN254, which snarkjs calls bn128, is"),
    ],
)
def test_words_in_snarkjs_order_are_told_as_ours(words: str, says: str) -> None:
    result = invoke(*words.split())
    assert result.exit_code == 2
    assert says in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    "words", ["setup c.r1cs a.zkey b.zkey", "setup c.r1cs a.zkey --ptau p.ptau q.ptau", "verify a"]
)
def test_what_is_not_in_snarkjs_order_is_told_as_before(words: str) -> None:
    result = invoke(*words.split())
    assert result.exit_code == 2
    assert "snarkjs" not in result.stderr
    assert "Leave out" not in result.stderr


def test_other_words_are_told_as_before() -> None:
    assert "zkey" not in zkpipe.commands
    for words in (("zkey",), ("zkey", "frobnicate"), ("nothing", "new")):
        result = invoke(*words)
        assert result.exit_code == 2
        assert "snarkjs" not in result.stderr
        assert "No such command" in result.stderr
