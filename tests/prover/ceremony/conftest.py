from __future__ import annotations

from pathlib import Path

import pytest

from tests.prover.ceremony.transcripts import make_ceremony


@pytest.fixture(scope="session")
def transcript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A .ptau of 2^3 with five contributions and a beacon."""
    return make_ceremony(tmp_path_factory.mktemp("ceremony"))
