"""A linker for the object code of kernels: functions that can lie anywhere in memory, and data.

For x86-64 numba compiles with the large code model, in which code refers to anything by one
instruction: `movabs $address, %register`, of 10 bytes. Here it becomes `lea offset(%rip),
%register`, of 7 bytes and a nop of 3; for a function of the C library `mov slot(%rip), %register`.
So nothing in code is left to relocate. Data with addresses in them (tables of jumps, exceptions)
are relocated when they are loaded, and cannot be written to afterwards.

Of an object file only what its kernel reaches is taken: numba's wrapper for Python, and all that it
refers to, stays out. Whatever is not as said here is an Unlinkable.

Source: System V ABI, AMD64 supplement, 3.5 (code models) and 4.4 (relocations).
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import NamedTuple

from zkpipe.accel.compiled.objects.index import Raises
from zkpipe.accel.compiled.objects.layout import LIBRARY
from zkpipe.accel.compiled.objects.relocatable import (
    EXECUTED,
    FOREIGN,
    FUNCTION,
    NO_BITS,
    RESERVED,
    WRITTEN,
    ObjectCode,
    Relocation,
    Symbol,
    Unlinkable,
)

ABSOLUTE = 1  # R_X86_64_64, the only relocation
NEVER = "NRT_MemInfo_call_dtor"  # frees memory of numba's: kernels are given numpy's, and have none
TRAP = b"\x0f\x0b"  # ud2: ends the process
FILL = b"\xcc"  # int3
MOST_ALIGNED = 64  # bytes: a cache line, a register of AVX-512
EXCEPTION = ".const.picklebuf."  # begins the names of exceptions that a kernel may raise


class Segment:
    """Bytes that will lie together in memory, in the order in which they are put."""

    def __init__(self, fill: bytes = b"\0") -> None:
        self.data = bytearray()
        self.base = 0  # where it lies from the beginning of the file
        self._fill = fill

    def put(self, data: bytes | memoryview, align: int = 16) -> Place:
        """Append data at a multiple of `align`."""
        self.data += self._fill * (-len(self.data) % align)
        self.data += data
        return Place(self, len(self.data) - len(data))


class Place(NamedTuple):
    """Bytes into a segment."""

    segment: Segment
    offset: int

    @property
    def address(self) -> int:
        """From the beginning of the file, once the segment has its base."""
        return self.segment.base + self.offset

    def after(self, distance: int) -> Place:
        """The place so many bytes behind this one."""
        return Place(self.segment, self.offset + distance)


class Linker:
    """Takes kernels out of object files.

    constants   data without addresses
    code        functions
    relocated   data with addresses, and the slots of the C library's functions
    references  places of eight bytes and what they refer to: a place, or a name in LIBRARY
    exceptions  places of what kernels may raise, and what that is
    """

    def __init__(self, read_exception: Callable[[bytes], Raises]) -> None:
        """A linker that has taken nothing.

        read_exception  tells what numba has pickled; raises Unlinkable
        """
        self.constants, self.code, self.relocated = Segment(), Segment(FILL), Segment()
        self.references: list[tuple[Place, Place | str]] = []
        self.exceptions: list[tuple[Place, Raises]] = []
        self.read_exception = read_exception
        self.never = self.code.put(TRAP)
        self.slots = {name: self.relocated.put(bytes(8), 8) for name in LIBRARY}

    def take(self, data: bytes, entry: str) -> Place:
        """Take a function out of an object file, with all that it reaches.

        Raises Unlinkable; then nothing of it stays.
        """
        sizes = [len(s.data) for s in self._segments()]
        counts = len(self.references), len(self.exceptions)
        try:
            return _File(self, ObjectCode.read(data)).take(entry)
        except Unlinkable:
            for segment, size in zip(self._segments(), sizes, strict=True):
                del segment.data[size:]
            del self.references[counts[0] :], self.exceptions[counts[1] :]
            raise

    def _segments(self) -> tuple[Segment, Segment, Segment]:
        return self.constants, self.code, self.relocated

    def write_references(self) -> Iterator[tuple[int, int]]:
        """Write those in code; give those in data, as place and target. Segments have bases."""
        for place, target in self.references:
            known = self.slots[target] if isinstance(target, str) else target
            if place.segment is self.code:
                _write(place, known.address, is_slot=isinstance(target, str))
            else:
                yield place.address, known.address


def _check_instruction(code: bytearray, at: int) -> None:
    rex, opcode = code[at - 2], code[at - 1]
    if rex & 0xFE != 0x48 or opcode & 0xF8 != 0xB8:
        raise Unlinkable(f"an address in the instruction {code[at - 2 : at].hex()}, not in movabs")


def _write(place: Place, address: int, *, is_slot: bool) -> None:
    """Turn `movabs` into `lea`, or into `mov` from a slot. `place` is of the address in it."""
    code, at = place.segment.data, place.offset - 2
    rex, opcode = code[at], code[at + 1]
    distance = address - (place.segment.base + at + 7)  # from the instruction behind
    prefix, operand = 0x4C if rex & 1 else 0x48, (opcode & 7) << 3 | 5
    instruction = struct.pack("<BBBi", prefix, 0x8B if is_slot else 0x8D, operand, distance)
    code[at : at + 10] = instruction + b"\x0f\x1f\x00"


class _File:
    """An object file, of which parts are taken."""

    def __init__(self, linker: Linker, code: ObjectCode) -> None:
        self.linker, self.code = linker, code
        functions = (s for s in code.symbols if s.kind == FUNCTION and s.section != FOREIGN)
        self.functions = sorted(functions, key=lambda s: (s.section, s.value))
        self.starts = [(s.section, s.value) for s in self.functions]
        self.placed: dict[Symbol | int, Place] = {}
        self.todo: list[tuple[Place, Relocation]] = []  # references whose targets may not be placed

    def take(self, entry: str) -> Place:
        """The place of a function; all that it refers to is placed too."""
        named = [s for s in self.functions if s.name == entry]
        if len(named) != 1:
            raise Unlinkable("its function is not in its object code")
        home = self._place_function(named[0])
        while self.todo:
            place, relocation = self.todo.pop()
            self.linker.references.append((place, self._target(relocation)))
        self._note_exceptions()
        return home

    def _place_function(self, function: Symbol) -> Place:
        if function not in self.placed:
            begin, end = function.value, function.value + function.size
            body = self._section(function.section)[begin:end]
            if len(body) != function.size or not body:
                raise Unlinkable("a function goes beyond its section")
            home = self.placed[function] = self.linker.code.put(body)
            for relocation in self.code.relocations.get(function.section, ()):
                if begin <= relocation.offset < end:
                    self._refer(home.after(relocation.offset - begin), relocation, end)
        return self.placed[function]

    def _place_data(self, number: int) -> Place:
        if number not in self.placed:
            section = self.code.sections[number]
            if section.flags & WRITTEN or section.kind == NO_BITS:
                raise Unlinkable(f"data that may change, in {section.name}")
            align = max(section.align, 16)
            if align > MOST_ALIGNED or MOST_ALIGNED % align:
                raise Unlinkable(f"data aligned to {section.align} bytes")
            found = self.code.relocations.get(number, [])
            segment = self.linker.relocated if found else self.linker.constants
            home = self.placed[number] = segment.put(section.data, align)
            for relocation in found:
                self._refer(home.after(relocation.offset), relocation, len(section.data))
        return self.placed[number]

    def _refer(self, place: Place, relocation: Relocation, end: int) -> None:
        """Note a reference in a function, or in data, that ends there in its section."""
        if relocation.kind != ABSOLUTE:
            raise Unlinkable(f"a relocation of kind {relocation.kind}")
        if relocation.offset > end - 8:
            raise Unlinkable("an address that goes beyond what it is in")
        if place.segment is self.linker.code:
            _check_instruction(place.segment.data, place.offset)
        self.todo.append((place, relocation))

    def _target(self, relocation: Relocation) -> Place | str:
        if relocation.symbol >= len(self.code.symbols):
            raise Unlinkable("a reference to a symbol that is not there")
        symbol = self.code.symbols[relocation.symbol]
        if symbol.section == FOREIGN:
            return self._foreign(symbol.name, relocation)
        section = self._section(symbol.section)
        offset = symbol.value + relocation.addend
        if not 0 <= offset <= len(section):
            raise Unlinkable("a reference beyond its section")
        if not self.code.sections[symbol.section].flags & EXECUTED:
            return self._place_data(symbol.section).after(offset)
        found = bisect_right(self.starts, (symbol.section, offset)) - 1
        function = self.functions[found] if found >= 0 else None
        if function is None or function.section != symbol.section:
            raise Unlinkable("a reference to code in no function")
        if offset >= function.value + function.size:
            raise Unlinkable("a reference to code in no function")
        return self._place_function(function).after(offset - function.value)

    def _foreign(self, name: str, relocation: Relocation) -> Place | str:
        if name == NEVER and not relocation.addend:
            return self.linker.never
        if name in LIBRARY and not relocation.addend:
            return name
        raise Unlinkable(f"a reference to {name}")

    def _section(self, number: int) -> memoryview:
        if not FOREIGN < number < min(RESERVED, len(self.code.sections)):
            raise Unlinkable("a symbol of no section")
        return self.code.sections[number].data

    def _note_exceptions(self) -> None:
        """Numba has an exception as the address and the length of its pickle."""
        for symbol in self.code.symbols:
            if symbol.name.startswith(EXCEPTION) and symbol.section in self.placed:
                place = self.placed[symbol.section].after(symbol.value)
                raised = self.linker.read_exception(self._pickled(symbol))
                self.linker.exceptions.append((place, raised))

    def _pickled(self, symbol: Symbol) -> bytes:
        for relocation in self.code.relocations.get(symbol.section, ()):
            if relocation.offset == symbol.value:
                home = self.code.symbols[relocation.symbol]
                begin = home.value + relocation.addend
                head = self._section(symbol.section)[symbol.value : symbol.value + 12]
                if len(head) == 12 and begin >= 0:
                    size = int.from_bytes(head[8:], "little")
                    return bytes(self._section(home.section)[begin : begin + size])
        raise Unlinkable("it raises what is not written as numba writes it")
