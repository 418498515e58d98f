"""What a linker has taken, as an ELF shared object: a file that the system's loader maps.

    offset 0        headers, tables for the loader, constants    may be read
    next page       code                                         may be executed
    next page       data with addresses in them                  may be read, once relocated

Offsets in the file are addresses from where it is mapped. No page can be written to and executed.
It has one symbol, BEGIN, by which a loader's user finds where the file was mapped.

Source: System V ABI, chapters 4 and 5.
"""

from __future__ import annotations

import struct

from zkpipe.accel.compiled.objects.layout import (
    BEGIN,
    DYNAMIC,
    EXECUTE,
    HASH,
    HEADER_SIZE,
    LIBRARY,
    LOAD,
    PAGE,
    PROGRAM_HEADER,
    READ,
    READ_ONLY_AFTER,
    RELA,
    RELA_ENTRY,
    RELA_SIZE,
    RELATIVE,
    SEGMENTS,
    SLOT,
    STACK,
    STRINGS,
    STRINGS_SIZE,
    SYMBOL_ENTRY,
    SYMBOLS,
    WRITE,
)
from zkpipe.accel.compiled.objects.linking import Linker, Segment


def shared_object(linker: Linker) -> bytes:
    """The bytes of the file. Afterwards the places that the linker gave have their addresses."""
    names = (*LIBRARY, BEGIN)
    strings = b"\0" + b"".join(name.encode() + b"\0" for name in names)
    addresses = sum(place.segment is linker.relocated for place, _ in linker.references)
    dynamic = linker.relocated.put(bytes(16 * 9))

    head = Segment()
    head.put(bytes(HEADER_SIZE + PROGRAM_HEADER.size * SEGMENTS))
    hash_at = head.put(_hash_table(names))
    symbols_at = head.put(_symbols(names, strings))
    strings_at = head.put(strings)
    rela_at = head.put(bytes(24 * (len(LIBRARY) + addresses)))
    constants_at = head.put(bytes(linker.constants.data), 64)
    linker.constants.base = constants_at.offset
    linker.code.base = _pages(len(head.data))
    linker.relocated.base = _pages(linker.code.base + len(linker.code.data))
    linker.relocated.data += bytes(-len(linker.relocated.data) % PAGE)

    rela = [
        struct.pack("<QQq", linker.slots[name].address, number << 32 | SLOT, 0)
        for number, name in enumerate(LIBRARY, 1)
    ]
    rela += [struct.pack("<QQq", at, RELATIVE, target) for at, target in linker.write_references()]
    _overwrite(head.data, rela_at.offset, b"".join(rela))
    entries = (
        (HASH, hash_at.offset),
        (STRINGS, strings_at.offset),
        (SYMBOLS, symbols_at.offset),
        (STRINGS_SIZE, len(strings)),
        (SYMBOL_ENTRY, 24),
        (RELA, rela_at.offset),
        (RELA_SIZE, 24 * len(rela)),
        (RELA_ENTRY, 24),
        (0, 0),
    )
    packed = b"".join(struct.pack("<QQ", *entry) for entry in entries)
    _overwrite(linker.relocated.data, dynamic.offset, packed)
    _overwrite(head.data, 0, _headers(linker, len(head.data), dynamic.address, len(packed)))
    out = bytearray(linker.relocated.base + len(linker.relocated.data))
    for base, segment in (
        (0, head),
        (linker.code.base, linker.code),
        (linker.relocated.base, linker.relocated),
    ):
        _overwrite(out, base, bytes(segment.data))
    return bytes(out)


def _pages(size: int) -> int:
    return -(-size // PAGE) * PAGE


def _overwrite(data: bytearray, at: int, new: bytes) -> None:
    data[at : at + len(new)] = new


def _symbols(names: tuple[str, ...], strings: bytes) -> bytes:
    """The table of symbols: functions that the loader is to find, and BEGIN."""
    table = bytes(24)
    for name in names:
        where = strings.index(b"\0" + name.encode() + b"\0") + 1
        home, value = (1, HEADER_SIZE) if name == BEGIN else (0, 0)
        table += struct.pack("<IBBHQQ", where, 0x12, 0, home, value, 0)  # a global function
    return table


def _hash_table(names: tuple[str, ...]) -> bytes:
    """Numbers of symbols by the hashes of their names, in chains."""
    buckets, chain = [0] * len(names), [0] * (len(names) + 1)
    for number, name in enumerate(names, 1):
        value = 0
        for byte in name.encode():
            value = (value << 4) + byte
            value = (value ^ (value & 0xF000_0000) >> 24) & 0x0FFF_FFFF
        bucket = value % len(names)
        chain[number], buckets[bucket] = buckets[bucket], number
    numbers = (len(buckets), len(chain), *buckets, *chain)
    return struct.pack(f"<{len(numbers)}I", *numbers)


def _headers(linker: Linker, head_size: int, dynamic_at: int, dynamic_size: int) -> bytes:
    code, relocated = linker.code, linker.relocated
    size = len(relocated.data)
    segments = (  # kind, rights, offset, size, alignment
        (LOAD, READ, 0, head_size, PAGE),
        (LOAD, READ | EXECUTE, code.base, len(code.data), PAGE),
        (LOAD, READ | WRITE, relocated.base, size, PAGE),
        (DYNAMIC, READ | WRITE, dynamic_at, dynamic_size, 8),
        (READ_ONLY_AFTER, READ, relocated.base, size, 1),
        (STACK, READ | WRITE, 0, 0, 16),
    )
    identity = b"\x7fELF\x02\x01\x01" + bytes(9)
    shape = (HEADER_SIZE, 0, 0, HEADER_SIZE, PROGRAM_HEADER.size, SEGMENTS, 64, 0, 0)
    out = identity + struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, *shape)
    for kind, rights, at, length, align in segments:
        out += PROGRAM_HEADER.pack(kind, rights, at, at, at, length, length, align)
    return out
