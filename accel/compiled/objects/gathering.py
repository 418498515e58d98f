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
from zkpipe.accel.compiled.sources import changed_meanwhile, source_digest, texts

NOT_KEPT = "no place took what was compiled"


class _Linked(NamedTuple):
    place: Place
    arguments: str
    result: str


class Collection:
    """Kernels on their way into a shared object."""

    def __init__(self) -> None:
        self._linker = Linker(lowered.raises)
        self._linked: dict[str, _Linked] = {}
        self._left: dict[str, str] = {}

    def add(self, code: KernelCode, described: Any) -> None:
        """Link a kernel as numba compiled and describes it, or note why it is left to numba."""
        types, whole = described.argtypes, ", ".join(map(str, described.argtypes))
        try:
            whole = lowered.types_text(types)
            arguments, result = lowered.c_types(types), lowered.result_letters(described.restype)
            place = self._linker.take(code.machine_code, described.llvm_func_name)
        except Unlinkable as reason:
            self._left[entry_name(described.modname, described.qualname, whole)] = str(reason)
        else:
            name = entry_name(described.modname, described.qualname, whole)
            self._linked[name] = _Linked(place, arguments, result)

    def finish(self, key: str, names: Iterable[str] = ()) -> tuple[Index, bytes]:
        """The index and the shared object of all; nothing can be added afterwards.

        names  those that must be there, or have a reason why not
        """
        code = shared_object(self._linker)
        kernels = {
            name: Entry(it.place.address, it.arguments, it.result)
            for name, it in self._linked.items()
        }
        exceptions = {place.address: raised for place, raised in self._linker.exceptions}
        unknown = (name for name in names if name not in kernels)
        left = dict.fromkeys(unknown, NOT_KEPT) | self._left
        digest = hashlib.sha256(code).hexdigest()
        return Index(key, digest, len(code), kernels, exceptions, left), code


def write_marked() -> None:
    """Write the shared object, where this system can use one and a place takes it."""
    if can_be_used() and not _changed():
        key = key_of_sources()
        with alone(key):
            place(*_marked().finish(key))


def write_with(names: Iterable[str]) -> None:
    """Write it if it lacks kernels of these names, and says nothing about them."""
    if _changed():
        return
    key = key_of_sources()
    with alone(key):
        found = find(key)
        if found is None or not all(map(found.contents.knows, names)):
            place(*_marked().finish(key, names))


def _changed() -> bool:
    return any(map(changed_meanwhile, texts().values()))


def _marked() -> Collection:
    """All kernels that are kept for the present sources and processor, and that Python calls."""
    collection = Collection()
    for digest in sorted({source_digest(path) for path in texts().values()}):
        for (_, made_for, *_), (code, described, *_) in marked(digest):
            if made_for == lowered.processor():
                collection.add(KernelCode(*code), described)
    return collection
