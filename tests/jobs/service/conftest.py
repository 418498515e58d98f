"""Circuits with their keys, and services of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.workshop import done
from tests.jobs.service.serving import CIRCUITS, Oracle, Serving, serving


@pytest.fixture(scope="session")
def all_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every circuit with its key, and its verifying key as NAME.json. Not to be changed."""
    folder = tmp_path_factory.mktemp("keys")
    for path in CIRCUITS.glob("*.py"):
        shutil.copy(path, folder)
    for path in sorted(folder.glob("*.py")):
        if path.stem != "steps":
            done("setup", path, path.with_suffix(".zkey"), "--dev")
            done("export", "vkey", path.with_suffix(".zkey"), path.with_suffix(".json"))
    for path in folder.iterdir():
        path.chmod(0o600 if path.is_file() else 0o700)
    return folder


@pytest.fixture
def keys(all_keys: Path, tmp_path: Path) -> Path:
    """A copy of them that a test may change."""
    folder = tmp_path / "keys"
    shutil.copytree(all_keys, folder)
    return folder


@pytest.fixture(scope="session")
def oracle(all_keys: Path) -> Oracle:
    return Oracle(all_keys)


@pytest.fixture(scope="module")
def service(all_keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A service that the tests of a module share."""
    with serving(all_keys, tmp_path_factory.mktemp("service")) as found:
        found.wait_until_ready()
        yield found
