"""What a circuit returns: the public outputs, each proven by its bounds to be of its declared type.

Nothing is narrowed here: a value wider than declared is an error that says how to narrow it.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from types import FunctionType

from zkpipe.accel.bn254 import R
from zkpipe.circuits.errors import CompileError
from zkpipe.circuits.language.text.signature import head_of
from zkpipe.circuits.language.values.engine import Engine
from zkpipe.circuits.language.values.fixed import as_fixed, between, nearest_two, rounded
from zkpipe.circuits.language.values.refusals import DEFINED_ANEW, describe_record, is_defined_anew
from zkpipe.circuits.language.values.signal import Signal, constant, plain_integer
from zkpipe.circuits.language.values.types import (
    ArrayType,
    FieldType,
    FixedType,
    IntegerType,
    RecordType,
    ScalarType,
    Type,
)
from zkpipe.ground.kinds import describe

Output = tuple[str, ScalarType, Signal]


@dataclass(frozen=True, slots=True)
class Outputs:
    """The declared outputs of a circuit's function.

    declared  the type; a tuple of types; None if there are none
    taken     names of inputs, which no output may have
    """

    function: FunctionType
    declared: Type | tuple[Type, ...] | None
    taken: Set[str]

    def typed(self, engine: Engine, result: object) -> list[Output]:
        """The scalar parts of what the body returned, with paths. Raises CompileError."""
        if self.declared is None:
            if result is not None:
                raise self._error(
                    f"{self.function.__name__} returns a value, but declares no output.",
                    "Write `-> Public[...]` with its type.",
                )
            return []
        declared = self.declared
        name = "out"
        while name in self.taken:
            name += "_"
        if not isinstance(declared, tuple):
            return list(self._leaves(engine, name, declared, result))
        if not isinstance(result, tuple | list) or len(result) != len(declared):
            raise self._error(
                f"{self.function.__name__} does not return {len(declared)} values.",
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
                raise self._misfit(path, type_, f"Return a list of {type_.length} values.")
            for i, item in enumerate(value):
                yield from self._leaves(engine, f"{path}[{i}]", type_.element, item)
        elif isinstance(type_, RecordType):
            if type(value) is not type_.record:
                if is_defined_anew(value, type_.record):
                    given = describe_record(value, type_.record)
                    raise self._error(
                        f"{self.function.__name__} returns {given}, for `{path}`.",
                        DEFINED_ANEW,
                    )
                raise self._misfit(path, type_, f"Return {type_}(...) with all its fields.")
            for name, part in type_.fields:
                yield from self._leaves(engine, f"{path}.{name}", part, getattr(value, name))
        else:
            yield path, type_, self._scalar(engine, path, type_, value)

    def _scalar(self, engine: Engine, path: str, type_: ScalarType, value: object) -> Signal:
        signal = self._signal(engine, path, type_, value)
        if isinstance(type_, FixedType):
            fixed = as_fixed(engine, signal, type_.scale)
            if fixed is None:
                raise self._error(
                    f"{self.function.__name__} returns {signal.kind()} for `{path}`, which is not "
                    f"in the units of {type_}.",
                    f"Return narrow(value, {type_}), which floors to its units.",
                )
            signal = fixed
        elif signal.scale is not None:
            raise self._error(
                f"{self.function.__name__} returns {signal.kind()} for `{path}`, which is not "
                f"of type {type_}.",
                "Declare a Fixed[n, f] or a Decimal[n, p], or return its whole part, x // 1.",
            )
        if isinstance(type_, IntegerType) and not (
            signal.low is not None
            and signal.high is not None
            and type_.low <= signal.low
            and signal.high <= type_.high
        ):
            raise self._error(
                f"{self.function.__name__} returns {signal.kind()} for `{path}`, which is wider "
                f"than {type_}.",
                f"Declare a wider type, or return narrow(value, {type_}), which checks its range.",
            )
        return signal

    def _signal(self, engine: Engine, path: str, type_: ScalarType, value: object) -> Signal:
        if isinstance(value, Signal):
            if value.engine is not engine:
                raise self._error(
                    f"{self.function.__name__} returns a signal of another circuit for `{path}`.",
                    "Return a value that this circuit computes.",
                )
            return value
        if isinstance(type_, FixedType):
            fixed = rounded(engine, value, type_)
            if fixed is not None:
                return fixed
            if nearest_two(value, type_.scale):
                raise self._error(
                    f"{self.function.__name__} returns a number between two units of {type_} for "
                    f"`{path}`{between(value, type_.scale)}.",
                    f"Return one of these, or declare Rounded[{type_}] for the nearest.",
                )
        number = plain_integer(value)
        if number is None or (isinstance(type_, FieldType) and not -R < number < R):
            raise self._error(
                f"{self.function.__name__} returns {describe(value)} for `{path}`, which is not "
                f"of type {type_}.",
                "Return a signal or a whole number.",
            )
        return constant(engine, number)

    def _misfit(self, path: str, type_: Type, fix: str) -> CompileError:
        what = f"{self.function.__name__} does not return {type_} for `{path}`."
        return self._error(what, fix)

    def _error(self, problem: str, fix: str) -> CompileError:
        return CompileError(problem, fix, head_of(self.function))
