"""A circuit that circom compiled to a .wasm: its witness for inputs by name.

    calculator = WitnessCalculator.load("square_js/square.wasm")
    witness = calculator.solve(root=12)
    proof = prove(key, witness)

The program is somebody's code. It runs in a sandbox (circuits.circom.sandbox), in a new memory for
each witness. What it says is checked as a file would be: values are canonical, the first is 1. It
is not asked whether they satisfy the circuit: `prove` finds that out.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TypeVar

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.fields.ranges import first_not_below
from zkpipe.circuits.circom.failures import places, why_stopped, why_trapped
from zkpipe.circuits.circom.inputs import signals
from zkpipe.circuits.circom.interface import Stopped, hashed, refuse_others
from zkpipe.circuits.circom.run import CARRIER, Run, check_field
from zkpipe.circuits.circom.sandbox import PAGE, Limits, Sandbox
from zkpipe.circuits.errors import CalculatorError, InputError
from zkpipe.circuits.formats.sym import MAIN, each_symbol
from zkpipe.circuits.witness import Witness
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.reading import FileError, read_file
from zkpipe.ground.kinds import require_path

MAGIC = b"\0asm"
MAX_BYTES = 1 << 28  # of a program: one of 10^6 constraints has some 10^7
MOST_NAMES = 4096  # whose sizes are kept
SHOWN = 5  # names in a message
_INDICES = re.compile(r"(\[[0-9]+\])+$")
DEFAULTS = Limits()

T = TypeVar("T")
Log = Callable[[str], None]
Signals = Mapping[int, Sequence[int]]  # canonical, flat, by the hash of the signal's name


class WitnessCalculator:
    """A program of circom 2, compiled to native code.

    name         of the circuit
    version      of circom: 2.2.3
    digest       SHA-256 of the .wasm, in hex; it is not the digest of a constraint system
    wire_count   values of a witness
    input_count  values of all inputs

    One witness is computed at a time; calls from other threads wait.
    """

    def __init__(
        self, code: bytes, name: str, limits: Limits = DEFAULTS, symbols: tuple[Path, ...] = ()
    ) -> None:
        """Compile a program.

        symbols  where its .sym file may lie, which names inputs in errors; it need not be there

        Raises FormatError for what is no program of circom 2 over BN254's scalar field;
        CalculatorError if it takes more time or memory than it may; MissingError if wasmtime is
        not installed.

        Cost: 0.3 us of a processor a byte; some 20 bytes of memory a byte.
        """
        from wasmtime import WasmtimeError, wat2wasm

        self.name = name
        self.digest = sha256(code).hexdigest()
        self._symbols = symbols
        self._places = places(code)
        self._sizes: dict[str, int | None] = {}
        self._sandbox = Sandbox(name, limits)
        try:
            self._module = self._sandbox.compiled(code)
        except WasmtimeError as error:
            raise FormatError(
                f"{name} is not WebAssembly, or of a kind that circom does not write.",
                "Give the .wasm that circom wrote for the circuit.",
            ) from error
        refuse_others(self._module, name)
        self._refuse_large_memory()
        self._carrier = self._sandbox.compiled(bytes(wat2wasm(CARRIER)))
        self.version, self.wire_count, self.input_count = self._run(self._facts)

    def __repr__(self) -> str:
        return f"<witness calculator {self.name}: {self.wire_count} wires>"

    @staticmethod
    def load(path: str | Path, limits: Limits = DEFAULTS) -> WitnessCalculator:
        """Read and compile a .wasm. Raises FileError, and what WitnessCalculator raises."""
        from zkpipe.circuits.circom.sandbox import runtime

        place = require_path("WitnessCalculator.load", "path", path)
        code = read_file(place, MAX_BYTES)
        if not code.startswith(MAGIC):
            raise FormatError(
                f"{place} is not a WebAssembly program.",
                "Give the .wasm that circom wrote for the circuit.",
            )
        runtime()
        beside = place.with_suffix(".sym")  # circom writes C.sym and C_js/C.wasm
        return WitnessCalculator(
            code, place.stem, limits, (beside, place.parent.parent / beside.name)
        )

    def solve(self, /, **inputs: object) -> Witness:
        """The witness for these inputs, given by name as INPUT.json has them.

        Raises InputError (a name, a count or a value that does not fit), UnsatisfiedError (an
        assertion of the circuit fails; the evidence is circom's message with its line; or it
        divides by zero),
        CalculatorError (more time or memory than it may take).
        """
        return self.solve_signals(self.bound(inputs))

    def bound(self, inputs: Mapping[str, object]) -> Signals:
        """The values of every input signal by the hash of its name. Raises InputError."""
        values = signals(inputs)
        if not self.input_count:  # then it knows no name: `signal input none[0]` is given as []
            values = {name: given for name, given in values.items() if given}
        sizes, hashes = self.sizes(values), {hashed(name): name for name in values}
        for name, given in values.items():
            size = sizes[name]
            if size is None or hashes[hashed(name)] != name:
                raise self._unknown(name)
            if len(given) != size:
                raise InputError(
                    f"`{name}` takes {size} value{'s' * (size != 1)}, and was given {len(given)}.",
                    "Give as many values as the signal has, in one list or in nested ones.",
                    name,
                )
        if sum(map(len, values.values())) != self.input_count:
            raise self._missing(values)
        return {hashed(name): values[name] for name in sorted(values)}

    def solve_signals(self, values: Signals, log: Log | None = None) -> Witness:
        """The witness for what `bound` gave.

        log  takes the lines that the circuit logs, which may hold private values; None drops them

        Raises UnsatisfiedError, CalculatorError.
        """
        found = self._run(lambda: self._solved(values, log))
        if found[0].tolist() != [1, 0, 0, 0] or first_not_below(found, R) is not None:
            raise CalculatorError(
                f"{self.name} gave values that are no witness: the first is 1, all are below r.",
                "Compile the circuit again.",
            )
        return Witness(found, None)

    def sizes(self, names: Iterable[str]) -> dict[str, int | None]:
        """How many values the input signals of these names have; None for what is no input."""
        wanted = list(dict.fromkeys(names))
        new = [name for name in wanted if name not in self._sizes]
        found = self._run(lambda: self._looked_up(new)) if new else {}
        sizes = {name: found[name] if name in found else self._sizes[name] for name in wanted}
        if len(self._sizes) + len(found) <= MOST_NAMES:
            self._sizes.update(found)
        return sizes

    def input_names(self) -> list[str]:
        """The names of the input signals, as far as the .sym beside the program knows them."""
        sizes = self.sizes(islice(self._names_in_sym(), MOST_NAMES))
        return [name for name, size in sizes.items() if size]

    # --- within the sandbox

    def _run(self, call: Callable[[], T]) -> T:
        from wasmtime import Trap, WasmtimeError

        try:
            return self._sandbox.run(call)
        except Stopped as stopped:
            raise why_stopped(self.name, stopped, self._places) from None
        except (Trap, WasmtimeError) as error:
            raise why_trapped(self.name, error) from None

    def _new(self, log: Log | None = None) -> Run:
        return Run(self._sandbox, self._module, self._carrier, log)

    def _facts(self) -> tuple[str, int, int]:
        with self._new() as run:
            check_field(run, self.name)
            version = run.version()
            wires, inputs = run.call("getWitnessSize"), run.call("getInputSize")
        if wires == 0 or 32 * max(wires, inputs) > self._sandbox.limits.bytes:
            raise CalculatorError(
                f"{self.name} claims a witness of {wires} values and {inputs} inputs, which do not "
                "fit into the memory that it may take.",
                "Use a machine with more memory, or compile the circuit again.",
            )
        return version, wires, inputs

    def _looked_up(self, names: Iterable[str]) -> dict[str, int | None]:
        if not self.input_count:
            return dict.fromkeys(names)
        with self._new() as run:
            run.call("init", 0)
            return {name: run.size(hashed(name)) if name.isascii() else None for name in names}

    def _solved(self, values: Signals, log: Log | None) -> Words:
        with self._new(log) as run:
            run.call("init", 0)
            for signal, given in values.items():
                run.give(signal, words_from_ints(given))
            return run.take(self.wire_count)

    def _refuse_large_memory(self) -> None:
        from wasmtime import MemoryType

        for export in self._module.exports:
            if not isinstance(export.type, MemoryType):
                continue
            needed = export.type.limits.min * PAGE
            if needed > self._sandbox.limits.bytes:
                raise CalculatorError(
                    f"{self.name} needs {needed} bytes of memory and may take "
                    f"{self._sandbox.limits.bytes}.",
                    "Use a machine with more memory, or allow more.",
                )

    # --- errors

    def _unknown(self, name: str) -> InputError:
        names = self.input_names()
        near = difflib.get_close_matches(name, names, 1)
        if near:
            fix = f"Did you mean `{near[0]}`?"
        elif names:
            fix = f"Its inputs are {_listed(names)}."
        else:
            fix = "Give the names of the input signals of the main component."
        return InputError(f"{self.name} has no input `{name}`.", fix, name)

    def _missing(self, values: Mapping[str, list[int]]) -> InputError:
        missing = [name for name in self.input_names() if name not in values]
        if missing:
            return InputError(
                f"{self.name} is missing the input{'s' * (len(missing) > 1)} {_listed(missing)}.",
                f"Give {_listed(missing)}.",
                missing[0],
            )
        given = sum(map(len, values.values()))
        return InputError(
            f"{self.name} takes {self.input_count} values, and was given {given}: inputs are "
            "missing.",
            "Give every input signal of the main component. With the .sym file beside the .wasm, "
            "this message names them.",
        )

    def _names_in_sym(self) -> Iterator[str]:
        """The signals that the .sym file names, in its order: circom's has inputs near its top."""
        seen: set[str] = set()
        for path in self._symbols:
            with suppress(FormatError, FileError):  # it is there for the names in errors alone
                for symbol in each_symbol(path):
                    name = _INDICES.sub("", symbol.name.removeprefix(f"{MAIN}."))
                    if name not in seen:
                        seen.add(name)
                        yield name
            if seen:
                return


def _listed(names: Iterable[str]) -> str:
    known = list(names)
    more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
    return ", ".join(f"`{name}`" for name in known[:SHOWN]) + more
