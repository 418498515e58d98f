"""Pairings of the embedded chain, each computed once: py_ecc takes a second for every call.

A pairing depends on its input alone, and tests of one key and one proof ask for the same few. Who
computes them, and what they cost in gas, stays as it is.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import pytest


@contextmanager
def remembered_pairings() -> Iterator[None]:
    """Within it, py-evm's precompile of pairings remembers its answers; errors come anew."""
    precompile = importlib.import_module("eth.precompiles.ecpairing")
    remembered = lru_cache(maxsize=1000)(precompile._ecpairing)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(precompile, "_ecpairing", lambda data: remembered(bytes(data)))
        yield
