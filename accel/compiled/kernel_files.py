"""Compiled kernels on disk: one file for each signature of each kernel.

numba's own cache keeps an index for each function and numbers the files of its signatures. Two
processes that compile different signatures of one function at once can both take number 1: one
index and the other's code are left, and the next process calls code for other arguments than it
has. Here there is no index: a file is named by its key, holds the key too, and is put in place
whole, so processes may write at once, be killed, or find anything deleted. A file is a pickle, as
numba's are: it is read only if nobody but the user, root or the owner of our code can have
written it. It is looked for in every place, and kept in the first that takes it. An empty file
beside it says that Python calls this kernel, not only other kernels.
"""

from __future__ import annotations

import hashlib
import pickle  # noqa: TID251 # as numba does; only what ground.files.ownership trusts is read
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from numba.core.caching import CompileResultCacheImpl, FunctionCache, IndexDataCacheFile
from numba.core.compiler import compile_result

from zkpipe.accel.compiled.kernel_code import KernelCode
from zkpipe.accel.compiled.kernel_folders import Losses, readable, writable
from zkpipe.accel.compiled.sources import changed_meanwhile
from zkpipe.ground.files.ownership import read_trusted
from zkpipe.ground.files.reading import FileError
from zkpipe.ground.files.writing import place_file

MARK = ".called"


class KernelFiles(FunctionCache):
    """The compiled signatures of one function; takes the place of numba's cache.

    digest  names the folders in which they lie
    """

    def __init__(self, function: Any, digest: str) -> None:  # numba's looks for a folder of its own
        code = function.__code__
        self._file = Path(code.co_filename).resolve()
        self._name = repr(function)
        self._py_func = function
        self._cache_path = digest
        self._impl = _Results(code)
        stem = f"{Path(code.co_filename).stem}.{function.__qualname__}"
        self._entries = _Entries(digest, stem.replace("<", "").replace(">", ""))
        self._cache_file = self._entries
        self.enable()

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """What was compiled for these types, or None. numba's registries stay as they are."""
        if changed_meanwhile(self._file):
            return None
        return self._load_overload(sig, target_context)

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled; where that fails, on a full disk say, it is just not kept."""
        if changed_meanwhile(self._file):
            return
        try:
            super().save_overload(sig, data)
        except OSError:
            Losses.count += 1

    def mark(self, sig: Any, codegen: Any) -> None:
        """Remember that Python calls the kernel with these types, if it is kept."""
        self._entries.mark(self._index_key(sig, codegen))


def marked(digest: str) -> Iterator[tuple[Any, Any]]:
    """The kernels of these folders that Python calls, each with its key."""
    folders = list(readable(digest))
    names = {path.stem for folder in folders for path in folder.glob(f"*{MARK}")}
    for name in sorted(names):
        for folder in folders:
            with suppress(Exception):  # damaged, or in another place
                yield pickle.loads(read_trusted(folder / name))  # noqa: S301 # trusted
                break


class _Entries(IndexDataCacheFile):
    """numba's files, without the index."""

    def __init__(self, digest: str, stem: str) -> None:
        self._digest, self._stem = digest, stem

    def flush(self) -> None:
        """Recompiling writes over what is there."""

    def save(self, key: Any, data: Any) -> None:
        """Keep it in the first place that takes it. Raises OSError if none does."""
        name, whole = self._file_name(key), self._dump((key, data))
        for folder in writable(self._digest):
            with suppress(FileError):
                place_file(folder / name, whole)
                return
        raise OSError(0, "no folder takes it", name)

    def load(self, key: Any) -> Any:
        """What was saved under this key, or None: a damaged file counts as none."""
        name = self._file_name(key)
        for folder in readable(self._digest):
            with suppress(Exception):  # whatever is wrong with it, it is compiled again
                found, data = pickle.loads(read_trusted(folder / name))  # noqa: S301 # trusted
                if found == key:
                    return data
        return None

    def mark(self, key: Any) -> None:
        """Leave the mark of a kernel beside its file, or in the first place that takes it."""
        name = self._file_name(key)
        there = [folder for folder in readable(self._digest) if (folder / name).exists()]
        if any((folder / f"{name}{MARK}").exists() for folder in readable(self._digest)):
            return
        for folder in writable(self._digest) if there else ():
            with suppress(OSError):
                (folder / f"{name}{MARK}").touch(0o600)
                return

    def _file_name(self, key: Any) -> str:
        """By the types of the arguments, the processor and the function's bytecode, as text."""
        return f"{self._stem}-{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}.nbc"


class _Results(CompileResultCacheImpl):
    """How numba writes a compiled function, with our folder and our form of its code."""

    def __init__(self, code: Any) -> None:
        self._lineno = code.co_firstlineno
        self._locator = _Locator(code.co_filename)

    def reduce(self, compiled: Any) -> Any:
        """What is written of a compiled kernel."""
        _, fndesc, environment, signature, *_, environments = compiled._reduce()
        code = tuple(KernelCode.of(compiled.library))
        return code, fndesc, environment, signature, environments

    def rebuild(self, target_context: Any, reduced: Any) -> Any:
        """The compiled kernel again, as CompileResult._rebuild of numba makes it; None if not."""
        code, fndesc, environment, signature, environments = reduced
        library = KernelCode(*code).library(target_context.codegen())
        if library is None:
            return None
        entry_point = target_context.get_executable(library, fndesc, environment)
        for env in environments:
            library.codegen.set_env(env.env_name, env)
        return compile_result(
            target_context=target_context,
            typing_context=target_context.typing_context,
            library=library,
            environment=environment,
            entry_point=entry_point,
            fndesc=fndesc,
            signature=signature,
            objectmode=False,
            lifted=(),
            referenced_envs=environments,
        )


class _Locator:
    def __init__(self, file: str) -> None:
        self._py_file = file  # numba's warnings name the file

    def ensure_cache_path(self) -> None:
        """Folders are made when something is kept."""
