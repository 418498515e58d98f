"""Programs that are circom's in form: written here as text, honest but for what a test replaces."""

from __future__ import annotations

from wasmtime import wat2wasm

from zkpipe.accel.bn254 import R

PARTS = {  # export: its function; memory 0 holds the window, 32 what was set
    "getVersion": "(result i32) (i32.const 2)",
    "getFieldNumLen32": "(result i32) (i32.const 8)",
    "getRawPrime": "(memory.copy (i32.const 0) (i32.const 64) (i32.const 32))",
    "getWitnessSize": "(result i32) (i32.const 2)",
    "getInputSize": "(result i32) (i32.const 1)",
    "getInputSignalSize": "(param i32 i32) (result i32) (i32.const 1)",
    "getMessageChar": "(result i32) (i32.const 0)",
    "readSharedRWMemory": (
        "(param i32) (result i32) (i32.load (i32.shl (local.get 0) (i32.const 2)))"
    ),
    "writeSharedRWMemory": (
        "(param i32 i32) (i32.store (i32.shl (local.get 0) (i32.const 2)) (local.get 1))"
    ),
    "init": "(param i32)",
    "setInputSignal": (
        "(param i32 i32 i32) (if (i32.eq (local.get 2) (i32.const -1))"
        " (then (call $exceptionHandler (i32.const 6))))"
        " (memory.copy (i32.const 32) (i32.const 0) (i32.const 32))"
    ),
    "getWitness": (
        "(param i32) (if (local.get 0)"
        " (then (memory.copy (i32.const 0) (i32.const 32) (i32.const 32)))"
        " (else (memory.fill (i32.const 0) (i32.const 0) (i32.const 32))"
        " (i32.store (i32.const 0) (i32.const 1))))"
    ),
}
IMPORTS = (
    '(import "runtime" "exceptionHandler" (func $exceptionHandler (param i32)))'
    '(import "runtime" "printErrorMessage" (func $printErrorMessage))'
    '(import "runtime" "writeBufferMessage" (func $writeBufferMessage))'
    '(import "runtime" "showSharedRWMemory" (func $showSharedRWMemory))'
)


def program(
    *,
    imports: str = IMPORTS,
    memory: str = '(memory (export "memory") 1)',
    more: str = "",
    without: str = "",
    prime: int = R,
    **parts: str,
) -> bytes:
    """A circuit of one input, x, whose witness is 1 and x.

    parts    functions in the place of those above
    more     of the module
    without  an export that is left out
    """
    functions = "".join(
        f'(func ${name} (export "{name}") {body})'
        for name, body in {**PARTS, **parts}.items()
        if name != without
    )
    data = "".join(f"\\{byte:02x}" for byte in prime.to_bytes(32, "little"))
    return bytes(
        wat2wasm(f'(module {imports} {memory} (data (i32.const 64) "{data}") {more} {functions})')
    )
