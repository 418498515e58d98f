"""What compiles kernels, told without importing it, and where their sources are."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

PACKAGE = "zkpipe"
ROOT = Path(__file__).parents[2]  # its folder; in a checkout the layers are links in it
LAYERS = ("ground", "accel", "circuits", "prover")  # that hold kernels, or what kernels import
HARMLESS = ("NUMBA_NUM_THREADS", "NUMBA_CACHE_DIR", "NUMBA_DEBUG_CACHE")  # settings
# As versioneer writes it: in a JSON text, or, as it was once, for a name.
_VERSION = r"""^ *(?:"version": "|version_version = ')([^"'\n]+)["']"""


def toolchain() -> str:
    """Versions of Python, numba and llvmlite, and numba's settings."""
    # With -O, functions have other bytecode: kernels of the other kind would not be found.
    python = f"{sys.implementation.cache_tag} {sys.version_info[:3]} {sys.flags.optimize}"
    return "\n".join([python, version("numba"), version("llvmlite"), *settings()])


def settings() -> list[str]:
    """numba's settings that may change what it compiles."""
    return [
        f"{name}={value}"
        for name, value in sorted(os.environ.items())
        if name.startswith("NUMBA_") and name not in HARMLESS
    ]


def version(package: str) -> str:
    """The version of numba or llvmlite: of the one that is imported, or would be."""
    module = sys.modules.get(package)
    if module is None:
        found = _version_on(tuple(sys.path), package)
        if found is not None:
            return found
        import llvmlite
        import numba

        module = {"numba": numba, "llvmlite": llvmlite}[package]
    return str(module.__version__)


@cache
def _version_on(path: tuple[str, ...], package: str) -> str | None:
    """What the text of the first package of this name on a path says; None if it says nothing."""
    for folder in path:
        with suppress(OSError, ValueError):
            text = Path(folder, package, "_version.py").read_text(encoding="utf-8")
            found = re.search(_VERSION, text, re.MULTILINE)
            if found:
                return found[1]
    return None
