"""The text of a PTX entry as statements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

WIDTHS = {
    **{f"{kind}{bits}": bits for kind in "usb" for bits in (8, 16, 32, 64)},
    "pred": 1,
}
_OPERAND = re.compile(r"\{[^}]*\}|\[[^\]]*\]|[^,\s][^,]*")
_PIECE = re.compile(r"\s*(?:(\$?[A-Za-z_$][\w$]*):|([{}])|([^;{}:]*(?:\{[^}]*\}[^;{}]*)*);)", re.S)


@dataclass(frozen=True, slots=True)
class Statement:
    """`@predicate operation operands;` with the operation split at its points."""

    operation: tuple[str, ...]
    operands: tuple[str, ...]
    predicate: str = ""
    negated: bool = False

    @property
    def kinds(self) -> list[str]:
        """The types that the operation names, in order."""
        return [part for part in self.operation if part in WIDTHS]


@dataclass(frozen=True, slots=True)
class Label:
    """A place to jump to."""

    name: str


@dataclass(frozen=True, slots=True)
class Brace:
    """The beginning or the end of a scope of registers."""

    opens: bool


@dataclass(frozen=True, slots=True)
class Registers:
    """Declared registers of one type: `.reg .b32 %r<28>` names 28."""

    kind: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Memory:
    """`.shared` or `.local` bytes with a name."""

    space: str
    name: str
    alignment: int
    size: int


Piece = Statement | Label | Brace | Registers | Memory


@dataclass(frozen=True, slots=True)
class Entry:
    """A kernel: its parameters in order, the module's memory, and what its body says."""

    name: str
    parameters: tuple[str, ...]
    memory: tuple[Memory, ...]
    body: tuple[Piece, ...]


def read_entry(ptx: str) -> Entry:
    """The only entry of a module. Raises ValueError for a text that has none."""
    ptx = re.sub(r"//.*", "", ptx)
    head = re.search(r"\.entry\s+([\w$]+)\s*\((.*?)\)([^{]*)\{", ptx, re.S)
    if head is None:
        raise ValueError("the PTX has no entry")
    parameters = tuple(part.split()[-1] for part in head[2].split(",") if part.strip())
    end, depth = head.end(), 1
    while depth:
        depth += {"{": 1, "}": -1}.get(ptx[end], 0)
        end += 1
    outside = ptx[: head.start()] + ptx[end:]
    memory = tuple(_memory(match) for match in re.finditer(_MEMORY, outside))
    return Entry(head[1], parameters, memory, tuple(_pieces(ptx[head.end() : end - 1])))


_MEMORY = r"\.(shared|local)\s+\.align\s+(\d+)\s+\.b8\s+([\w$]+)\[(\d+)\]"


def _memory(match: re.Match[str]) -> Memory:
    return Memory(match[1], match[3], int(match[2]), int(match[4]))


def _pieces(body: str) -> Iterator[Piece]:
    at = 0
    while found := _PIECE.match(body, at):
        at = found.end()
        label, brace, text = found.groups()
        if label:
            yield Label(label)
        elif brace:
            yield Brace(brace == "{")
        elif text.strip():
            yield from _piece(text.strip())
    if body[at:].strip():
        raise ValueError(f"PTX that is not read: {body[at : at + 80].strip()}")


def _piece(text: str) -> Iterator[Piece]:
    if memory := re.match(_MEMORY, text):
        yield _memory(memory)
    elif text.startswith(".reg"):
        yield _registers(text)
    elif not text.startswith((".pragma", ".loc", ".file")):
        yield _statement(text)


def _registers(text: str) -> Registers:
    _, kind, names = text.split(None, 2)
    listed: list[str] = []
    for name in (part.strip() for part in names.split(",")):
        many = re.fullmatch(r"([%\w]+)<(\d+)>", name)
        listed += [f"{many[1]}{k}" for k in range(int(many[2]))] if many else [name]
    return Registers(kind.lstrip("."), tuple(listed))


def _statement(text: str) -> Statement:
    guard = re.match(r"@(!?)([%\w]+)\s+", text)
    operation, _, operands = text[guard.end() if guard else 0 :].partition(" ")
    if "\t" in operation:
        operation, _, operands = text[guard.end() if guard else 0 :].partition("\t")
    return Statement(
        tuple(operation.split(".")),
        tuple(found.strip() for found in _OPERAND.findall(operands)),
        guard[2] if guard else "",
        bool(guard and guard[1]),
    )
