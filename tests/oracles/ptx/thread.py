"""One thread of a PTX entry as LLVM code, while it is written.

Registers are memory that LLVM keeps in its own registers; the carry is one more. At a barrier a
thread returns the barrier's number and goes on from there when it is called again, so its registers
then live in a frame of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.oracles.ptx.text import Entry, Memory

SPECIAL = {
    "%tid.x": "%tid",
    "%ntid.x": "%ntid",
    "%ctaid.x": "%block",
    "%nctaid.x": "%blocks",
}
_NUMBER = re.compile(r"-?(0[xX][0-9a-fA-F]+|\d+)U?")


@dataclass(slots=True)
class Thread:
    """The code of one thread as it is written."""

    entry: Entry
    lines: list[str] = field(default_factory=list)
    registers: dict[str, tuple[int, int]] = field(default_factory=dict)  # number, width; by scope
    scopes: list[str] = field(default_factory=lambda: [""])
    resumptions: int = 0
    shared: dict[str, int] = field(default_factory=dict)  # the offset of each
    local: list[Memory] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        offset = 0
        for memory in self.entry.memory:
            if memory.space != "shared":
                raise NotImplementedError(memory)
            offset = -(-offset // memory.alignment) * memory.alignment
            self.shared[memory.name] = offset
            offset += memory.size
        self.shared_size = offset

    shared_size: int = 0

    # --- the text

    def line(self, text: str) -> None:
        """Append an instruction."""
        self.lines.append(f"  {text}")

    def value(self, text: str) -> str:
        """Append an instruction that has a result, and give its name."""
        self.count += 1
        self.line(f"%v{self.count} = {text}")
        return f"%v{self.count}"

    def label(self) -> str:
        """A label that is not yet placed."""
        self.count += 1
        return f"N{self.count}"

    def place(self, label: str) -> None:
        """Begin a block."""
        self.lines.append(f"{label}:")

    def code(self) -> str:
        """The function."""
        barrier = self.resumptions > 0
        head = [
            "define i32 @thread(ptr %parameters, i32 %tid, i32 %ntid, i32 %block, i32 %blocks, "
            "i64 %shared, ptr %frame, i32 %where) {"
        ]
        for number, width in self.registers.values():
            where = f"getelementptr i64, ptr %frame, i64 {number}"
            head.append(f"  %R{number} = {where if barrier else f'alloca i{width}'}")
        head.append("  %CC = alloca i1")
        for number, memory in enumerate(self.local):
            head.append(f"  %L{number} = alloca [{memory.size} x i8], align {memory.alignment}")
        if self.local and barrier:
            raise NotImplementedError("local memory beside barriers")
        if barrier:
            cases = " ".join(f"i32 {i + 1}, label %B{i + 1}" for i in range(self.resumptions))
            head += [f"  switch i32 %where, label %start [{cases}]", "start:"]
        return "\n".join([*head, *self.lines, "}"])

    # --- registers and operands

    def declare(self, name: str, width: int) -> None:
        """A register of the innermost scope."""
        self.registers[self.scopes[-1] + name] = len(self.registers), width

    def register(self, name: str) -> tuple[int, int]:
        """The number and width of a register, of the innermost scope that has it."""
        for scope in reversed(self.scopes):
            if scope + name in self.registers:
                return self.registers[scope + name]
        raise KeyError(name)

    def read(self, operand: str, width: int) -> str:
        """An operand as a value of so many bits."""
        if _NUMBER.fullmatch(operand):
            number = int(operand.rstrip("U"), 0)
            return str(number & ((1 << width) - 1)) if width > 1 else str(bool(number)).lower()
        if operand in SPECIAL:
            return self.resized(SPECIAL[operand], 32, width)
        if operand in self.shared:
            return self.value(f"add i64 %shared, {self.shared[operand]}")
        for number, memory in enumerate(self.local):
            if memory.name == operand:
                return self.value(f"ptrtoint ptr %L{number} to i64")
        number, own = self.register(operand)
        return self.resized(self.value(f"load i{own}, ptr %R{number}"), own, width)

    def write(self, operand: str, width: int, value: str, *, signed: bool = False) -> None:
        """A value into a register."""
        number, own = self.register(operand)
        value = self.resized(value, width, own, signed=signed)
        self.line(f"store i{own} {value}, ptr %R{number}")

    def resized(self, value: str, width: int, to: int, *, signed: bool = False) -> str:
        """A value with more bits or fewer."""
        if to == width:
            return value
        step = "trunc" if to < width else "sext" if signed else "zext"
        return self.value(f"{step} i{width} {value} to i{to}")

    def address(self, operand: str) -> str:
        """The pointer that `[register + offset]` means."""
        base, _, offset = operand.strip("[]").replace(" ", "").partition("+")
        at = self.read(base, 64)
        if offset:
            at = self.value(f"add i64 {at}, {offset}")
        return self.value(f"inttoptr i64 {at} to ptr")
