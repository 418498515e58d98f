"""A folder with every kind of file, made once, and copied for each test."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.workshop import CIRCUITS, ORDER, done
from tests.pairings import remembered_pairings


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the commands make of square.py and order.py."""
    folder = tmp_path_factory.mktemp("workshop")
    for path in CIRCUITS.glob("*.py"):
        shutil.copy(path, folder)
    (folder / "input.json").write_text('{"root": 12}')
    (folder / "order.json").write_text(json.dumps(ORDER))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, values in (("square", "input.json"), ("order", "order.json")):
            done("compile", f"{name}.py", "--out", "build")
            done("witness", f"{name}.py", values, f"{name}.wtns")
            done("setup", f"{name}.py", f"{name}.zkey", "--dev")
        done("prove", "square.zkey", "square.wtns", "proof.json", "public.json")
        done("prove", "order.zkey", "order.wtns", "order.proof.json", "order.public.json")
        done("export", "vkey", "square.zkey", "vkey.json")
        done("export", "vkey", "order.zkey", "order.vkey.json")
        done("export", "verifier", "square.zkey", "verifier.sol")
    return folder


@pytest.fixture(scope="session")
def pairings() -> Iterator[None]:
    """What the embedded chain paired once it need not pair again."""
    with remembered_pairings():
        yield


@pytest.fixture
def shop(workshop: Path, pairings: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the workshop, as the current folder."""
    folder = tmp_path / "shop"
    shutil.copytree(workshop, folder)
    monkeypatch.chdir(folder)
    return folder
