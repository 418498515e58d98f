"""The README's circuit, program and commands do what it says."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cli.main import zkpipe
from tests.cli.workshop import done
from verifier_contracts import find_solc
from verifier_contracts.errors import CompilerMissingError

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(README) if kind == language]


def programs() -> dict[str, str]:
    """The Python blocks by the name of the file in their first line."""
    return {text.partition("\n")[0].removeprefix("# "): text for text in blocks("python")}


def test_the_readme_has_the_blocks_that_are_tested_here() -> None:
    assert list(programs()) == ["age.py", "prove_age.py"]
    assert len(blocks("sh")) == 1


def test_the_readmes_program_and_then_its_commands_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        find_solc()
    except CompilerMissingError as missing:
        pytest.skip(str(missing))
    for name, text in programs().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    ran = subprocess.run(  # this Python, the README's own text
        [sys.executable, "prove_age.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout in blocks("text")  # the output stands below the program
    monkeypatch.chdir(tmp_path)
    lines = blocks("sh")[0].splitlines()
    for line in lines:
        program, *words = shlex.split(line)
        assert program == "zkpipe"
        answer = done(*words)
        if words[0] == "verify":
            assert answer.startswith("valid")
        if words[0] == "verify-onchain":
            assert answer.startswith("accepted")
    assert len(lines) == 8


def test_a_circuit_of_ten_lines_has_ten_lines() -> None:
    lines = programs()["age.py"].split("@circuit\n")[1].splitlines()
    assert len(lines) <= 10


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")], ids=str
)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_the_commands_in_the_documentation_are_those_there_are() -> None:
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^zkpipe ([a-z-]+)", text, re.MULTILINE))
    assert listed == set(zkpipe.commands)


def python_examples() -> list[tuple[str, str]]:
    """Blocks of the documentation that stand alone: they import what they use."""
    return [
        (page.name, text)
        for page in (ROOT / "docs").rglob("*.md")
        for kind, text in BLOCK.findall(page.read_text(encoding="utf-8"))
        if kind == "python" and "@circuit" in text
    ]


@pytest.mark.parametrize(("page", "text"), python_examples())
def test_the_documentations_circuits_compile(tmp_path: Path, page: str, text: str) -> None:
    circuit = tmp_path / "example.py"
    circuit.write_text(text, encoding="utf-8")
    assert "constraints" in done("info", circuit), page


@pytest.mark.parametrize(
    "layer", ["accel", "circuits", "prover", "verifier_contracts", "benchmarks"]
)
def test_every_module_that_a_layers_page_names_is_there(layer: str) -> None:
    page = (ROOT / "docs" / f"{layer}.md").read_text(encoding="utf-8")
    tables = re.findall(r"^\| module \|.*\n((?:\|.*\n)+)", page, re.MULTILINE)
    rows = re.findall(r"^\| ((?:`[\w/]+`(?:, )?)+) \|", "".join(tables), re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`([\w/]+)`", row)]
    modules = [name for name in named if name.islower()]
    assert len(modules) >= 5
    for name in modules:
        place = ROOT / layer / name
        assert place.is_dir() or place.with_suffix(".py").is_file(), name
