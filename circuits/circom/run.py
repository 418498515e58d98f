"""One run of a program: inputs in, the witness out, in a memory that is new.

Values pass in bulk by a program of ours, the carrier, which calls the exports for each: a call
from Python takes some 10 us, and from there 50 ns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words
from zkpipe.circuits.circom.interface import RECOMPILE, VERSION, WORDS, Code, Stopped, signed_words
from zkpipe.ground.errors import FormatError

if TYPE_CHECKING:
    import wasmtime

    from zkpipe.circuits.circom.sandbox import Sandbox

AT_ONCE = 1 << 15  # values that the carrier's memory holds: 1 MiB
LONGEST = 256  # bytes of a message: circom's buffer holds 240
MOST_LINES = 64  # of messages about one failure
MOST_PARTS = 4096  # of a line that the circuit logs
NOWHERE = -1  # a place beyond every array

CARRIER = f"""(module
  (import "circom" "readSharedRWMemory" (func $read (param i32) (result i32)))
  (import "circom" "writeSharedRWMemory" (func $write (param i32 i32)))
  (import "circom" "getWitness" (func $get (param i32)))
  (import "circom" "setInputSignal" (func $set (param i32 i32 i32)))
  (memory (export "values") {AT_ONCE * 4 * WORDS >> 16})

  ;; values[k] = witness[first + k] for k below count
  (func (export "take") (param $first i32) (param $count i32)
    (local $k i32) (local $word i32) (local $at i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $k) (local.get $count)))
        (call $get (i32.add (local.get $first) (local.get $k)))
        (local.set $word (i32.const 0))
        (loop $words
          (i32.store (local.get $at) (call $read (local.get $word)))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (local.set $word (i32.add (local.get $word) (i32.const 1)))
          (br_if $words (i32.lt_u (local.get $word) (i32.const {WORDS}))))
        (local.set $k (i32.add (local.get $k) (i32.const 1)))
        (br $next))))

  ;; input[first + k] = values[k] for k below count; the input is known by its hash
  (func (export "give") (param $high i32) (param $low i32) (param $first i32) (param $count i32)
    (local $k i32) (local $word i32) (local $at i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $k) (local.get $count)))
        (local.set $word (i32.const 0))
        (loop $words
          (call $write (local.get $word) (i32.load (local.get $at)))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (local.set $word (i32.add (local.get $word) (i32.const 1)))
          (br_if $words (i32.lt_u (local.get $word) (i32.const {WORDS}))))
        (call $set (local.get $high) (local.get $low)
          (i32.add (local.get $first) (local.get $k)))
        (local.set $k (i32.add (local.get $k) (i32.const 1)))
        (br $next)))))
"""


class Run:
    """A program with a new memory, as a context: to be opened and used within `Sandbox.run`.

    log  takes the lines that the circuit logs, which may hold private values; None drops them

    The end of the block frees the memory. wasmtime would keep it until the process ends, since what
    the program calls refers to it, and would then call what Python has removed.

    Methods raise Stopped, and what wasmtime raises.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        module: wasmtime.Module,
        carrier: wasmtime.Module,
        log: Callable[[str], None] | None = None,
    ) -> None:
        self._program = module, carrier
        self._store = sandbox.store()
        self._log = log
        self._logged: list[str] = []
        self._lines: list[str] = []
        self._stopped: Stopped | None = None
        self._is_asking = False  # an import, for what the program's exports give

    def __enter__(self) -> Run:
        try:
            self._start(*self._program)
        except BaseException:
            self._store.close()
            if self._stopped is not None:  # it did nothing yet, and gives up
                raise self._stopped from None
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()

    def _start(self, module: wasmtime.Module, carrier: wasmtime.Module) -> None:
        from wasmtime import Func, FuncType, Instance

        imports: dict[str, Callable[..., None]] = {
            "exceptionHandler": self._stop,
            "printErrorMessage": self._keep_line,
            "writeBufferMessage": self._write,
            "showSharedRWMemory": self._write_value,
        }
        given = [
            Func(self._store, type_, imports[str(wanted.name)], access_caller=True)
            for wanted in module.imports
            if isinstance(type_ := wanted.type, FuncType)  # others are refused by then
        ]
        instance = Instance(self._store, module, given)
        self._exports = instance.exports(self._store)
        needs = [self._exports[str(wanted.name)] for wanted in carrier.imports]
        self._carrier: Any = Instance(self._store, carrier, needs).exports(self._store)

    def call(self, name: str, *words: int) -> int:
        """Call an export; its result without a sign, or 0."""
        return self._called(self._exports[name], *words)

    def _called(self, function: Any, *words: int) -> int:
        try:
            result = function(self._store, *words)
        except BaseException:  # of wasmtime: in threads it may even be another program's
            if self._stopped is not None:
                raise self._stopped from None
            raise
        if self._stopped is not None:
            raise self._stopped
        return 0 if result is None else int(result) % (1 << 32)

    def version(self) -> str:
        """Of the compiler, as far as the program says."""
        parts = ["getVersion", "getMinorVersion", "getPatchVersion"]
        return ".".join(str(self.call(part)) for part in parts if part in self._exports)

    def prime(self) -> int:
        """What the program computes modulo; 0 if its elements are not of eight words."""
        if self.call("getFieldNumLen32") != WORDS:
            return 0
        self.call("getRawPrime")
        return sum(self.call("readSharedRWMemory", i) << 32 * i for i in range(WORDS))

    def size(self, signal: int) -> int | None:
        """How many values an input has; None if there is none of that name, which is hashed.

        getInputSignalSize answers anything for an unknown name. So the input is set beyond its
        end, which fails in either case, and the code says whether it is there.
        """
        high, low = signed_words(signal)
        try:
            self.call("setInputSignal", high, low, NOWHERE)
        except Stopped as stopped:
            self._stopped, self._lines = None, []
            if stopped.code == Code.BEYOND_INPUT:
                return self.call("getInputSignalSize", high, low)
        return None

    def give(self, signal: int, values: Words) -> None:
        """Set an input, by the hash of its name. values (n, 4) uint64, canonical."""
        high, low = signed_words(signal)
        for first in range(0, len(values), AT_ONCE):
            some = np.ascontiguousarray(values[first : first + AT_ONCE], dtype="<u8")
            self._carrier["values"].write(self._store, bytearray(some.tobytes()), 0)
            self._called(self._carrier["give"], high, low, first, len(some))

    def take(self, count: int) -> Words:
        """So many values of the witness: (count, 4) uint64, as the program gives them."""
        out = np.empty((count, 4), dtype="<u8")
        for first in range(0, count, AT_ONCE):
            some = out[first : first + AT_ONCE]
            self._called(self._carrier["take"], first, len(some))
            data = self._carrier["values"].read(self._store, 0, some.nbytes)
            some[:] = np.frombuffer(data, dtype="<u8").reshape(-1, 4)
        return out.view(np.uint64)

    # --- imports, called by the program

    def _stop(self, _caller: wasmtime.Caller, code: int) -> None:
        self._stopped = Stopped(code, self._lines)
        raise self._stopped

    def _keep_line(self, caller: wasmtime.Caller) -> None:
        line = self._message(caller)
        if len(self._lines) < MOST_LINES:
            self._lines.append(line)

    def _write(self, caller: wasmtime.Caller) -> None:
        """A part of a line that the circuit logs, or its end."""
        if self._log is None:
            return
        part = self._message(caller, strip=False)
        if part != "\n":
            self._logged = [*self._logged[:MOST_PARTS], _printable(part)]
            return
        line, self._logged = " ".join(self._logged), []
        self._log(line)

    def _write_value(self, caller: wasmtime.Caller) -> None:
        if self._log is None:
            return
        with self._asking():
            read: Any = caller["readSharedRWMemory"]
            value = sum(read(caller, i) % (1 << 32) << 32 * i for i in range(WORDS))
        self._logged = [*self._logged[:MOST_PARTS], str(value)]

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Stop a program that calls an import from what an import calls: it might never end."""
        if self._is_asking:
            self._stopped = Stopped(Code.WITHIN_AN_IMPORT, ())
            raise self._stopped
        self._is_asking = True
        try:
            yield
        finally:
            self._is_asking = False

    def _message(self, caller: wasmtime.Caller, *, strip: bool = True) -> str:
        """What getMessageChar spells."""
        found: list[int] = []
        with self._asking():
            get: Any = caller["getMessageChar"]
            while len(found) < LONGEST and (byte := get(caller) & 0xFF):
                found.append(byte)
        text = bytes(found).decode("utf-8", "replace")
        return _printable(text.strip()) if strip else text


def check_field(run: Run, name: str) -> None:
    """Raises FormatError for a program over another field than BN254's, or of another version."""
    if run.call("getVersion") != VERSION:
        raise FormatError(f"{name} was not made by circom 2.", RECOMPILE)
    if run.prime() != R:
        raise FormatError(
            f"{name} computes in another field than BN254's.",
            "Compile the circuit with `--prime bn128`, which is circom's default.",
        )


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)
