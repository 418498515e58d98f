"""What the programs of circom 2 export and import, and what their codes say.

A program computes in a memory of its own. Values pass through a window of eight words of 32 bits,
the least first: readSharedRWMemory and writeSharedRWMemory. An input is known by the FNV-1a hash
of its name in two words. When the last input is set, the witness is computed. A program that
cannot go on calls exceptionHandler with a code, and before it printErrorMessage for each line that
getMessageChar then spells.

Source: iden3/circom, code_producers/src/wasm_elements, for exports, imports and codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING

from zkpipe.ground.errors import FormatError

if TYPE_CHECKING:
    import wasmtime

EXPORTS = {  # name: how many numbers of 32 bits it takes and gives
    "getVersion": (0, 1),
    "getFieldNumLen32": (0, 1),
    "getRawPrime": (0, 0),
    "getWitnessSize": (0, 1),
    "getInputSize": (0, 1),
    "getInputSignalSize": (2, 1),
    "getMessageChar": (0, 1),
    "readSharedRWMemory": (1, 1),
    "writeSharedRWMemory": (2, 0),
    "init": (1, 0),
    "setInputSignal": (3, 0),
    "getWitness": (1, 0),
}
MAYBE = {"getMinorVersion": (0, 1), "getPatchVersion": (0, 1)}  # since 2.0.7
IMPORTS = {  # of the module `runtime`
    "exceptionHandler": (1, 0),
    "printErrorMessage": (0, 0),
    "writeBufferMessage": (0, 0),
    "showSharedRWMemory": (0, 0),
}
VERSION = 2
WORDS = 8  # of 32 bits in an element
RECOMPILE = "Compile the circuit again, with circom 2.1 or later and `--wasm`."


class Code(IntEnum):
    """What a program says that it cannot go on for."""

    NOT_FOUND = 1
    TOO_MANY = 2
    ALREADY_SET = 3
    ASSERTION = 4
    MEMORY = 5
    BEYOND_INPUT = 6
    BEYOND_ARRAY = 7
    WITHIN_AN_IMPORT = 1 << 32  # ours: a program's have 32 bits


class Stopped(Exception):  # an event; whoever runs the program makes an error of it
    """A program called exceptionHandler.

    lines  of its message, the innermost template first
    """

    def __init__(self, code: int, lines: Sequence[str]) -> None:
        super().__init__(code)
        self.code = code
        self.lines = tuple(lines)


def hashed(name: str) -> int:
    """FNV-1a of a name in 64 bits."""
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = (value ^ byte) * 0x100000001B3 % (1 << 64)
    return value


def signed_words(value: int) -> tuple[int, int]:
    """The upper and the lower word of 64 bits, as WebAssembly's calls take them."""
    return _signed(value >> 32), _signed(value & 0xFFFFFFFF)


def _signed(word: int) -> int:
    return word - (1 << 32) if word >> 31 else word


def refuse_others(module: wasmtime.Module, name: str) -> None:
    """Raises FormatError for a program that is not circom's: it lacks exports, or imports more."""
    from wasmtime import FuncType

    for wanted in module.imports:
        known = IMPORTS.get(str(wanted.name)) if wanted.module == "runtime" else None
        if known is None or not isinstance(wanted.type, FuncType) or _shape(wanted.type) != known:
            what = f"{wanted.module}.{wanted.name}"
            if what == "env.memory":
                raise FormatError(f"{name} was made by circom 1.", RECOMPILE)
            raise FormatError(
                f"{name} imports {_shown(what)}, which no program of circom 2 does.",
                "Give the .wasm that circom wrote for the circuit.",
            )
    there = {export.name: export.type for export in module.exports}
    for export, shape in {**EXPORTS, **MAYBE}.items():
        type_ = there.get(export)
        if type_ is None and export in MAYBE:
            continue
        if not isinstance(type_, FuncType) or _shape(type_) != shape:
            if "getVersion" in there and export == "getInputSignalSize":
                raise FormatError(f"{name} was made by an early circom 2.", RECOMPILE)
            raise FormatError(
                f"{name} is not a program of circom 2: it does not export {export}.",
                "Give the .wasm that circom wrote for the circuit.",
            )


def _shape(type_: wasmtime.FuncType) -> tuple[int, int] | None:
    """How many numbers of 32 bits a function takes and gives; None if it has others."""
    from wasmtime import ValType

    if any(part != ValType.i32() for part in (*type_.params, *type_.results)):
        return None
    return len(type_.params), len(type_.results)


def _shown(text: str) -> str:
    return ascii(text[:80]).strip("'\"")
