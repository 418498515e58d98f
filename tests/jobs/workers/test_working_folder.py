"""A child runs Python's modules and ours, whatever lies in the folder where its parent works."""

from __future__ import annotations

import site
import sys
from pathlib import Path

import pytest

from zkpipe.ground.process.own_python import module_environment
from zkpipe.jobs.workers.worker import Worker

ANSWERS = """from zkpipe.jobs.workers.child import serve
serve(lambda request: request)
"""


def test_a_child_takes_no_module_of_the_working_folder_for_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("calendar", "csv", "queue", "random", "token", "types", "zkpipe"):
        (tmp_path / f"{module}.py").write_text("raise SystemExit('not this one')\n")
    monkeypatch.chdir(tmp_path)
    with Worker("zkpipe.cli.jobs.proving_worker") as child:
        assert "failed" in child.ask({"load": True})  # it answers; the request names no circuit


def test_a_child_finds_its_module_where_its_parent_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where only the working folder leads to it."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "__init__.py").touch()
    (tmp_path / "mine" / "answers.py").write_text(ANSWERS)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    monkeypatch.chdir(tmp_path)
    with Worker("mine.answers") as child:
        assert child.ask({"a": 1})["answer"] == {"a": 1}


def test_installed_packages_are_not_put_before_pythons_own_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert module_environment("mine.answers") == {"PYTHONPATH": str(tmp_path)}
    monkeypatch.setattr(site, "getsitepackages", lambda: [str(tmp_path)])
    assert module_environment("mine.answers") == {}
    monkeypatch.setenv("PYTHONPATH", "theirs")
    assert module_environment("mine.answers") == {"PYTHONPATH": "theirs"}
