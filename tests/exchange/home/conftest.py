"""Homes for tests: made once for a module's readers, and anew for who writes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exchange.home.own import PASSWORD, created
from zkpipe.exchange.home import Home


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that nobody opens."""
    path = tmp_path_factory.mktemp("homes") / "model"
    with created(path) as home:
        home.vault.new("job", "a1")
        home.vault.new("segment", "b2")
        home.documents.put("schema", "s", b'{"columns": []}')
    return path


@pytest.fixture
def place(model: Path, tmp_path: Path) -> Path:
    """A copy of it, closed."""
    path = tmp_path / "home"
    shutil.copytree(model, path)
    return path


@pytest.fixture
def home(place: Path) -> Iterator[Home]:
    """A copy of it, open to write."""
    with Home.open(place, PASSWORD) as found:
        yield found
