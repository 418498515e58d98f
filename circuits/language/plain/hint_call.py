"""A hint's call: the function, the shape of its arguments, and the types of its results.

What the function returns is checked against its types before anything uses it; a function that
raises, or returns what does not fit, means that there is no witness.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from zkpipe.accel.bn254 import R
from zkpipe.circuits.errors import CompileError, Source, UnsatisfiedError
from zkpipe.circuits.language.surroundings.keys import Key, Known
from zkpipe.circuits.language.surroundings.snapshot import with_own_cells
from zkpipe.circuits.language.surroundings.surroundings import Held, changed_name
from zkpipe.circuits.language.text.sending import is_of_console, not_sent
from zkpipe.circuits.language.text.source import source_of
from zkpipe.circuits.language.values.engine import outside
from zkpipe.circuits.language.values.fixed import nearest_two, number_of, units_of
from zkpipe.circuits.language.values.refusals import describe_record
from zkpipe.circuits.language.values.signal import plain_integer
from zkpipe.circuits.language.values.structure import (
    SelfChecking,
    fields_of,
    is_record,
    make_record,
)
from zkpipe.circuits.language.values.types import (
    FieldType,
    FixedType,
    IntegerType,
    RecordType,
    Type,
    leaf_paths,
)
from zkpipe.circuits.swallowed import keep
from zkpipe.ground.kinds import describe, is_of, items, shown_text
from zkpipe.ground.process.interruption import ends_the_process


class Units:
    """In a hint's arguments the position of a Fixed, whose function gets it as a Fraction."""

    __slots__ = ("position", "scale")

    def __init__(self, position: int, scale: int) -> None:
        self.position = position
        self.scale = scale


@dataclass(frozen=True, slots=True, eq=False)
class HintCall:
    """A hint as it stands in the user's text.

    function   called with plain integers when a witness is solved
    arguments  a nest of lists and records: a position among the signals, Units of a Fixed, or a
               constant as (value,)
    bounds     of each signal: (low, high) for integers, None for a Field
    returns    the type of the result, or a tuple of types
    waive      why the result need not be determined by the inputs, if it is not
    source     where the call stands
    seen       what the function sees beside its arguments
    expected   of `seen` at the call: it must see the same whenever it runs, and change nothing
    """

    function: Callable[..., object]
    arguments: tuple[object, ...]
    bounds: tuple[tuple[int, int] | None, ...]
    returns: Type | tuple[Type, ...]
    waive: str | None
    source: Source | None
    seen: Held = field(init=False, repr=False)
    expected: Key = field(init=False, repr=False)

    def __post_init__(self) -> None:
        function = with_own_cells(self.function)
        seen = Held(function, Known())
        for name, value in (("function", function), ("seen", seen), ("expected", seen.key())):
            object.__setattr__(self, name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        """To another process goes the function's name: there it sees what its module has there."""
        from multiprocessing.reduction import ForkingPickler

        try:
            ForkingPickler.dumps((self.function, self.arguments))
            known = not is_of_console(self.function)
        except Exception:  # noqa: BLE001 - whatever pickle or the user's class raises
            known = False
        if not known:
            raise not_sent(f"the hint `{self.name}`, or what it is given,", self.source)
        arguments = (self.arguments, self.bounds, self.returns, self.waive, self.source)
        return HintCall, (self.function, *arguments)

    def __deepcopy__(self, _memo: dict[int, object]) -> HintCall:
        return self  # nothing in it changes

    @property
    def name(self) -> str:
        """The function's name."""
        return getattr(self.function, "__name__", type(self.function).__name__)

    def result_types(self) -> list[tuple[str, FieldType | IntegerType]]:
        """The scalar parts of the results with their paths."""
        if not isinstance(self.returns, tuple):
            return list(leaf_paths(self.returns, self.name))
        paths = [leaf_paths(t, f"{self.name}[{i}]") for i, t in enumerate(self.returns)]
        return [leaf for path in paths for leaf in path]

    def call(self, values: Sequence[int]) -> list[int]:
        """Call the function on the signals' values; returns its results as plain integers.

        Raises UnsatisfiedError if it raises, or returns what its types do not hold; CompileError if
        what it sees has changed since its call in the circuit, or if it changes that itself.
        """
        self._require_same("sees another `{}` than at its call in the circuit.")

        def argument(shape: object) -> Any:
            if isinstance(shape, list):
                return [argument(item) for item in shape]
            if isinstance(shape, tuple):
                return shape[0]
            if is_record(shape):
                parts = {name: argument(part) for name, part in fields_of(shape)}
                return make_record(type(shape), parts)
            if isinstance(shape, Units):
                return number_of(argument(shape.position), shape.scale)
            assert isinstance(shape, int)  # noqa: S101 - for the type checker: a position
            bounds = self.bounds[shape]
            value = values[shape]
            return value if bounds is None or value <= bounds[1] else value - R

        try:
            arguments = [argument(shape) for shape in self.arguments]
            with outside():  # as when a witness is solved
                result = self.function(*arguments)
            self._require_same("changes `{}`, which is not an argument of it.")
            if not isinstance(self.returns, tuple):
                return self._results([self.returns], [result])
            if not isinstance(result, tuple | list) or len(result) != len(self.returns):
                raise self._failure(f"does not return {len(self.returns)} values.")
            return self._results(self.returns, result)
        except CompileError:
            raise
        except UnsatisfiedError as error:  # perhaps the function's own
            keep(error)
            raise
        except BaseException as error:  # the user's own code
            if ends_the_process(error):
                raise
            kind = type(error)  # a name of the user's own may hold private values, as the text may
            said = kind.__name__ if kind.__module__ == "builtins" else "an exception"
            if isinstance(error, ModuleNotFoundError) and is_of(error.name, str):
                said = f"ModuleNotFoundError: no module is named {shown_text(error.name)}"
            failure = self._failure(f"raises {said}.", cause=error)
            raise failure from None

    def _require_same(self, wrong: str) -> None:
        """Hints run when the body is over: they must not see what the body changed after them."""
        now = self.seen.key()
        if now != self.expected:
            raise CompileError(
                f"The hint `{self.name}` {wrong.format(changed_name(self.expected, now))}",
                "Give it what it needs as arguments, or as values that stay; functools.cache "
                "remembers what was computed.",
                self.source,
            )

    def _results(self, types: Sequence[Type], results: Sequence[object]) -> list[int]:
        out: list[int] = []
        for type_, result in zip(types, results, strict=True):
            if isinstance(type_, FieldType | IntegerType):
                out.append(self._scalar(type_, result))
            elif isinstance(type_, RecordType):
                out += self._record(type_, result)
            else:
                listed = items(result)
                if listed is None or len(listed) != type_.length:
                    raise self._failure(f"does not return {type_.length} values for {type_}.")
                out += self._results([type_.element] * len(listed), listed)
        return out

    def _record(self, type_: RecordType, result: object) -> list[int]:
        """The fields of a record, which may be given as a dict of them, and have no fault."""
        names = [name for name, _ in type_.fields]
        if isinstance(result, dict) and set(result) == set(names):
            parts = [result[name] for name in names]
        elif is_of(result, type_.record):
            parts = [getattr(result, name) for name in names]
        else:
            given = describe_record(result, type_.record)
            raise self._failure(f"returns {given} for the record {type_}.")
        found = self._results([part for _, part in type_.fields], parts)
        if issubclass(type_.record, SelfChecking):
            fault = type_.record._fault(*found)  # of our own classes
            if fault is not None:
                raise self._failure(f"returns a {type_} that {fault[0]}.")
        return found

    def _scalar(self, type_: FieldType | IntegerType, result: object) -> int:
        if isinstance(type_, FixedType):
            value = units_of(result, type_)
            if value is None and nearest_two(result, type_.scale):
                raise self._failure(
                    f"returns a number between two units of {type_}; Rounded[{type_}] takes the "
                    "nearest."
                )
        else:
            value = plain_integer(result)
        if value is None:
            wanted = "number" if isinstance(type_, FixedType) else "whole number"
            raise self._failure(f"returns {describe(result)}, which is not a {wanted} for {type_}.")
        low, high = (1 - R, R - 1) if isinstance(type_, FieldType) else (type_.low, type_.high)
        if not low <= value <= high:
            raise self._failure(f"returns a value that {type_} does not hold.", value)
        return value

    def _failure(
        self, what: str, value: int | None = None, cause: BaseException | None = None
    ) -> UnsatisfiedError:
        within = None if cause is None else source_of(cause)
        known = [] if self.source is None else self.source.lines
        return UnsatisfiedError(
            f"The hint `{self.name}` {what}",
            "Give inputs for which it has an answer, or correct the function.",
            self.source,
            values=[] if value is None else [(f"{self.name}()", value)],
            evidence=[] if within is None else [x for x in within.lines if x not in known],
            cause=cause,
        )
