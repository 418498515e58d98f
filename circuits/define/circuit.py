"""@circuit: a typed function as a circuit that compiles, and that runs on plain values.

system = income_proof.compile()        its constraints
income_proof(c, 4000, incomes, salt)   the plain run: the outputs as integers
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from types import FunctionType
from typing import TYPE_CHECKING, Any, NoReturn, get_args, get_origin

from zkpipe.accel.bn254 import R
from zkpipe.circuits.compile.assemble import Leaf, assemble
from zkpipe.circuits.compile.combinations.combination import Combination
from zkpipe.circuits.compile.combinations.rows import Coefficients
from zkpipe.circuits.compile.forgotten.unused import unused_private_inputs
from zkpipe.circuits.compile.lowering import TracingEngine
from zkpipe.circuits.define.dropped_asserts import refuse_dropped_asserts
from zkpipe.circuits.define.local_types import (
    refuse_local_types,
    refuse_local_types_of_helpers,
)
from zkpipe.circuits.define.outputs import Output, Outputs
from zkpipe.circuits.define.raised import explaining
from zkpipe.circuits.define.retrace import traced_again
from zkpipe.circuits.define.set_order import set_order_warnings
from zkpipe.circuits.define.unrun import refuse_unrun, refuse_unrun_in_helpers
from zkpipe.circuits.errors import CompileError
from zkpipe.circuits.language.plain.run import PlainEngine
from zkpipe.circuits.language.surroundings.walk import Decorated
from zkpipe.circuits.language.text.depth import within_the_stack
from zkpipe.circuits.language.text.frames import runs_a_body
from zkpipe.circuits.language.text.signature import (
    annotations_of,
    argument_names,
    decorated,
    head_of,
)
from zkpipe.circuits.language.text.tracebacks import short
from zkpipe.circuits.language.values import inputs
from zkpipe.circuits.language.values.engine import Engine, outside, running
from zkpipe.circuits.language.values.fixed import signal_of
from zkpipe.circuits.language.values.inputs import Parameter
from zkpipe.circuits.language.values.refusals import refused
from zkpipe.circuits.language.values.signal import Signal
from zkpipe.circuits.language.values.structure import (
    check_entries,
    leaves,
    map_structure,
    with_lists,
)
from zkpipe.circuits.language.values.types import (
    FieldType,
    IntegerType,
    Type,
    Visible,
    how_to_declare,
    how_to_return,
    is_open,
    leaf_count,
    leaf_paths,
    nest_of,
)
from zkpipe.circuits.missing import of_circuit
from zkpipe.circuits.soundness.requirement import require_determined
from zkpipe.circuits.system import ConstraintSystem, with_warnings
from zkpipe.ground.kinds import MOST

_around: ContextVar[tuple[Circuit, ...]] = ContextVar("_around", default=())  # bodies that run


class Circuit(Decorated):
    """A circuit: compile() gives its constraint system, a call runs it on plain values.

    name        of the function
    parameters  in their order
    returns     the type of the public outputs; a tuple of types; None if there are none
    """

    def __init__(self, function: FunctionType, names: dict[str, Any]) -> None:
        annotations = annotations_of(function, names)
        self.function = function
        self.name = function.__name__
        refuse_unrun(function)
        refuse_local_types(function, names)
        self.parameters = tuple(_parameters(function, annotations))
        self.returns = _outputs(function, annotations)
        self.wrap(function)

    def __repr__(self) -> str:
        return f"<circuit {self.name}>"

    if not TYPE_CHECKING:  # to type checkers a missing attribute is an error

        def __getattr__(self, name: str) -> NoReturn:
            """Refuse what a circuit does not have. Raises AttributeError."""
            raise of_circuit(self, name, vars(self).get("__name__", "of a function"))

    def compile(self) -> ConstraintSystem:
        """The circuit's constraint system, in which the inputs determine every value.

        The same source gives the same bytes. Warns (CircuitWarning) of what compiles and is likely
        not what was meant.

        Raises CompileError; UnderconstrainedError for a value that is not proved to be determined.
        """
        with short, outside():
            system = self.trace()
            require_determined(system)
        for warning in system.warnings:
            warning.report()
        return system

    def trace(self) -> ConstraintSystem:
        """The circuit's constraint system, of which nothing is proved yet: for tools that ask.

        Its `warnings` are not told.

        Raises CompileError.
        """
        with short, outside(), within_the_stack():
            refuse_local_types_of_helpers(self.function)
            refuse_unrun_in_helpers(self.function)
            refuse_dropped_asserts(self.function)
            self._require_few()
            leaf_list = [
                (parameter, path, type_)
                for parameter in self.parameters
                for path, type_ in leaf_paths(parameter.type, parameter.name)
            ]
            system = traced_again(self, lambda: self._traced(leaf_list))
            found = set_order_warnings(self.function)
            return with_warnings(system, found) if found else system

    def _require_few(self) -> None:
        """Raise CompileError for more inputs than any system has, before they are made."""
        count = sum(leaf_count(parameter.type) for parameter in self.parameters)
        if count > MOST:
            raise CompileError(
                f"{self.name} has {count:,} inputs, but at most {MOST:,} are possible.",
                "Declare shorter arrays; of much data take a hash for an input.",
                head_of(self.function),
            )

    def _traced(self, leaf_list: list[Leaf]) -> ConstraintSystem:
        engine = TracingEngine(Coefficients(), len(leaf_list), None)
        payloads: list[Combination] = []
        for slot, (_, path, type_) in enumerate(leaf_list, start=1):
            if isinstance(type_, IntegerType):
                engine.bind_input(slot, path, type_)
            payloads.append({slot: 1})
        _, typed = self._run(engine, payloads)
        outputs = [(path, type_, engine.output(s.payload)) for path, type_, s in typed]
        engine.end(f"the circuit {self.name}")
        system = assemble(self, engine, leaf_list, outputs)
        return with_warnings(system, unused_private_inputs(system, head_of(self.function)))

    def __call__(self, /, *positional: object, **named: object) -> Any:
        """The plain run: the outputs as integers, in lists, tuples and records as declared.

        Raises InputError, UnsatisfiedError, and CompileError for what would not compile.
        """
        with short, within_the_stack():
            if any(isinstance(leaf, Signal) for leaf in leaves([*positional, *named.values()])):
                raise refused(
                    f"calls the circuit {self.name} with a circuit's values.",
                    "A circuit runs on plain values: make what both share a function or a "
                    "@component.",
                )
            with outside():
                return self._plain(inputs.bind(self.name, self.parameters, positional, named))

    def _plain(self, bound: Mapping[str, object]) -> Any:
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
        result, typed = self._run(engine, payloads)
        values = iter(
            s.payload % R if isinstance(type_, FieldType) else s.payload for _, type_, s in typed
        )
        if self.returns is None:
            return None
        return map_structure(lambda _: next(values), result)

    @runs_a_body
    def _run(self, engine: Engine, payloads: Sequence[Any]) -> tuple[object, list[Output]]:
        """The body on signals of the engine: its result, and the outputs in it."""
        values = iter(payloads)
        arguments = [
            nest_of(p.type, lambda type_: signal_of(engine, next(values), type_))
            for p in self.parameters
        ]
        around = _around.get()
        if self in around:
            raise refused(
                f"runs the circuit {self.name} in its own body.",
                "Call it, or compile() it, below its function.",
            )
        token = _around.set((*around, self))
        try:
            with running(engine), explaining():
                check_entries(arguments)
                result = with_lists(self.function(*arguments))
                return result, self._typed(engine, result)
        finally:
            _around.reset(token)

    def _typed(self, engine: Engine, result: object) -> list[Output]:
        """The outputs with their paths, each proven by its bounds to be of the declared type."""
        names = {parameter.name for parameter in self.parameters}
        return Outputs(self.function, self.returns, names).typed(engine, result)


def circuit(function: Callable[..., object] | None = None, /, **options: object) -> Circuit:
    """Make a circuit of a function whose parameters are Public[...] or Private[...].

    The return annotation, Public[...] or a tuple of them, names the public outputs; None if there
    are none.

    Raises CompileError for an annotation that is none of the language's.
    """
    names = sys._getframe(1).f_locals
    with short, within_the_stack():
        return Circuit(decorated(function, options), names)


def _parameters(function: FunctionType, annotations: dict[str, Any]) -> Iterator[Parameter]:
    for name in argument_names(function):
        annotation = annotations.get(name)
        if not isinstance(annotation, Visible):
            fix = how_to_declare(name, annotation)
            if function.__name__ == "<lambda>":
                fix = f"A lambda has no annotations: write a function. {fix}"
            raise CompileError(
                f"The parameter `{name}` of {function.__name__} is not declared "
                "Public[...] or Private[...].",
                fix,
                head_of(function),
            )
        if is_open(annotation.type):
            raise CompileError(
                f"The parameter `{name}` of {function.__name__} has an Array without a length.",
                "Write its length: Array[Field, 4].",
                head_of(function),
            )
        yield Parameter(name, annotation.type, annotation.public)


def _outputs(function: FunctionType, annotations: dict[str, Any]) -> Type | tuple[Type, ...] | None:
    annotation = annotations.get("return")
    if annotation is None:
        return None
    parts = get_args(annotation) if get_origin(annotation) is tuple else (annotation,)
    if not all(isinstance(part, Visible) and part.public for part in parts):
        raise CompileError(
            f"{function.__name__} has an output that is not declared Public[...].",
            how_to_return(annotation),
            head_of(function),
        )
    types = tuple(part.type for part in parts)
    return types if get_origin(annotation) is tuple else types[0]
