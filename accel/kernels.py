"""The decorator of every kernel, and the folder of compiled kernels.

numba keys its disk cache by the one file that holds the decorated function, so a change in a
module that this file imports would leave a stale kernel behind. Here each module's kernels are
kept in a folder named by a digest of that file and of every file of ours it imports, directly or
not: what changed compiles again, what did not is read from disk.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba.extending
import platformdirs
from numba.core import config as numba_config

# numba types an intrinsic as the function that builds it; kernels call what it becomes.
intrinsic: Any = numba.extending.intrinsic

ROOT = Path(__file__).resolve().parent.parent  # where the packages lie
_IMPORT = re.compile(r"^\s*(?:from|import)\s+((?:accel|circuits|prover)[\w.]*)", re.MULTILINE)


def kernel_cache() -> Path:
    """The folder of compiled kernels; it may be deleted at any time."""
    return Path(platformdirs.user_cache_dir("zkpipe", appauthor=False)) / "kernels"


@cache
def _imports(path: Path) -> tuple[bytes, tuple[Path, ...]]:
    source = path.read_bytes()
    found = []
    for name in sorted(set(_IMPORT.findall(source.decode()))):
        module = ROOT.joinpath(*name.split("."))
        candidates = (module.with_suffix(".py"), module / "__init__.py")
        found += [candidate for candidate in candidates if candidate.is_file()]
    return source, tuple(found)


@cache
def source_digest(path: Path) -> str:
    """Digest of a module's source and of all sources of ours that it imports, at any depth."""
    seen: dict[Path, bytes] = {}
    todo = [path]
    while todo:
        here = todo.pop()
        if here not in seen:
            seen[here], imported = _imports(here)
            todo.extend(imported)
    digest = hashlib.sha256()
    for here in sorted(seen):
        digest.update(hashlib.sha256(seen[here]).digest())
    return digest.hexdigest()[:20]


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function with numba: no GIL, kept on disk, arithmetic as the hardware has it.

    A kernel allocates nothing, raises nothing and reads no global that changes; the Python
    function around it checks, allocates and raises.
    """
    path = Path(function.__code__.co_filename).resolve()
    config: Any = numba_config  # its settings are made at import
    before = config.CACHE_DIR
    config.CACHE_DIR = str(kernel_cache() / source_digest(path))
    try:
        return numba.njit(nogil=True, cache=True, error_model="numpy")(function)
    finally:
        config.CACHE_DIR = before
