"""A circuit with its keys, made once, and copied for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.batch import shop


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The circuit `spend`, its keys, and its keys of another setup."""
    folder = shop.make(tmp_path_factory.mktemp("batch"))
    shop.make(folder, shop.SPEND, "other")
    return folder


@pytest.fixture
def place(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, as the current folder."""
    folder = shop.copied(made, tmp_path / "place")
    monkeypatch.chdir(folder)
    return folder
