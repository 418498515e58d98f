"""Writing the shared object: all compiled kernels that Python calls, for the sources as they are.

It is written when kernels were compiled ahead (`warm`), and by each process that called a kernel
which was not there, when it ends. This module imports numba.

Cost: 1 ms a kernel, most of it to read what numba keeps beside the machine code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, NamedTuple

from zkpipe.accel.compiled.kernel_code import KernelCode
from zkpipe.accel.compiled.kernel_files import marked
from zkpipe.accel.compiled.objects import lowered
from zkpipe.accel.compiled.objects.files import alone, find, place
from zkpipe.accel.compiled.objects.index import Entry, Index, entry_name
from zkpipe.accel.compiled.objects.key import can_be_used, key_of_sources
from zkpipe.accel.compiled.objects.linking import Linker, Place
from zkpipe.accel.compiled.objects.relocatable import Unlinkable
from zkpipe.accel.compiled.objects.shared_object import shared_object
from zkpipe.accel.compiled.sources import source_digest, texts

NOT_KEPT = "no place took what was compiled"


class _Linked(NamedTuple):
    place: Place
    arguments: str
    result: str


def write_marked() -> None:
    """Write the shared object, where this system can use one and a place takes it."""
    if can_be_used():
        key = key_of_sources()
        with alone(key):
            place(*_gathered(key, ()))


def write_with(names: Iterable[str]) -> None:
    """Write it if it lacks kernels of these names, and says nothing about them."""
    key = key_of_sources()
    with alone(key):
        found = find(key)
        if found is None or not all(map(found.contents.knows, names)):
            place(*_gathered(key, names))


def _gathered(key: str, names: Iterable[str]) -> tuple[Index, bytes]:
    """The index and the file of all kernels that are kept.

    names  those that are to be there, or have a reason why not
    """
    linker = Linker(lowered.raises)
    linked: dict[str, _Linked] = {}
    left: dict[str, str] = {}
    for digest in sorted({source_digest(path) for path in texts().values()}):
        for (_, made_for, *_), data in marked(digest):
            if made_for == lowered.processor():
                _link(linker, data, linked, left)
    code = shared_object(linker)
    kernels = {
        name: Entry(it.place.address, it.arguments, it.result) for name, it in linked.items()
    }
    exceptions = {place.address: raised for place, raised in linker.exceptions}
    left |= {name: NOT_KEPT for name in names if name not in kernels and name not in left}
    digest = hashlib.sha256(code).hexdigest()
    return Index(key, digest, len(code), kernels, exceptions, left), code


def _link(linker: Linker, data: Any, linked: dict[str, _Linked], left: dict[str, str]) -> None:
    """Link a kernel as it is kept, or note why not."""
    code, described, *_ = data
    module, name = described.modname, described.qualname
    try:
        whole = entry_name(module, name, lowered.types_text(described.argtypes))
    except Unlinkable as reason:
        types = ", ".join(map(str, described.argtypes))
        left[entry_name(module, name, types)] = str(reason)
        return
    try:
        arguments = lowered.c_types(described.argtypes)
        result = lowered.result_letters(described.restype)
        taken = linker.take(KernelCode(*code).machine_code, described.llvm_func_name)
    except Unlinkable as reason:
        left[whole] = str(reason)
    else:
        linked[whole] = _Linked(taken, arguments, result)
