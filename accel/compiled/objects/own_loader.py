"""A shared object of ours in memory, without the system's loader.

It serves where files of the cache may not be mapped for execution (a file system mounted noexec).
The memory is written first, and then made read-only or executable, never both.
"""

from __future__ import annotations

import ctypes
import os
import struct

from zkpipe.accel.compiled.objects.layout import (
    DYNAMIC,
    EXECUTE,
    HEADER_SIZE,
    LIBRARY,
    LOAD,
    PAGE,
    PROGRAM_HEADER,
    READ,
    RELA,
    RELA_SIZE,
    RELATIVE,
    SEGMENTS,
    WRITE,
)

PRIVATE, ANONYMOUS = 0x02, 0x20  # flags of mmap on Linux
FAILED = ctypes.c_void_p(-1).value
PROTECT = {READ: 1, READ | EXECUTE: 5, READ | WRITE: 1}  # PROT_READ | PROT_EXEC, once relocated


def load_in_memory(data: bytes) -> int:
    """Put a file in place, until the process ends; the address where it begins.

    data  the bytes of a file of shared_object, whose digest was checked

    Raises OSError if the system does not allow it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    size, number = ctypes.c_size_t, ctypes.c_int
    libc.mmap.argtypes = [ctypes.c_void_p, size, number, number, number, ctypes.c_long]
    libc.munmap.argtypes = [ctypes.c_void_p, size]
    libc.mprotect.argtypes = [ctypes.c_void_p, size, number]
    whole = -(-len(data) // PAGE) * PAGE
    base = libc.mmap(None, whole, 3, PRIVATE | ANONYMOUS, -1, 0)  # PROT_READ | PROT_WRITE
    if base in (None, FAILED):
        raise OSError(ctypes.get_errno(), "no memory for kernels")
    ctypes.memmove(base, data, len(data))
    headers = [
        PROGRAM_HEADER.unpack_from(data, HEADER_SIZE + PROGRAM_HEADER.size * i)
        for i in range(SEGMENTS)
    ]
    _relocate(libc, base, data, next(at for kind, _, at, *_ in headers if kind == DYNAMIC))
    for kind, rights, at, _, _, length, *_ in headers:
        if kind == LOAD and libc.mprotect(base + at, length, PROTECT[rights]):
            error = ctypes.get_errno()
            libc.munmap(base, whole)
            raise OSError(error, os.strerror(error))
    return int(base)


def _relocate(libc: ctypes.CDLL, base: int, data: bytes, dynamic_at: int) -> None:
    entries = dict(struct.iter_unpack("<QQ", data[dynamic_at : dynamic_at + 16 * 9]))
    table = data[entries[RELA] : entries[RELA] + entries[RELA_SIZE]]
    for at, kind, addend in struct.iter_unpack("<QQq", table):
        if kind == RELATIVE:
            value = base + addend
        else:
            function = getattr(libc, LIBRARY[(kind >> 32) - 1])
            value = ctypes.cast(function, ctypes.c_void_p).value or 0
        ctypes.c_uint64.from_address(base + at).value = value
