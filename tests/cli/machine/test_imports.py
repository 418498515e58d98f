"""What commands import: a process starts anew for each, so what it does not need costs every time.

Modules are asked for at the doors of our own: others' may import what they like. Where no numba is
imported, nothing of others' brings these modules either.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from tests.cli.workshop import invoke
from zkpipe.cli.late_commands import LateCommands
from zkpipe.cli.main import COMMANDS, zkpipe

RUN = """
import builtins, json, sys

asked, usual = set(), builtins.__import__

def noted(name, globals=None, locals=None, fromlist=(), level=0):
    if str((globals or {}).get("__name__")).startswith("zkpipe") and not level:
        asked.update([name, *(f"{name}.{part}" for part in fromlist or ())])
    return usual(name, globals, locals, fromlist, level)

builtins.__import__ = noted
from zkpipe.cli.main import main
try:
    main()
finally:
    with open(sys.argv[0], "w") as file:
        there = sorted(name for name, module in sys.modules.items() if module)  # scipy is kept out
        json.dump([sorted(asked), there], file)
"""
# Of Python and numpy: a command that proves asks for none of them.
OF_PYTHON = (
    *("asyncio", "concurrent.futures", "decimal", "email", "fractions", "http", "logging"),
    *("importlib.metadata", "multiprocessing", "numpy.ma", "queue", "random", "secrets", "sqlite3"),
    *("ssl", "tempfile", "traceback", "unicodedata", "unittest", "xml"),
)
OF_OTHERS = (
    *("Crypto", "eth_abi", "eth_account", "eth_tester", "eth_utils", "jinja2", "matplotlib"),
    *("platformdirs", "py_ecc", "pyarrow", "requests", "rich", "scipy", "solcx", "starlette"),
    *("uvicorn", "wasmtime", "web3"),
)
LAYERS = ("verifier_contracts", "jobs", "exchange", "benchmarks")  # which a proof does without


class Imported(NamedTuple):
    """Modules that ours asked for, and all that there are at the end."""

    asked: set[str]
    there: set[str]

    def of(self, names: tuple[str, ...]) -> set[str]:
        """Those of these packages that ours asked for; without numba, all that are there."""
        found = self.asked if "numba" in self.there else self.asked | self.there
        return {module for module in found for name in names if f"{module}.".startswith(f"{name}.")}

    def commands(self) -> set[str]:
        start = "zkpipe.cli.commands."
        return {module.removeprefix(start) for module in self.there if module.startswith(start)}


def imported(*words: str, notes: Path) -> Imported:
    script = f"import sys\nsys.argv[0] = {str(notes)!r}\n{RUN}"
    subprocess.run(  # noqa: S603 # this Python, our own text
        [sys.executable, "-c", script, *words], check=True, capture_output=True
    )
    asked, there = json.loads(notes.read_text())
    return Imported(set(asked), set(there))


PROVE = ("prove", "square.zkey", "square.wtns", "again.json", "again.public.json")
VERIFY = ("verify", "vkey.json", "public.json", "proof.json")


@pytest.mark.parametrize("words", [PROVE, VERIFY], ids=lambda words: words[0])
def test_proving_and_verifying_ask_for_what_they_use_alone(
    workshop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(workshop)
    outputs = [str(tmp_path / word) if word.startswith("again.") else word for word in words]
    found = imported(*outputs, notes=tmp_path / "notes")
    assert found.of((*OF_PYTHON, *OF_OTHERS)) == set()
    assert found.of(tuple(f"zkpipe.{layer}" for layer in LAYERS)) == set()
    assert found.commands() == {"proof"}
    assert "numpy" in found.asked  # so it is noted what is asked for


def test_help_asks_for_no_part_of_a_group_and_nothing_that_computes(tmp_path: Path) -> None:
    found = imported("--help", notes=tmp_path / "notes")
    compute = ("numpy", "numba", "llvmlite", "ctypes", "hashlib", "subprocess")
    python = tuple(name for name in OF_PYTHON if name != "unicodedata")
    assert found.of((*python, *OF_OTHERS, *compute)) == set()
    assert {"key.group", "exchange.group", "proof", "bench"} <= found.commands()
    parts = {"key.making", "key.looking", "ptau.making", "batch.running", "exchange.parties.home"}
    assert found.commands() & parts == set()


def test_a_command_of_a_group_imports_no_other_group(tmp_path: Path) -> None:
    found = imported("key", "beacon", "--help", notes=tmp_path / "notes")
    assert found.commands() == {"key", "key.group", "key.making"}


def test_a_misspelt_command_is_told_by_the_names_alone(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    with pytest.raises(subprocess.CalledProcessError) as refused:
        imported("prov", notes=notes)
    assert refused.value.returncode == 2
    assert b"Did you mean one of: 'fullprove', 'prove'?" in refused.value.stderr
    assert Imported(*map(set, json.loads(notes.read_text()))).commands() == set()


def test_every_command_is_found_under_its_name_and_listed_with_its_help() -> None:
    listed = invoke("--help").stdout
    for name in COMMANDS:
        command = zkpipe.commands[name]
        assert command.name == name
        assert f"\n  {name} " in listed
        assert command.get_short_help_str(30).split()[0] in listed
    assert list(zkpipe.commands) == list(COMMANDS)
    assert len(zkpipe.commands) == len(COMMANDS)
    assert "prov" not in zkpipe.commands


def complete(*words: str) -> list[str]:
    """What a shell is told to offer for the last of these words."""
    answer = subprocess.run(  # noqa: S603 # our own command
        [Path(sys.executable).with_name("zkpipe")],
        env={
            "_ZKPIPE_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(["zkpipe", *words]),
            "COMP_CWORD": str(len(words)),
        },
        check=True,
        capture_output=True,
        text=True,
    )
    return [line.partition(",")[2] for line in answer.stdout.splitlines()]


def test_shells_complete_commands_and_those_of_groups() -> None:
    assert complete("ve") == ["verify", "verify-onchain"]
    assert complete("exchange", "set") == ["set-council"]
    assert complete("key", "") == ["beacon", "contribute", "info", "prepare", "verify"]


def test_commands_can_be_added_and_taken_away() -> None:
    some = LateCommands("zkpipe.cli.commands", {"prove": "proof.prove", "key": "key.group.key"})
    some["mine"] = own = click.Command("mine")
    assert dict(some) == {
        "prove": zkpipe.commands["prove"],
        "key": zkpipe.commands["key"],
        "mine": own,
    }
    del some["key"]
    assert list(some) == ["prove", "mine"]
    with pytest.raises(KeyError):
        some["key"]
