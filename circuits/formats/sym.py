"""Names of signals in circom's .sym files: one line each, `label,wire,component,name`.

The label numbers a signal of the source, the wire its place in the witness, -1 where the compiler
found it to be a combination of others. The component numbers the part of the circuit that the
signal stands in, which is its name without the last step: main.hash for main.hash.state[3].

Source: iden3/circom, the files it writes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TypeVar

from zkpipe.circuits.r1cs.public_names import carried
from zkpipe.circuits.r1cs.r1cs import R1CS
from zkpipe.ground.errors import FormatError, ShapeError
from zkpipe.ground.files.reading import read_file
from zkpipe.ground.files.writing import atomic_write

MAX_BYTES = 1 << 31  # some 50 million signals
LONGEST = 1 << 16  # bytes of a line
CHUNK = 1 << 16  # lines that are written at a time: some megabytes
MAIN = "main"  # circom's name of the whole circuit
_NUMBER = "0|[1-9][0-9]{0,19}"
_LINE = re.compile(rf"({_NUMBER}),(-1|{_NUMBER}),({_NUMBER}),([^,]+)")
_FIX = "Compile the circuit again."

System = TypeVar("System", bound=R1CS)


@dataclass(frozen=True, slots=True)
class Symbol:
    """A signal of the source.

    wire  its place in the witness; None if it has none
    """

    label: int
    wire: int | None
    component: int
    name: str


def write_sym(path: Path, system: R1CS) -> None:
    """Write the names of a system's wires, but for the constant one, which circom leaves out.

    Raises FileError if it cannot be written, ShapeError if the system has no names or one that a
    line cannot hold.
    """
    symbols = system.symbols
    if symbols is None:
        raise ShapeError(
            f"{system.name} has no names for its wires: it was read from an .r1cs file.",
            "Compile the circuit's source, or keep the .sym file that came with the .r1cs.",
        )
    with atomic_write(path) as file:
        for lines in _lines(symbols, system.labels.tolist()):
            file.write(lines.encode("utf-8"))


def _lines(symbols: Sequence[str], labels: list[int]) -> Iterator[str]:
    """The lines of all wires but the constant one, CHUNK at a time."""
    from zkpipe.circuits.r1cs.names import WireNames  # names that only a compiled system has

    components: dict[str, int] = {}
    numbered = symbols.numbered if isinstance(symbols, WireNames) else None
    named = len(labels) if numbered is None else len(labels) - len(numbered.which)
    whole = islice(symbols, 1, named)
    for first in range(1, named, CHUNK):
        wires = range(first, min(named, first + CHUNK))
        rests = [_rest(symbol, components) for symbol in islice(whole, len(wires))]
        whole_lines = zip(labels[wires.start : wires.stop], wires, rests, strict=True)
        yield "".join(map("%d,%d,%s\n".__mod__, whole_lines))
    if numbered is None:
        return
    rests = [_rest(text, components) for text in numbered.texts]
    for first in range(0, len(numbered.which), CHUNK):
        own = slice(first, first + CHUNK)
        of_wire = map(rests.__getitem__, numbered.which[own].tolist())
        numbers = numbered.numbers[own].tolist()
        wires = range(named + first, named + first + len(numbers))
        lines = zip(labels[wires.start : wires.stop], wires, of_wire, numbers, strict=True)
        yield "".join(map("%d,%d,%s%d\n".__mod__, lines))


def _rest(symbol: str, components: dict[str, int]) -> str:
    """What of a line follows the wire's number; numbers the component if it is new."""
    name = f"{MAIN}.{symbol}"
    if "," in name or not name.isprintable():
        raise ShapeError(
            f"The name {symbol!a} does not fit in a line of a .sym file.",
            "Name signals with letters, digits, points, underscores and brackets.",
        )
    return f"{components.setdefault(name.rpartition('.')[0], len(components))},{name}"


def read_sym(path: Path) -> list[Symbol]:
    """Read the signals of a .sym file, in its order.

    Raises FileError if it cannot be read, FormatError for a line that is not as described.
    """
    return list(_symbols(path))


def with_names(system: System, path: Path) -> System:
    """The system with the names that a .sym file has for the labels of its wires, without `main.`.

    Raises FileError if it cannot be read, FormatError for a line that is not as described, a label
    that occurs twice, and a wire whose label is not there or stands beside another wire.
    """
    found: dict[int, Symbol] = {}
    for symbol in _symbols(path):
        if found.setdefault(symbol.label, symbol) is not symbol:
            raise _twice(path, symbol)
    names = ["one"]
    for wire, label in enumerate(system.labels.tolist()[1:], start=1):
        named = found.get(label)
        if named is None or named.wire != wire:
            raise FormatError(
                f"{path} belongs to another circuit than {system.name}: it has no name for wire "
                f"{wire} with the label {label}.",
                "Compile the circuit again, which writes both files; or remove the .sym file.",
            )
        names.append(named.name.removeprefix(f"{MAIN}."))
    dropped = {
        label: symbol.name.removeprefix(f"{MAIN}.")
        for label, symbol in found.items()
        if symbol.wire is None and system.public_count < label <= system.declared_count
    }
    return replace(system, symbols=names, dropped_inputs=dropped)


def read_public_names(path: Path, count: int) -> tuple[str, ...]:
    """The names of so many public values, whose labels and wires are 1, 2, ..., without `main.`.

    Reads on until all are found. Raises FileError, FormatError if the file has no such signals, or
    one whose name cannot be carried (circuits.r1cs.public_names).
    """
    names: dict[int, str] = {}
    for symbol in _symbols(path):
        if symbol.label == symbol.wire and 1 <= symbol.label <= count:
            if symbol.label in names:
                raise _twice(path, symbol)
            names[symbol.label] = symbol.name.removeprefix(f"{MAIN}.")
            if len(names) == count:
                found = carried([names[label] for label in range(1, count + 1)])
                if found is not None:
                    return found
                raise FormatError(
                    f"{path} has names for public values that a key does not carry: too many, or "
                    "other than identifiers, points and indices.",
                    "Leave --sym out: the values are then shown by their numbers.",
                )
    raise FormatError(
        f"{path} has no names for {count} public values: it belongs to another circuit.",
        "Give the .sym file of the circuit that the key was made for.",
    )


def _twice(path: Path, symbol: Symbol) -> FormatError:
    return FormatError(f"{path} names the label {symbol.label} twice.", _FIX)


def _symbols(path: Path) -> Iterator[Symbol]:
    """The symbols one after another: a bad line ends the reading of a large file."""
    data = read_file(path, MAX_BYTES)
    if not data.endswith(b"\n"):
        raise FormatError(f"{path} is empty or its last line is cut short.", _FIX)
    lines = io.BytesIO(data)
    for number, line in enumerate(iter(lambda: lines.readline(LONGEST), b""), start=1):
        if not line.endswith(b"\n"):  # else its rest would be read as a line of its own
            raise FormatError(f"{path}: line {number} has more than {LONGEST} bytes.", _FIX)
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            byte = lines.tell() - len(line) + error.start
            raise FormatError(f"{path} is not UTF-8: byte {byte}.", _FIX) from error
        yield _symbol(path, number, text.removesuffix("\n"))


def _symbol(path: Path, number: int, line: str) -> Symbol:
    match = _LINE.fullmatch(line)
    if match is None or not match[4].isprintable():
        raise FormatError(f"{path}: line {number} is not `label,wire,component,name`.", _FIX)
    wire = int(match[2])
    if int(match[1]) >= 1 << 64 or wire >= 1 << 32 or int(match[3]) >= 1 << 32:
        raise FormatError(f"{path}: line {number} has a number that no .r1cs file has.", _FIX)
    return Symbol(int(match[1]), None if wire < 0 else wire, int(match[3]), match[4])
