"""A key, and a cache in which it can be prepared."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.prover.prepared.proofs import other_key
from zkpipe.ground.files import cache_folders
from zkpipe.prover import prepare_key


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own, beside the kernels that are there."""
    kernels = next(cache_folders.readable_folders("kernels"), None)
    folder = tmp_path / "cache" / "zkpipe"
    folder.mkdir(parents=True, mode=0o700)
    if kernels is not None:
        (folder / "kernels").symlink_to(kernels)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder.parent))
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "key.zkey"
    other_key(path)
    return path


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    shutil.copy(made, tmp_path / "key.zkey")
    return tmp_path / "key.zkey"


@pytest.fixture
def prepared(path: Path) -> Path:
    """The file that `prepare_key` made of the key."""
    return prepare_key(path).path
