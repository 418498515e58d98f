"""Circuits from files: a compiled one from .r1cs, one in Python from its author's module.

A module is run as Python runs any import, with its folder first on the path, so a circuit may
import its neighbours. What it prints goes to stderr: stdout is for the command's answer. What it
raises is told with the author's own file and line.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

from zkpipe.circuits.errors import CompileError
from zkpipe.circuits.formats.sym import with_names
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.circuits.witness import Witness
from zkpipe.cli.authors.author_module import Home, home_of, neighbours, run
from zkpipe.cli.authors.authors_errors import fix_of, message_of, place_of
from zkpipe.cli.authors.circuit_name import CircuitName
from zkpipe.cli.console.progress import progress
from zkpipe.cli.files.file_kind import Kind, expect
from zkpipe.cli.machine.warm_up import compile_kernels
from zkpipe.ground.errors import FormatError, ZkpipeError, ZkpipeWarning
from zkpipe.ground.files.reading import read_file
from zkpipe.ground.process.interruption import ends_the_process

LARGEST = 1 << 24  # bytes of a source file


def load_system(source: CircuitName) -> ConstraintSystem:
    """Read an .r1cs, or run the author's module and compile its circuit.

    Raises FileError, FormatError, CompileError.
    """
    if source.is_compiled:
        expect((source.path, Kind.R1CS))
        compile_kernels()
        with progress(f"reading {source.path}"):
            return ConstraintSystem.load(source.path)
    return _compiled(source, lambda circuit: circuit.compile())


def load_traced_system(source: CircuitName, names: Path | None) -> ConstraintSystem:
    """As load_named_system, without the proof that the inputs determine every value.

    names  the .sym file of an .r1cs; None for the one beside it, if there is one

    Raises also CompileError if a file of names is given for a circuit that has names.
    """
    if not source.is_compiled:
        if names is not None:
            raise CompileError(f"{source.path} has names of its own.", "Leave out --sym.")
        return _compiled(source, lambda circuit: circuit.trace())
    if names is not None:
        return with_names(load_system(source), names)
    return load_named_system(source)


def _compiled(
    source: CircuitName, compile_circuit: Callable[[Any], ConstraintSystem]
) -> ConstraintSystem:
    path = source.path
    if source.own is not None:
        with progress(f"compiling {source}"):
            return compile_circuit(_own_circuit(source.own))
    expect((path, Kind.CIRCUIT))
    read_file(path, LARGEST)  # says what is wrong with the file itself
    home = home_of(source)
    with neighbours(home), redirect_stdout(sys.stderr):
        running = progress(f"running {source}")
        with running, _authors_errors(source, home, every=True), redirect_stderr(sys.stderr):
            module = run(home)
        circuit = _choose(_circuits_of(module), source)
        with progress(f"compiling {circuit.name}"), _authors_errors(source, home, every=False):
            return compile_circuit(circuit)


def _own_circuit(words: str) -> Any:
    """One of the data exchange's own circuits. Raises FileError, FormatError, SchemaError."""
    from zkpipe.exchange.clients.circuits import source_of

    return source_of(words).template().circuit


def load_named_system(source: CircuitName) -> ConstraintSystem:
    """As load_system; the wires of an .r1cs have names if its .sym file lies beside it.

    Raises FormatError also for a .sym file of another circuit.
    """
    system = load_system(source)
    names = source.path.with_suffix(".sym")
    if source.is_compiled and names.exists():
        return with_names(system, names)
    return system


def load_system_with_known_names(source: CircuitName) -> ConstraintSystem:
    """As load_named_system; a .sym file that cannot serve is a warning, and the names are unknown.

    Warns also of names of public values that a key cannot carry.
    """
    try:
        system = load_named_system(source)
    except FormatError as error:
        names = source.path.with_suffix(".sym")
        if str(names) not in error.problem:
            raise
        ZkpipeWarning("names-unknown", error.problem, error.fix).report()
        return load_system(source)
    if system.symbols is not None and system.public_count and system.public_names is None:
        ZkpipeWarning(
            "names-not-carried",
            f"The public values of {system.name} have names that a key does not carry: too many, "
            "or other than identifiers, points and indices.",
            "Commands that use the key show the values by their numbers.",
        ).report()
    return system


def solve_quietly(
    source: CircuitName, system: ConstraintSystem, inputs: Mapping[str, object]
) -> Witness:
    """Solve; the author's hints may import, and what they print goes to stderr.

    Raises InputError, UnsatisfiedError.
    """
    with neighbours(home_of(source)), redirect_stdout(sys.stderr):
        return system.solve(**inputs)


def _circuits_of(module: ModuleType) -> dict[str, Any]:
    """The circuits of a module by the names that it has for them: its own, or else all.

    A circuit under several names has its function's, if that is one of them.
    """
    from zkpipe.circuits.define.circuit import Circuit

    values = {name: _circuit_in(x) for name, x in vars(module).items()}
    found = {name: x for name, x in values.items() if isinstance(x, Circuit)}
    own = {n: c for n, c in found.items() if c.function.__module__ == module.__name__} or found
    return {n: c for n, c in own.items() if n == c.name or own.get(c.name) is not c}


def _circuit_in(value: Any) -> Any:
    """The circuit of a template of the data exchange; any other value as it is."""
    templates = sys.modules.get("zkpipe.exchange.circuits.template")
    is_template = templates is not None and isinstance(value, templates.Template)
    return value.circuit if is_template else value


def _choose(circuits: Mapping[str, Any], source: CircuitName) -> Any:
    name = source.name
    if not circuits:
        raise CompileError(
            f"{source} has no circuit.", "Write @circuit above the function that is one."
        )
    if name is None and len(set(map(id, circuits.values()))) > 1:
        raise CompileError(
            f"{source} has {len(circuits)} circuits: {', '.join(circuits)}.",
            f"Say which: {source}:{next(iter(circuits))}.",
        )
    if name is not None and name not in circuits:
        near = get_close_matches(name, circuits, 1)
        raise CompileError(
            f"{source} has no circuit {name!r}; it has {', '.join(circuits)}.",
            f"Did you mean {source}:{near[0]}?" if near else "Give one of these names.",
        )
    return circuits[name] if name else next(iter(circuits.values()))


@contextmanager
def _authors_errors(source: CircuitName, home: Home, *, every: bool) -> Iterator[None]:
    """What the author's text raises becomes a CompileError that names the line.

    every  also what was raised without a line of the author's: a file that is no Python
    """
    try:
        yield
    except ZkpipeError:
        raise
    except BaseException as error:  # pytest.skip raises one that is no Exception
        if ends_the_process(error):
            raise
        command = f"python -m {home.name}" if home.package else f"python {source.path}"
        place = place_of(error, source.path)
        if place is None and not every:
            raise
        raise CompileError(
            f"{source} raises {type(error).__name__}: {message_of(error)}.",
            fix_of(error, source.path, command),
            place,
        ) from error
