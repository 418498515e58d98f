"""The examples of docs/testing.md do what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PAGE = (Path(__file__).parents[3] / "docs" / "testing.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
FILES = {
    text.partition("\n")[0].removeprefix("# "): text
    for kind, text in BLOCK.findall(PAGE)
    if kind == "python" and text.startswith("# ")
}


def run(folder: Path, test: str) -> subprocess.CompletedProcess[str]:
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return subprocess.run(  # noqa: S603 # this interpreter, the page's own text
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_the_page_has_the_files_that_are_tested_here() -> None:
    assert list(FILES) == ["age.py", "test_age.py", "loose.py", "test_loose.py"]


def test_the_tests_of_the_example_pass(tmp_path: Path) -> None:
    ended = run(tmp_path, "test_age.py")
    assert ended.returncode == 0, ended.stdout
    assert "6 passed" in ended.stdout


def test_the_loose_circuit_fails_as_the_page_shows(tmp_path: Path) -> None:
    ended = run(tmp_path, "test_loose.py")
    assert ended.returncode == 1, ended.stdout
    (shown,) = [text for kind, text in BLOCK.findall(PAGE) if kind == "text"]
    told = "\n".join(re.sub(r"^E   (    )?", "", line) for line in ended.stdout.splitlines())
    for line in shown.splitlines():
        assert line.strip() in told, told


def test_the_table_names_every_function() -> None:
    import circuits.testing

    named = set(re.findall(r"^\| `(\w+)\(", PAGE, re.MULTILINE))
    functions = {name for name in circuits.testing.__all__ if name.islower()}
    assert named == functions
    for name in functions:
        assert getattr(circuits.testing, name).__doc__
