"""What compiles kernels is told without importing it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import llvmlite
import numba
import pytest

from zkpipe.accel.compiled import toolchain
from zkpipe.accel.compiled.toolchain import settings, version

VERSIONS = """
import sys
from zkpipe.accel.compiled.toolchain import version
print(version("numba"), version("llvmlite"), "numba" in sys.modules, "llvmlite" in sys.modules)
"""


def test_versions_are_told_without_importing_what_has_them() -> None:
    command = [sys.executable, "-P", "-c", VERSIONS]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.split() == [numba.__version__, llvmlite.__version__, "False", "False"]


@pytest.mark.parametrize("text", [None, "", "version = 1\n", '# "version": "9"\n'])
def test_versions_that_cannot_be_read_are_asked_of_the_packages(
    text: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "numba").mkdir()
    if text is not None:
        (tmp_path / "numba" / "_version.py").write_text(text)
    elsewhere = SimpleNamespace(modules={}, path=[str(tmp_path)])
    monkeypatch.setattr(toolchain, "sys", elsewhere)
    assert version("numba") == numba.__version__


def test_settings_are_those_that_change_what_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    before = settings()
    monkeypatch.setenv("NUMBA_NUM_THREADS", "1")
    assert settings() == before
    monkeypatch.setenv("NUMBA_OPT", "2")
    assert "NUMBA_OPT=2" in settings()
