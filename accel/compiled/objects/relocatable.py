"""Reading the object code that numba keeps: ELF relocatable files for x86-64.

Reading is total: any bytes give a value or an Unlinkable.

Source: System V ABI, chapter 4 (object files), and its supplement for AMD64.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

EXECUTED, WRITTEN = 4, 1  # flags of a section
NO_BITS, WITH_ADDENDS, SYMBOLS = 8, 4, 2  # types of sections
FUNCTION = 2  # a type of symbols
FOREIGN, RESERVED = 0, 0xFF00  # numbers of sections: of no section, and from which they are none
HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
SECTION = struct.Struct("<IIQQQQIIQQ")
SYMBOL = struct.Struct("<IBBHQQ")
ADDEND = struct.Struct("<QQq")
LONGEST_NAME = 1 << 14  # bytes; kernels of thirty arguments have names of some thousand


class Unlinkable(Exception):  # no error: the kernel is left to numba, and says why
    """Object code of a kind that the linker does not know; the text says what."""


class Section(NamedTuple):
    """A section, with its bytes; none if it has only a size."""

    name: str
    kind: int
    flags: int
    align: int
    data: memoryview


class Symbol(NamedTuple):
    """A symbol: `value` bytes into the section of this number."""

    name: str
    kind: int
    section: int
    value: int
    size: int


class Relocation(NamedTuple):
    """A place of a section, where an address goes: a symbol's, by its number, plus an addend."""

    offset: int
    kind: int
    symbol: int
    addend: int


class ObjectCode(NamedTuple):
    """An object file. `relocations` are by the number of the section that they apply to."""

    sections: list[Section]
    symbols: list[Symbol]
    relocations: dict[int, list[Relocation]]

    @classmethod
    def read(cls, data: bytes) -> ObjectCode:
        """Read a whole file. Raises Unlinkable."""
        try:
            return _read(memoryview(data))
        except (struct.error, UnicodeDecodeError) as error:
            raise Unlinkable(f"its object code is damaged: {error}") from error


class _Raw(NamedTuple):
    name: int
    kind: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    align: int
    entry: int


def _read(data: memoryview) -> ObjectCode:
    magic, kind, machine, *_, sections_at, _, _, _, _, size, count, names = HEADER.unpack_from(data)
    if magic[:6] != b"\x7fELF\x02\x01" or (kind, machine) != (1, 62) or size != SECTION.size:
        raise Unlinkable("its object code is not for x86-64")
    raw = [_Raw(*SECTION.unpack_from(data, sections_at + size * i)) for i in range(count)]
    if sum(s.size for s in raw if s.kind != NO_BITS) > len(data):
        raise Unlinkable("its sections overlap")
    bodies = [_body(data, section) for section in raw]
    sections = [
        Section(_text(bodies, names, s.name), s.kind, s.flags, s.align, body)
        for s, body in zip(raw, bodies, strict=True)
    ]
    symbols: list[Symbol] = []
    relocations: dict[int, list[Relocation]] = {}
    for section, body in zip(raw, bodies, strict=True):
        if section.kind == SYMBOLS:
            if symbols:
                raise Unlinkable("it has two tables of symbols")
            for name, info, _, home, value, length in SYMBOL.iter_unpack(body):
                text = _text(bodies, section.link, name)
                symbols.append(Symbol(text, info & 15, home, value, length))
        elif section.kind == WITH_ADDENDS:
            found = relocations.setdefault(section.info, [])
            for offset, info, addend in ADDEND.iter_unpack(body):
                found.append(Relocation(offset, info & 0xFFFF_FFFF, info >> 32, addend))
    return ObjectCode(sections, symbols, relocations)


def _body(data: memoryview, section: _Raw) -> memoryview:
    if section.kind == NO_BITS:
        return data[:0]
    body = data[section.offset : section.offset + section.size]
    if len(body) != section.size:
        raise Unlinkable("its object code is cut short")
    return body


def _text(bodies: list[memoryview], table: int, begin: int) -> str:
    """The text that begins there in the table of texts of this number."""
    if table >= len(bodies):
        raise Unlinkable("its names are in no section")
    text, zero, _ = bytes(bodies[table][begin : begin + LONGEST_NAME]).partition(b"\0")
    if not zero:
        raise Unlinkable("a name does not end")
    return text.decode()
