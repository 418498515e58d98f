"""The decorator of every kernel, and the folder of compiled kernels.

numba keys its disk cache by the one file that holds the decorated function, so a change in a
module that this file imports would leave a stale kernel behind. Here each module's kernels are
kept in a folder named by a digest of that file and of every file of ours it imports, directly or
not: what changed compiles again, what did not is read from disk.
"""

from __future__ import annotations

import hashlib
import os
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
PACKAGES = ("accel", "circuits", "prover")  # that hold kernels, or what kernels import
# They lower every kernel's arithmetic, and come with the types of its arguments, not by an import.
MACHINES = ("accel.scalar", "accel.simd")
_FROM = re.compile(r"^[ \t]*from\s+([\w.]+)\s+import\s+(\([^)]*\)|[^\n#]*)", re.MULTILINE)
_IMPORT = re.compile(r"^[ \t]*import\s+([\w.]+)", re.MULTILINE)
_NAME = re.compile(r"\w+")


def kernel_cache() -> Path:
    """The folder of compiled kernels; it may be deleted at any time."""
    return Path(platformdirs.user_cache_dir("zkpipe", appauthor=False)) / "kernels"


def _module_file(name: str) -> Path | None:
    """The file of one of our modules or packages, None for anything else."""
    place = ROOT.joinpath(*name.split("."))
    for path in (place.with_suffix(".py"), place / "__init__.py"):
        if path.is_file():
            return path
    return None


@cache
def _imports(path: Path) -> tuple[bytes, tuple[Path, ...]]:
    """A module's source, and the files of our modules that it imports, in functions too."""
    source = path.read_bytes()
    text = source.decode()
    names = set(_IMPORT.findall(text))
    for module, imported in _FROM.findall(text):
        names.add(module)
        names.update(f"{module}.{name}" for name in _NAME.findall(imported))
    ours = sorted(name for name in names if name.split(".")[0] in PACKAGES)
    return source, tuple(found for found in map(_module_file, ours) if found is not None)


@cache
def source_digest(path: Path) -> str:
    """Digest of a module's source, of all sources of ours that it imports, and of the machines."""
    seen: dict[Path, bytes] = {}
    todo = [path, *filter(None, map(_module_file, MACHINES))]
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
    folder = kernel_cache() / source_digest(path)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # what lies there will be executed
        keep = os.access(folder, os.W_OK)
    except OSError:
        keep = False  # no home to write to: compile in every process
    config: Any = numba_config  # its settings are made at import
    before = config.CACHE_DIR
    config.CACHE_DIR = str(folder)
    try:
        return numba.njit(nogil=True, cache=keep, error_model="numpy")(function)
    finally:
        config.CACHE_DIR = before
