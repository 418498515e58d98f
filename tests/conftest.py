"""A state folder for the tests, and what they leave out of garbage collections.

What the user has verified lies in their state folder (zkpipe.prover.provenance): tests have one of
their own.

What is there after the collection of all tests is left out of garbage collections. 15,000 tests are
some millions of objects that live to the end. Each full collection of Python's would visit them
all, which took a third of the time of the suite. Circuits make many small objects and few loops: a
collection after every 700 of them finds next to nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def state_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Also for the processes that they start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


def pytest_collection_finish() -> None:
    """As pytest calls it, in each process that runs tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
