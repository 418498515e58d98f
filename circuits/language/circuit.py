"""@circuit: a typed function as a circuit that compiles, and that runs on plain values.

system = income_proof.compile()        its constraints
income_proof(c, 4000, incomes, salt)   the plain run: the outputs as integers
"""

from __future__ import annotations

import inspect
import linecache
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import update_wrapper
from pathlib import Path
from types import FunctionType
from typing import Any, get_args, get_origin

from accel.bn254 import R
from circuits.compile.assemble import assemble
from circuits.compile.combination import Combination
from circuits.compile.lowering import TracingEngine
from circuits.compile.rows import Coefficients
from circuits.errors import CompileError, Source
from circuits.language import inputs
from circuits.language.engine import Engine, current_engine
from circuits.language.inputs import Parameter
from circuits.language.plain import PlainEngine
from circuits.language.refusals import describe
from circuits.language.signal import Signal, constant, plain_integer
from circuits.language.types import (
    ArrayType,
    FieldType,
    IntegerType,
    Type,
    Visible,
    leaf_paths,
    map_structure,
)
from circuits.system import ConstraintSystem

Output = tuple[str, FieldType | IntegerType, Signal]


class Circuit:
    """A circuit: compile() gives its constraint system, a call runs it on plain values.

    name        of the function
    parameters  in their order
    returns     the type of the public outputs; a tuple of types; None if there are none
    """

    def __init__(self, function: FunctionType, names: dict[str, Any]) -> None:
        self.function = function
        self.name = function.__name__
        annotations = annotations_of(function, names)
        self.parameters = tuple(_parameters(function, annotations))
        self.returns = _outputs(function, annotations)
        update_wrapper(self, function)

    def __repr__(self) -> str:
        return f"<circuit {self.name}>"

    def compile(self) -> ConstraintSystem:
        """The circuit's constraint system. The same source gives the same bytes.

        Raises CompileError.
        """
        leaf_list = [
            (parameter, path, type_)
            for parameter in self.parameters
            for path, type_ in leaf_paths(parameter.type, parameter.name)
        ]
        engine = TracingEngine(Coefficients(), len(leaf_list), None)
        payloads: list[Combination] = []
        for slot, (_, path, type_) in enumerate(leaf_list, start=1):
            if isinstance(type_, IntegerType):
                engine.bind_input(slot, path, type_)
            payloads.append({slot: 1})
        result = self._run(engine, payloads)
        outputs = [
            (path, type_, engine.combination(s.value))
            for path, type_, s in self._typed(engine, result)
        ]
        return assemble(self, engine, leaf_list, outputs)

    def __call__(self, /, *positional: object, **named: object) -> Any:
        """The plain run: the outputs as integers, in lists and tuples as declared.

        Raises InputError, UnsatisfiedError, and CompileError for what would not compile.
        """
        bound = inputs.bind(self.name, self.parameters, positional, named)
        engine = PlainEngine(self.name)
        payloads = [
            value % R if isinstance(type_, FieldType) else value
            for parameter in self.parameters
            for (_, type_), value in zip(
                leaf_paths(parameter.type, parameter.name),
                inputs.integers(parameter, bound[parameter.name]),
                strict=True,
            )
        ]
        result = self._run(engine, payloads)
        values = iter(
            s.value % R if isinstance(type_, FieldType) else s.value
            for _, type_, s in self._typed(engine, result)
        )
        if self.returns is None:
            return None
        return map_structure(lambda _: next(values), result)

    def _run(self, engine: Engine, payloads: Sequence[Any]) -> object:
        """The body on signals of the engine."""
        values = iter(payloads)
        arguments = [_signals(engine, p.type, values) for p in self.parameters]
        with running(engine):
            return self.function(*arguments)

    def _typed(self, engine: Engine, result: object) -> list[Output]:
        """The outputs with their paths, each proven by its bounds to be of the declared type."""
        if self.returns is None:
            if result is not None:
                raise self.error(
                    f"{self.name} returns a value, but declares no output.",
                    "Write `-> Public[...]` with its type.",
                )
            return []
        declared = self.returns
        name = "out"
        while name in {parameter.name for parameter in self.parameters}:
            name += "_"
        if not isinstance(declared, tuple):
            return list(self._leaves(engine, name, declared, result))
        if not isinstance(result, tuple | list) or len(result) != len(declared):
            raise self.error(
                f"{self.name} does not return {len(declared)} values.",
                "Return as many as the annotation names.",
            )
        return [
            leaf
            for i, (type_, part) in enumerate(zip(declared, result, strict=True))
            for leaf in self._leaves(engine, f"{name}[{i}]", type_, part)
        ]

    def _leaves(self, engine: Engine, path: str, type_: Type, value: object) -> Iterator[Output]:
        if isinstance(type_, ArrayType):
            if not isinstance(value, list | tuple) or len(value) != type_.length:
                raise self.error(
                    f"{self.name} does not return {type_} for `{path}`.",
                    f"Return a list of {type_.length} values.",
                )
            for i, item in enumerate(value):
                yield from self._leaves(engine, f"{path}[{i}]", type_.element, item)
            return
        signal = self._signal(engine, path, type_, value)
        if isinstance(type_, IntegerType) and not (
            signal.low is not None
            and signal.high is not None
            and type_.low <= signal.low
            and signal.high <= type_.high
        ):
            raise self.error(
                f"{self.name} returns {signal.kind()} for `{path}`, which is wider than {type_}.",
                f"Declare a wider type, or return narrow(value, {type_}), which checks its range.",
            )
        yield path, type_, signal

    def _signal(self, engine: Engine, path: str, type_: Type, value: object) -> Signal:
        if isinstance(value, Signal):
            if value.engine is not engine:
                raise self.error(
                    f"{self.name} returns a signal of another circuit for `{path}`.",
                    "Return a value that this circuit computes.",
                )
            return value
        number = plain_integer(value)
        if number is None or (isinstance(type_, FieldType) and not -R < number < R):
            raise self.error(
                f"{self.name} returns {describe(value)} for `{path}`, which is no {type_}.",
                "Return a signal or a whole number.",
            )
        return constant(engine, number)

    def error(self, what: str, mend: str) -> CompileError:
        """An error at the function's head."""
        return CompileError(what, mend, head_of(self.function))


def circuit(function: FunctionType) -> Circuit:
    """Make a circuit of a function whose parameters are Public[...] or Private[...].

    The return annotation, Public[...] or a tuple of them, names the public outputs; None if there
    are none.

    Raises CompileError for an annotation that is none of the language's.
    """
    return Circuit(function, sys._getframe(1).f_locals)


@contextmanager
def running(engine: Engine) -> Iterator[None]:
    """Let the engine be the current one of this thread or task."""
    token = current_engine.set(engine)
    try:
        yield
    finally:
        current_engine.reset(token)


def annotations_of(function: FunctionType, names: dict[str, Any]) -> dict[str, Any]:
    """A function's annotations, evaluated where it was defined. Raises CompileError."""
    if not isinstance(function, FunctionType):
        raise CompileError(
            f"The decorator stands on {describe(function)}, which is no function.",
            "Put it on a plain function: @circuit or @component, without parentheses.",
        )
    try:
        return inspect.get_annotations(function, locals=names, eval_str=True)
    except CompileError as error:
        raise CompileError(error.what, error.mend, head_of(function)) from error
    except Exception as error:
        raise CompileError(
            f"An annotation of {function.__name__} cannot be read: {type(error).__name__}.",
            "Import the names it uses, and write types as UInt[32] or Array[Field, 4].",
            head_of(function),
        ) from error


def head_of(function: FunctionType) -> Source:
    """The line of a function's `def`."""
    code = function.__code__
    line = code.co_firstlineno
    text = linecache.getline(code.co_filename, line).strip()
    while text.startswith("@"):
        line += 1
        text = linecache.getline(code.co_filename, line).strip()
    return Source(Path(code.co_filename).name, line, text)


def argument_names(function: FunctionType) -> list[str]:
    """The names of a function's parameters, none optional. Raises CompileError."""
    names = []
    for parameter in inspect.signature(function).parameters.values():
        plain = parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.POSITIONAL_ONLY)
        if not plain or parameter.default is not parameter.empty:
            raise CompileError(
                f"The parameter `{parameter.name}` of {function.__name__} is optional, "
                "keyword-only or a collector.",
                "Circuits and components have a fixed number of parameters, without defaults.",
                head_of(function),
            )
        names.append(parameter.name)
    return names


def _parameters(function: FunctionType, annotations: dict[str, Any]) -> Iterator[Parameter]:
    for name in argument_names(function):
        annotation = annotations.get(name)
        if not isinstance(annotation, Visible):
            raise CompileError(
                f"The parameter `{name}` of {function.__name__} is not declared "
                "Public[...] or Private[...].",
                f"Write for example `{name}: Private[Field]`.",
                head_of(function),
            )
        if any(part.length is None for part in _arrays(annotation.type)):
            raise CompileError(
                f"The parameter `{name}` of {function.__name__} has an Array without a length.",
                "Write its length: Array[Field, 4].",
                head_of(function),
            )
        yield Parameter(name, annotation.type, annotation.public)


def _arrays(type_: Type) -> Iterator[ArrayType]:
    while isinstance(type_, ArrayType):
        yield type_
        type_ = type_.element


def _outputs(function: FunctionType, annotations: dict[str, Any]) -> Type | tuple[Type, ...] | None:
    annotation = annotations.get("return")
    if annotation is None:
        return None
    parts = get_args(annotation) if get_origin(annotation) is tuple else (annotation,)
    if not all(isinstance(part, Visible) and part.public for part in parts):
        raise CompileError(
            f"{function.__name__} has an output that is not declared Public[...].",
            "Outputs are public: write `-> Public[Bool]`, or `-> None`.",
            head_of(function),
        )
    types = tuple(part.type for part in parts)
    return types if get_origin(annotation) is tuple else types[0]


def _signals(engine: Engine, type_: Type, values: Iterator[Any]) -> Any:
    if isinstance(type_, ArrayType):
        return [_signals(engine, type_.element, values) for _ in range(type_.length or 0)]
    if isinstance(type_, FieldType):
        return Signal(engine, next(values), None, None)
    return Signal(engine, next(values), type_.low, type_.high)
