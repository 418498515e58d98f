"""`make`: whose Python the environment is of, and that nothing is tested twice for nothing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.layers import LAYERS

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")

# A Python that knows its version, and makes an environment of the same. Each run leaves a line.
PYTHON = """#!/bin/sh
echo "$VERSION $*" >> "$LOG"
case "$1 $2" in
  "-c "*print*version*) echo "$VERSION" ;;
  "-c "*machine*) echo "$ANSWER" ;;
  "-c "*cpu_count*) echo 3 ;;
  "-m venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python && cp "$0" .venv/bin/zkpipe ;;
esac
"""
OTHER = '#!/bin/sh\necho "$(basename "$0") $ZKPIPE_BACKEND $*" >> "$LOG"\n'


class Place:
    """A folder with our Makefile, where every program is a shell script of this test."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, folder / "log"
        shutil.copy(ROOT / "Makefile", folder)
        for name in ("requirements.lock", "pyproject.toml"):
            (folder / name).touch()
        for version in ("3.11", "3.13"):
            self.script(folder / f"python{version}", PYTHON.replace("$VERSION", version))

    def script(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def make(self, *words: str, best: str = "avx512") -> list[str]:
        """What ran."""
        self.log.write_text("")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
        subprocess.run(  # noqa: S603 # our own Makefile
            ["make", "NODE=", *words],  # noqa: S607 # whichever make there is
            cwd=self.folder,
            env={**environment, "LOG": str(self.log), "ANSWER": best},
            check=True,
            capture_output=True,
        )
        return self.log.read_text().splitlines()

    def environments(self, *words: str) -> list[str]:
        """How environments were made."""
        return [line for line in self.make("setup", *words) if "-m venv" in line]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_the_environment_is_of_the_python_that_is_named(place: Place) -> None:
    old, new = f"PYTHON={place.folder}/python3.11", f"PYTHON={place.folder}/python3.13"
    assert place.environments(old) == ["3.11 -m venv --clear .venv"]
    assert place.environments(old) == []
    assert place.environments(new) == ["3.13 -m venv --clear .venv"]
    assert place.environments(new) == []
    assert place.environments() == []  # what is there stays


def suite(place: Place, best: str) -> list[str]:
    for name in ("pytest", "zkpipe", "ruff", "mypy", "lint-imports"):
        place.script(place.folder / "bin" / name, OTHER)
    place.script(place.folder / "bin" / "python", PYTHON)
    words = "suite", "BIN=bin", "-o", "setup", "-o", ".venv/.stamp"
    return sorted(line for line in place.make(*words, best=best) if line.startswith("pytest"))


def test_what_computes_is_tested_on_the_scalar_back_end_too(place: Place) -> None:
    runs = suite(place, "avx512")
    assert runs[0] == "pytest  -q -n 3 --dist worksteal"
    assert len(runs) == 2
    assert runs[1].startswith("pytest scalar -q -n 0 tests/accel tests/prover ")


@pytest.mark.parametrize("failing", ["pytest  -q", "pytest scalar"])
def test_the_suite_fails_where_one_of_its_halves_does(place: Place, failing: str) -> None:
    place.script(place.folder / "bin" / "zkpipe", OTHER)
    place.script(place.folder / "bin" / "python", PYTHON)
    fails = (
        f'case "pytest $ZKPIPE_BACKEND $*" in "{failing}"*) echo "a test is red"; exit 1; esac\n'
    )
    place.script(place.folder / "bin" / "pytest", OTHER + fails)
    with pytest.raises(subprocess.CalledProcessError) as ended:
        place.make("suite", "BIN=bin", "-o", "setup", "-o", ".venv/.stamp")
    assert "a test is red" in ended.value.stdout.decode()


def test_what_the_scalar_suite_leaves_out_is_there(place: Place) -> None:
    """A folder or file of another name would be tested, or left out, without anybody's asking."""
    _, scalar = suite(place, "avx512")
    ignored = [word.split("=", 1) for word in scalar.split() if word.startswith("--ignore")]
    assert ignored
    for option, name in ignored:
        pattern = f"tests/**/{name}" if "glob" in option else name
        assert any(ROOT.glob(pattern)), name
    (deselected,) = (word.split("=", 1)[1] for word in scalar.split() if "--deselect" in word)
    file, _, test = deselected.partition("::")
    assert f"def {test}(" in (ROOT / file).read_text()


def test_what_tests_import_is_compiled_before_the_suite(place: Place) -> None:
    for name in ("pytest", "zkpipe"):
        place.script(place.folder / "bin" / name, OTHER)
    place.script(place.folder / "bin" / "python", PYTHON)
    lines = place.make("suite", "BIN=bin", "-o", "setup", "-o", ".venv/.stamp")
    (at,) = (i for i, line in enumerate(lines) if "-m compileall" in line)
    assert {*LAYERS, "tests"} <= set(lines[at].split())
    assert min(i for i, line in enumerate(lines) if line.startswith("pytest")) > at


def test_every_long_form_is_run(place: Place) -> None:
    place.script(place.folder / "bin" / "pytest", OTHER)
    words = "fuzz", "BIN=bin", "-o", "setup", "-o", ".venv/.stamp"
    named = {word for line in place.make(*words) for word in line.split() if "tests/" in word}
    assert all((ROOT / name).is_file() for name in named)
    long = re.compile(r"\b(IS_LONG|in_turn|FUZZ_SYSTEMS)\b")
    tests = [path for path in ROOT.glob("tests/**/test_*.py") if path != Path(__file__).resolve()]
    having = {str(path.relative_to(ROOT)) for path in tests if long.search(path.read_text())}
    assert having <= named


def test_where_the_scalar_back_end_is_the_best_the_suite_runs_once(place: Place) -> None:
    assert suite(place, "scalar") == ["pytest  -q -n 3 --dist worksteal"]
