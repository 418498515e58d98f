"""Leave what is there after the collection of all tests out of garbage collections.

15,000 tests are some millions of objects that live to the end. Each full collection of Python's
would visit them all, which took a third of the time of the suite.
"""

from __future__ import annotations

import gc


def pytest_collection_finish() -> None:
    """As pytest calls it, in each process that runs tests."""
    gc.collect()
    gc.freeze()
