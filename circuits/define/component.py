"""@component: a function that is traced once for each shape of its arguments, and then copied.

The shape is what the arguments' types do not say: lengths, constants, and bounds. A copy stands for
a trace only if the function sees the same as then beside its arguments, and changed nothing of it
(circuits.language.surroundings); else it is traced anew. On constants alone a component computes,
anywhere.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from types import FunctionType
from typing import TYPE_CHECKING, Any, NoReturn, get_args, get_origin

from zkpipe.accel.bn254 import R
from zkpipe.circuits.compile.lowering import TracingEngine
from zkpipe.circuits.compile.template import Template
from zkpipe.circuits.compile.tracer import Traced
from zkpipe.circuits.define.local_types import refuse_local_types
from zkpipe.circuits.define.raised import explaining
from zkpipe.circuits.define.unrun import refuse_unrun
from zkpipe.circuits.errors import CompileError, UnsatisfiedError
from zkpipe.circuits.language.plain.run import PlainEngine, Precomputed
from zkpipe.circuits.language.surroundings.keys import Key
from zkpipe.circuits.language.surroundings.shape import Constant, Shape, of_kind, shape_of
from zkpipe.circuits.language.surroundings.surroundings import Surroundings
from zkpipe.circuits.language.surroundings.walk import Decorated, TooMuch, Unknowable
from zkpipe.circuits.language.text.depth import within_the_stack
from zkpipe.circuits.language.text.signature import (
    annotations_of,
    argument_names,
    decorated,
    head_of,
)
from zkpipe.circuits.language.text.source import here
from zkpipe.circuits.language.text.tracebacks import short
from zkpipe.circuits.language.values.engine import Engine, current_engine, running
from zkpipe.circuits.language.values.fixed import between, nearest_two, number_of, rounded, units_of
from zkpipe.circuits.language.values.refusals import (
    DEFINED_ANEW,
    describe_record,
    is_defined_anew,
    refused,
)
from zkpipe.circuits.language.values.signal import (
    Signal,
    constant,
    foreign,
    in_reach,
    plain_integer,
)
from zkpipe.circuits.language.values.structure import make_record, map_structure, with_lists
from zkpipe.circuits.language.values.types import (
    ArrayType,
    FieldType,
    FixedType,
    RecordType,
    ScalarType,
    Type,
    Visible,
    as_type,
    record_classes,
)
from zkpipe.circuits.missing import of_component
from zkpipe.circuits.swallowed import keep
from zkpipe.ground.errors import ZkpipeError
from zkpipe.ground.kinds import describe, items

NEAR = 4  # components within each other of which each is looked at by itself
_HOLDS = "Give a value that its type holds; narrow() checks a range."


class Component(Decorated):
    """A component: called with signals inside a circuit, or with constants anywhere."""

    def __init__(self, function: FunctionType, names: dict[str, Any]) -> None:
        annotations = annotations_of(function, names)
        self.function = function
        self.name = function.__name__
        refuse_unrun(function)
        refuse_local_types(function, names)
        self.parameters = {
            name: self._type(name, annotations.get(name)) for name in argument_names(function)
        }
        self.returns = self._returned(annotations.get("return"))
        self.signature = inspect.signature(function)
        self.classes = tuple(
            class_ for type_ in self.parameters.values() for class_ in record_classes(type_)
        )
        self.wrap(function)

    def __repr__(self) -> str:
        return f"<component {self.name}>"

    if not TYPE_CHECKING:  # to type checkers a missing attribute is an error

        def __getattr__(self, name: str) -> NoReturn:
            """Refuse what a component does not have. Raises AttributeError."""
            raise of_component(self, name, vars(self).get("__name__", "of a function"))

    def __call__(self, *positional: Any, **named: Any) -> Any:
        """The component on these arguments: rows copied into the circuit, or integers.

        Raises CompileError for an argument that its type does not hold.
        """
        try:
            if current_engine.get() is not None:
                return self._called(positional, named)
            with short, within_the_stack():
                return self._called(positional, named)
        except ZkpipeError as error:  # of a trace of its own: its caller's as well
            keep(error)
            raise

    def _called(self, positional: tuple[Any, ...], named: dict[str, Any]) -> Any:
        try:
            bound = self.signature.bind(*positional, **named).arguments
        except TypeError as error:
            raise refused(
                f"calls the component {self.name} with other arguments than it has.",
                f"It takes {', '.join(self.parameters)}.",
            ) from error
        found: list[Signal] = []
        nests = [
            self._argument(name, type_, bound[name], found)
            for name, type_ in self.parameters.items()
        ]
        running_engine = current_engine.get()
        if not found:
            return self._on_constants(nests, running_engine)
        engine = in_reach(found[0])
        if any(signal.engine is not engine for signal in found):
            raise foreign()
        if not isinstance(engine, TracingEngine):
            return map_structure(_anew, self._body(engine, map_structure(_anew, nests)))
        return self._instance(engine, nests, found)

    def _on_constants(self, nests: list[object], outer: Engine | None) -> Any:
        """The body on integers: inside a circuit, part of compiling it."""
        compiling = isinstance(outer, TracingEngine)
        engine = Precomputed(self.name) if compiling else PlainEngine(self.name)

        def plain(value: object) -> object:
            if not isinstance(value, Signal):
                return value
            if value.engine is not engine:
                raise foreign()
            if value.scale is not None:
                return number_of(value.payload, value.scale)
            return value.payload % R if value.low is None else value.payload

        try:
            with running(engine), explaining():
                return map_structure(plain, self._body(engine, nests))
        except UnsatisfiedError as error:
            if not compiling:
                raise
            raise CompileError(error.problem, "Correct the constants.", error.source) from error

    def _body(self, engine: Engine, nests: list[object]) -> Any:
        """Run the function on signals of the engine, constants made into such."""

        def leaf(value: object) -> Signal:
            if isinstance(value, Signal):
                return value
            assert isinstance(value, Constant)  # noqa: S101 - for the type checker
            return value.signal(engine)

        return self._checked(engine, self.function(*[map_structure(leaf, nest) for nest in nests]))

    def _instance(self, engine: TracingEngine, nests: list[object], signals: list[Signal]) -> Any:
        shape = (self, *(shape_of(nest) for nest in nests))
        seen = self._surroundings(engine.traced)
        template = None if seen is None else engine.traced.templates.get((shape, seen))
        if template is None:
            template = self._traced(engine, nests, len(signals), shape)
            # What its body changes, or returns to be changed, a copy would not.
            if template.is_constant and seen == self._surroundings(engine.traced) is not None:
                engine.traced.templates[shape, seen] = template
        place = here(engine.boundary)
        return template.instance(engine, [s.payload for s in signals], self.name, place)

    def _surroundings(self, traced: Traced) -> Key | None:
        """All that the function sees beside its arguments; None if that cannot be compared.

        Deep in a nest it is what an outer component sees, which sees this one too: a walk for each
        would take the square of the depth.
        """
        outer = self._seen_from(traced)
        key = outer._own_surroundings(traced)
        if key is None and outer is not self and outer not in traced.too_much:
            return self._own_surroundings(traced)
        return key

    def _seen_from(self, traced: Traced) -> Component:
        """This component, or if it is deep in a nest one halfway to it or further."""
        depth = len(traced.within)
        if depth <= NEAR:
            return self
        place = NEAR << (depth // NEAR).bit_length() - 1
        if place == depth:
            return self
        outer: Component = next(islice(traced.within, place, None))[0]  # type: ignore[assignment]
        return outer

    def _own_surroundings(self, traced: Traced) -> Key | None:
        seen = traced.seen.setdefault(self, Surroundings(self, traced.known))
        if seen is None:
            return None
        try:
            return seen.key()
        except Unknowable as error:
            traced.seen[self] = None
            if isinstance(error, TooMuch):
                traced.too_much.add(self)
            return None

    def _traced(
        self, engine: TracingEngine, nests: list[object], count: int, shape: Shape
    ) -> Template:
        within = engine.traced.within
        if shape in within:
            raise refused(
                f"calls the component {self.name} within itself.",
                "Components do not recurse; write a loop, or a plain function.",
            )
        within[shape] = None
        try:
            return self._trace(engine, nests, count)
        finally:
            del within[shape]

    def _trace(self, caller: TracingEngine, nests: list[object], count: int) -> Template:
        boundary = Component._trace.__code__
        engine = TracingEngine(caller.coefficients, count, boundary, caller.traced, caller.doubts)
        slots = iter(range(1, count + 1))

        def inner(leaf: object) -> object:
            if not isinstance(leaf, Signal):
                return leaf
            return leaf.moved(engine, {next(slots): 1})

        with running(engine), explaining():
            result = self._body(engine, [map_structure(inner, nest) for nest in nests])
        template = Template.of(engine, result)
        engine.end(f"the component {self.name}")
        return template

    # --- arguments and results

    def _type(self, name: str, annotation: object) -> Type:
        if annotation is None or isinstance(annotation, Visible):
            wrong = "is Public or Private" if annotation else "has no type"
            raise CompileError(
                f"The argument `{name}` of the component {self.name} {wrong}.",
                f"Write a plain type, for example `{name}: Field`.",
                head_of(self.function),
            )
        return as_type(annotation, f"`{name}` of {self.name}")

    def _returned(self, annotation: object) -> Type | tuple[Type, ...] | None:
        if annotation is None:
            return None
        if get_origin(annotation) is tuple:
            return tuple(
                as_type(part, f"the result of {self.name}") for part in get_args(annotation)
            )
        return as_type(annotation, f"the result of {self.name}")

    def _argument(self, path: str, type_: Type, value: object, found: list[Signal]) -> object:
        if isinstance(type_, ArrayType):
            listed = None if isinstance(value, Signal) else items(value)
            if listed is None:
                given = value.kind() if isinstance(value, Signal) else describe(value)
                raise self._misfit(path, type_, given)
            if type_.length is not None and len(listed) != type_.length:
                raise self._misfit(path, type_, f"a list of {len(listed)} values")
            return [
                self._argument(f"{path}[{i}]", type_.element, item, found)
                for i, item in enumerate(listed)
            ]
        if isinstance(type_, RecordType):
            if type(value) is not type_.record:
                raise self._misfit(
                    path,
                    type_,
                    describe_record(value, type_.record),
                    DEFINED_ANEW if is_defined_anew(value, type_.record) else _HOLDS,
                )
            parts = {
                name: self._argument(f"{path}.{name}", part, getattr(value, name), found)
                for name, part in type_.fields
            }
            return make_record(type_.record, parts)
        if isinstance(value, Signal):
            signal = self._fitting(path, type_, value)
            found.append(signal)
            return signal
        number = plain_integer(value)
        if isinstance(type_, FixedType):
            number = units_of(value, type_)
            if number is None and nearest_two(value, type_.scale):
                given = f"{describe(value)} between two units"
                raise self._misfit(path, type_, given + between(value, type_.scale))
        if number is None:
            raise self._misfit(path, type_, describe(value))
        low, high = (1 - R, R - 1) if isinstance(type_, FieldType) else (type_.low, type_.high)
        if not low <= number <= high:
            raise self._misfit(path, type_, "a constant outside of it")
        return Constant(number, type_)

    def _fitting(self, path: str, type_: ScalarType, value: Signal) -> Signal:
        """The signal as the type has it: a Field, or an integer with its own, tighter bounds."""
        fitting = of_kind(value, type_)
        if fitting is None:
            raise self._misfit(path, type_, value.kind())
        return fitting

    def _misfit(self, path: str, type_: Type, given: str, fix: str = "") -> CompileError:
        return refused(
            f"gives {given} for `{path}` of the component {self.name}, which takes {type_}.",
            fix or _HOLDS,
        )

    def _checked(self, engine: Engine, result: Any) -> Any:
        """The result as the return annotation has it."""
        if self.returns is None:
            return with_lists(result)
        if not isinstance(self.returns, tuple):
            return self._result(engine, "its result", self.returns, result)
        if not isinstance(result, tuple | list) or len(result) != len(self.returns):
            raise self._wrong_result("its result", f"a tuple of {len(self.returns)}", result)
        pairs: Iterator[tuple[Type, object]] = zip(self.returns, result, strict=True)
        return tuple(self._result(engine, f"result {i}", t, v) for i, (t, v) in enumerate(pairs))

    def _result(self, engine: Engine, path: str, type_: Type, value: Any) -> Any:
        if isinstance(type_, ArrayType):
            listed = None if isinstance(value, Signal) else items(value)
            if listed is None or type_.length not in (None, len(listed)):
                raise self._wrong_result(path, str(type_), value)
            return [self._result(engine, path, type_.element, item) for item in listed]
        if isinstance(type_, RecordType):
            if type(value) is not type_.record:
                raise self._wrong_result(path, str(type_), value, type_.record)
            parts = {
                name: self._result(engine, path, part, getattr(value, name))
                for name, part in type_.fields
            }
            return make_record(type_.record, parts)
        if not isinstance(value, Signal):
            number = plain_integer(value)
            made: Signal | None
            if isinstance(type_, FixedType):
                made = rounded(engine, value, type_)
            else:
                made = None if number is None else constant(engine, number)
            if made is None:
                raise self._wrong_result(path, str(type_), value)
            value = made
        fitting = of_kind(value, type_)
        if fitting is None:
            raise self._wrong_result(path, str(type_), value)
        return fitting

    def _wrong_result(
        self, path: str, wanted: str, value: object, record: type | None = None
    ) -> CompileError:
        given = value.kind() if isinstance(value, Signal) else describe_record(value, record)
        is_anew = record is not None and is_defined_anew(value, record)
        return CompileError(
            f"The component {self.name} returns {given} for {path}, declared {wanted}.",
            DEFINED_ANEW if is_anew else "Declare a wider type, or narrow() the value.",
            head_of(self.function),
        )


def _anew(leaf: object) -> object:
    """A signal as a component's trace has it: another object than its caller's."""
    return leaf.moved(leaf.engine, leaf.payload) if isinstance(leaf, Signal) else leaf


def component(function: Callable[..., object] | None = None, /, **options: object) -> Component:
    """Make a component of a function whose arguments have plain types: no Public or Private.

    A length of an Array may be `...`. The return annotation is optional.

    Raises CompileError for an annotation that is none of the language's.
    """
    names = sys._getframe(1).f_locals
    with short, within_the_stack():
        return Component(decorated(function, options), names)
