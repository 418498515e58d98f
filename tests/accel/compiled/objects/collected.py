"""Kernels of `texts` compiled by numba and opened out of a shared object, for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numba
from numba.core.registry import cpu_target

from zkpipe.accel.compiled.kernel_code import KernelCode
from zkpipe.accel.compiled.objects.arguments import types_text
from zkpipe.accel.compiled.objects.calling import Bound
from zkpipe.accel.compiled.objects.gathering import Collection
from zkpipe.accel.compiled.objects.index import Index, entry_name
from zkpipe.accel.compiled.objects.opened import Opened, load

KEY = "0123456789abcdef0123"
Call = tuple[Any, tuple[Any, ...]]  # a kernel and its arguments


def compiled(text: Any, arguments: tuple[Any, ...]) -> tuple[KernelCode, Any]:
    """What is kept of a kernel for these arguments; it is not called."""
    signature = tuple(map(numba.typeof, arguments))
    text.compile(signature)
    cache, codegen = text._cache, cpu_target.target_context.codegen()
    code, described, *_ = cache._entries.load(cache._index_key(signature, codegen))
    return KernelCode(*code), described


def object_code(text: Any, *arguments: Any) -> tuple[bytes, str]:
    """The object file of a kernel, and the name of its function in it."""
    code, described = compiled(text, arguments)
    return code.machine_code, described.llvm_func_name


def collected(*calls: Call) -> tuple[Index, bytes]:
    """The index and the shared object of kernels for the types of these arguments."""
    collection = Collection()
    for text, arguments in calls:
        collection.add(*compiled(text, arguments))
    return collection.finish(KEY)


def opened(folder: Path, *calls: Call) -> Opened:
    """The same, in place by the system's loader."""
    index, code = collected(*calls)
    path = folder / f"{index.digest}.so"
    path.write_bytes(code)
    return Opened(index, load(str(path), path.read_bytes))


def name_of(text: Any, arguments: tuple[Any, ...]) -> str:
    """The name of a kernel for these arguments."""
    return entry_name(text.__module__, text.__name__, types_text(arguments))


def bound(here: Opened, text: Any, arguments: tuple[Any, ...]) -> Bound:
    """A kernel out of a shared object."""
    found = here.bound(name_of(text, arguments), arguments)
    assert found is not None
    return found
