"""The types of the language: Field, Bool, UInt[n], Int[n], Fixed[n, f], arrays and dataclasses.

An integer type is an interval [low, high] with a name; Bool is the interval [0, 1], a Fixed the
interval of its units. The widest that cannot wrap around the field's order r has 253 bits.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, TypeGuard

from zkpipe.circuits.errors import CompileError
from zkpipe.circuits.language.text.aliases import meant
from zkpipe.circuits.language.text.depth import within_the_stack
from zkpipe.circuits.language.text.frames import user_frame
from zkpipe.circuits.language.text.sending import is_found, not_sent
from zkpipe.circuits.language.text.signature import unread
from zkpipe.circuits.language.text.source import source_here
from zkpipe.circuits.language.text.tracebacks import short
from zkpipe.circuits.language.values.as_field import to_field
from zkpipe.circuits.language.values.bounds import MAX_BITS
from zkpipe.circuits.language.values.foreign_types import instead_of_type, named
from zkpipe.circuits.language.values.structure import make_record
from zkpipe.ground.kinds import whole_number

MAX_DIGITS = 75  # 2 * 10^75 < 2^253
MAX_LENGTH = 1 << 31  # of an Array: as many wires as a system may have


class _OneType:
    """A type that has no other beside it."""

    __slots__ = ()

    def __or__(self, other: object) -> NoReturn:
        """Refuse UInt[8] | None."""
        with short:
            raise wrong_type(
                f"{self} is one of several types, but a circuit's value has one.",
                "Use one type, and a Bool beside it if the value may be missing.",
            )

    __ror__ = __or__


class _Whole(_OneType):
    """A type as it is used: it takes no brackets."""

    __slots__ = ()

    def __getitem__(self, parameters: object) -> NoReturn:
        """Refuse Field[8], UInt[8][4]."""
        with short:
            raise wrong_type(
                f"{self} is written with brackets behind it, which it does not have.",
                f"Write {self}; a list of n is Array[{self}, n].",
            )


@dataclass(frozen=True, slots=True)
class FieldType(_Whole):
    """Elements of Fr: arithmetic wraps around r, and there is no order.

    Field(x) is x as a Field, which narrow(x, Field) is too.
    """

    def __call__(self, value: object) -> Any:
        """A value without its bounds, so that arithmetic on it wraps around; nests part by part."""
        return to_field(value)

    def __str__(self) -> str:
        return "Field"


@dataclass(frozen=True, slots=True)
class IntegerType(_Whole):
    """Integers from low to high, both included."""

    name: str
    low: int
    high: int

    def __call__(self, *values: object) -> NoReturn:
        """Refuse UInt[8](x): a value is narrowed to a type, which takes a check."""
        with short:
            raise wrong_type(
                f"{self} is called, but a type makes no values.",
                f"Write narrow(x, {self}), which checks that x fits it.",
            )

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class FixedType(IntegerType):
    """Numbers from low to high units: a Fixed, a UFixed or a Decimal.

    scale   how many units are in one: 2^f or 10^p
    rounds  whether a number between two units may enter, as the nearest; ties to even
    """

    scale: int
    rounds: bool = False

    @property
    def is_decimal(self) -> bool:
        """Whether it is a Decimal, which takes texts of digits: also one without places."""
        return self.name.removeprefix("Rounded[").startswith("Decimal[")


@dataclass(frozen=True, slots=True)
class ArrayType(_Whole):
    """`length` values of one type, as a list; length None (any) only for a component's argument."""

    element: Type
    length: int | None

    def __str__(self) -> str:
        lengths, element = [self.length], self.element
        while isinstance(element, ArrayType):
            lengths.append(element.length)
            element = element.element
        shown = ", ".join("..." if n is None else str(n) for n in lengths)
        return f"Array[{element}, {shown}]"


@dataclass(frozen=True, slots=True)
class RecordType:
    """The fields of a dataclass, by name."""

    record: type
    fields: tuple[tuple[str, Type], ...]

    def __reduce__(self) -> tuple[Any, ...]:
        """To another process goes the class's name. Raises CompileError for one of no module."""
        if not is_found(self.record, self.record.__module__, self.record.__qualname__):
            raise not_sent(f"the record `{self}`", None)
        return RecordType, (self.record, self.fields)

    def __deepcopy__(self, _memo: dict[int, object]) -> RecordType:
        return self  # nothing in it changes

    def __str__(self) -> str:
        return self.record.__name__


ScalarType = FieldType | IntegerType
Type = ScalarType | ArrayType | RecordType


@dataclass(frozen=True, slots=True)
class Visible(_OneType):
    """A type with its visibility, as annotations of a circuit give it."""

    type: Type
    public: bool

    def __str__(self) -> str:
        return f"{'Public' if self.public else 'Private'}[{self.type}]"


def wrong_type(problem: str, fix: str) -> CompileError:
    """The error for what is no type, at the user's line."""
    return CompileError(problem, fix, source_here())


def _width(name: str, bits: object, example: str = "[32]") -> int:
    width = whole_number(bits)
    if width is None or not 1 <= width <= MAX_BITS:
        too_wide = "; 254 bits do not fit the field without wrapping around"
        is_wide = width is not None and width > MAX_BITS
        raise wrong_type(
            f"{name}[...] takes a number of bits from 1 to {MAX_BITS}.",
            f"Write for example {name}{example}{too_wide if is_wide else ''}.",
        )
    return width


if TYPE_CHECKING:

    class _Brackets(type):
        def __getitem__(cls, parameters: object) -> Any: ...

else:
    _Brackets = type  # __class_getitem__ does it, which type checkers pass over


class _Written(metaclass=_Brackets):
    """A type that is written with brackets, and never called."""

    def __new__(cls, *given: object) -> Any:
        """Refuse UInt(8): nobody means an object of it."""
        texts = [str(x) if isinstance(x, int | FieldType | IntegerType) else "..." for x in given]
        with short:
            raise wrong_type(
                f"{cls.__name__} is called, but a type is written with brackets.",
                f"Write {cls.__name__}[{', '.join(texts) or '...'}].",
            )


class UInt(_Written):
    """UInt[n]: integers from 0 to 2^n - 1, n from 1 to 253."""

    def __class_getitem__(cls, bits: object) -> IntegerType:
        with short:
            n = _width("UInt", bits)
        return IntegerType(f"UInt[{n}]", 0, (1 << n) - 1)


class Int(_Written):
    """Int[n]: integers from -2^(n - 1) to 2^(n - 1) - 1; a negative one is its residue mod r."""

    def __class_getitem__(cls, bits: object) -> IntegerType:
        with short:
            n = _width("Int", bits)
        return IntegerType(f"Int[{n}]", -(1 << n - 1), (1 << n - 1) - 1)


class Fixed(_Written):
    """Fixed[n, f]: an Int[n] of units of 2^-f, n from 1 to 253 and f from 0 to n."""

    def __class_getitem__(cls, parameters: object) -> FixedType:
        both = "Fixed[...] takes two numbers: its bits, and how many of them are behind the point"
        if not _is_pair(parameters):
            bits = whole_number(parameters)
            near = bits if bits is not None and 1 < bits <= MAX_BITS else 32
            raise wrong_type(f"{both}.", f"Write for example Fixed[{near}, {near // 2}].")
        n = _width("Fixed", parameters[0], "[32, 16]")
        behind = whole_number(parameters[1])
        if behind is None or not 0 <= behind <= n:
            raise wrong_type(f"{both}, at most all.", f"Write for example Fixed[{n}, {n // 2}].")
        return FixedType(f"Fixed[{n}, {behind}]", -(1 << n - 1), (1 << n - 1) - 1, 1 << behind)


class UFixed(_Written):
    """UFixed[n, f]: a UInt[n] of units of 2^-f, n from 1 to 253 and f from 0 to n."""

    def __class_getitem__(cls, parameters: object) -> FixedType:
        n, behind = _two("UFixed", "bits", parameters, MAX_BITS)
        return FixedType(f"UFixed[{n}, {behind}]", 0, (1 << n) - 1, 1 << behind)


class Decimal(_Written):
    """Decimal[n, p]: numbers of n decimal digits, p of them behind the point, and a sign.

    n from 1 to 75, p from 0 to n. Money is exact in it, where Fixed has no 0.01.
    """

    def __new__(cls, *given: object) -> Any:
        """Refuse Decimal("0.1"), which means Python's class of the same name."""
        with short:
            raise wrong_type(
                "Decimal is called, but zkpipe's Decimal is a type, written with brackets.",
                'Write Decimal[12, 2] for the type; a number is Python\'s decimal.Decimal("0.1").',
            )

    def __class_getitem__(cls, parameters: object) -> FixedType:
        n, behind = _two("Decimal", "decimal digits", parameters, MAX_DIGITS)
        return FixedType(f"Decimal[{n}, {behind}]", 1 - 10**n, 10**n - 1, 10**behind)


def _two(name: str, of: str, parameters: object, most: int) -> tuple[int, int]:
    """The size of a type, and how much of it is behind the point."""
    given = parameters if _is_pair(parameters) else (None, None)
    size, behind = map(whole_number, given)
    if size is None or behind is None or not 1 <= size <= most or not 0 <= behind <= size:
        example = "[12, 2]" if name == "Decimal" else "[32, 16]"
        with short:
            raise wrong_type(
                f"{name}[...] takes two numbers: its {of} from 1 to {most}, and how many of them "
                "are behind the point, at most all.",
                f"Write for example {name}{example}.",
            )
    return size, behind


class Rounded(_Written):
    """Rounded[Fixed[n, f]]: a Fixed[n, f] that takes a number between two units as the nearest.

    So do Rounded[UFixed[n, f]] and Rounded[Decimal[n, p]].
    """

    def __class_getitem__(cls, parameter: object) -> FixedType:
        type_ = as_type(parameter, "Rounded")
        if not isinstance(type_, FixedType):
            raise wrong_type(
                f"Rounded has {type_}, whose values are exact.",
                "Write for example Rounded[Fixed[32, 16]], and arrays of that on the outside.",
            )
        exact = type_.name.removeprefix("Rounded[").removesuffix("]" if type_.rounds else "")
        return FixedType(f"Rounded[{exact}]", type_.low, type_.high, type_.scale, True)


def _is_pair(parameters: object) -> TypeGuard[tuple[object, object]]:
    return isinstance(parameters, tuple) and len(parameters) == 2


Field = FieldType()
"""Elements of Fr: arithmetic wraps around r, and there is no order.

Field(x) is x as a Field, which narrow(x, Field) is too.
"""
Bool = IntegerType("Bool", 0, 1)
"""0 and 1; `&`, `|`, `^` and `~` are its operators."""


class Array(_Written):
    """Array[T, n, ...]: a list of n values, nested for more lengths.

    For a component's argument a length may be `...`: any.
    """

    def __class_getitem__(cls, parameters: object) -> ArrayType:
        element, *lengths = parameters if isinstance(parameters, tuple) else (parameters,)
        if isinstance(element, int):
            raise wrong_type("An Array begins with a number.", "Write the type first: Array[T, n].")
        type_ = as_type(element, "Array")
        if not lengths:
            raise wrong_type("An Array has no length.", "Write for example Array[Field, 4].")
        for length in reversed(lengths):
            type_ = ArrayType(type_, _length(length))
        assert isinstance(type_, ArrayType)  # noqa: S101 - for the type checker: there is a length
        return type_


def _length(length: object) -> int | None:
    if length is Ellipsis:
        return None
    number = whole_number(length)
    if number is None or not 0 <= number <= MAX_LENGTH:
        raise wrong_type(
            "The length of an Array is not a whole number from 0 to 2^31.",
            "Write for example Array[Field, 4].",
        )
    return number


class Public(_Written):
    """Public[T]: an input or output that the verifier sees."""

    def __class_getitem__(cls, parameter: object) -> Visible:
        with short, within_the_stack():
            return Visible(as_type(parameter, "Public"), True)


class Private(_Written):
    """Private[T]: an input that only the prover knows."""

    def __class_getitem__(cls, parameter: object) -> Visible:
        with short, within_the_stack():
            return Visible(as_type(parameter, "Private"), False)


_EXAMPLES: dict[type, str] = {
    **dict.fromkeys((UInt, Int), "[32]"),
    **dict.fromkeys((Fixed, UFixed), "[32, 16]"),
    Decimal: "[12, 2]",
}
_COUNTED: dict[type, str] = {Decimal: "digits"}


def as_type(value: object, where: str) -> Type:
    """The type that an annotation gives; raises CompileError for what is none."""
    value = meant(value)
    if isinstance(value, FieldType | IntegerType | ArrayType | RecordType):
        return value
    if isinstance(value, type) and dataclasses.is_dataclass(value):
        return record_type(value)
    if isinstance(value, Visible):
        raise wrong_type(
            f"{value} stands inside {where}.",
            f"Write {value.type} here; Public or Private stands once, around the whole type of a "
            "circuit's input or output.",
        )
    if isinstance(value, type) and value in _EXAMPLES:
        raise wrong_type(
            f"{value.__name__} in {where} has no number of {_COUNTED.get(value, 'bits')}.",
            f"Write for example {value.__name__}{_EXAMPLES[value]}.",
        )
    raise wrong_type(
        f"{where} has {named(value)}, which is not a type of a circuit.", instead_of_type(value)
    )


def how_to_return(annotation: object) -> str:
    """What to write for an output that is not Public."""
    type_ = annotation.type if isinstance(annotation, Visible) else annotation
    if isinstance(type_, FieldType | IntegerType | ArrayType | RecordType):
        return f"Outputs are public: write `-> Public[{type_}]`."
    if isinstance(type_, type) and dataclasses.is_dataclass(type_):
        return f"Outputs are public: write `-> Public[{type_.__name__}]`."
    if isinstance(annotation, tuple):
        return "Of several outputs write `-> tuple[Public[...], Public[...]]`."
    return (
        "Outputs are public: write `-> Public[Bool]`, or `-> None`; of a list Public[Array[T, n]]."
    )


def how_to_declare(name: str, annotation: object) -> str:
    """What to write for an input that is neither Public nor Private."""
    if annotation is None:
        return f"Write for example `{name}: Private[Field]`."
    if annotation is Public or annotation is Private:
        return f"Write its type in brackets: `{name}: {annotation.__name__}[UInt[32]]`."
    if isinstance(annotation, FieldType | IntegerType | ArrayType):
        return f"Write `{name}: Private[{annotation}]`, or Public if the verifier may see it."
    if isinstance(annotation, type) and dataclasses.is_dataclass(annotation):
        return (
            f"Write `{name}: Private[{annotation.__name__}]`, or Public if the verifier may see it."
        )
    return f"Write for example `{name}: Private[Field]`. {instead_of_type(annotation)}"


# The records whose fields are being read, the outermost first: of this thread alone.
_around: ContextVar[tuple[type, ...]] = ContextVar("_around", default=())


def record_type(class_: type) -> RecordType:
    """The type of a dataclass whose fields have types of the language.

    Raises CompileError for a field that has another, and for a dataclass that relies on its
    constructor or compares by identity: a circuit makes records without calling anything of theirs.
    """
    name = class_.__name__
    fields = dataclasses.fields(class_)
    if hasattr(class_, "__post_init__") or not all(field.init for field in fields):
        raise wrong_type(
            f"The record {name} computes when it is made, which a circuit's records do not.",
            "Leave out __post_init__ and field(init=False); check and compute in the circuit.",
        )
    if not class_.__dataclass_params__.eq:  # type: ignore[attr-defined]  # of every dataclass
        raise wrong_type(
            f"The record {name} compares by identity, so `==` would be false without a check.",
            "Leave out eq=False.",
        )
    around = _around.get()
    if class_ in around:
        raise wrong_type(
            f"The record {name} holds itself.",
            "Leave that field out: a record has a fixed size. Several are an Array[T, n].",
        )
    token = _around.set((*around, class_))
    try:
        annotations = _record_annotations(class_)
        types = [(f.name, as_type(annotations[f.name], f"`{f.name}` of {name}")) for f in fields]
    finally:
        _around.reset(token)
    return RecordType(class_, tuple(types))


def _record_annotations(class_: type) -> dict[str, object]:
    """A dataclass's annotations and its bases', evaluated where they stand or are asked for."""
    frame = user_frame()
    names = dict(frame.f_locals) if frame else {}
    found: dict[str, object] = {}
    for base in reversed(class_.__mro__):
        try:
            found |= inspect.get_annotations(base, locals={**names, **vars(base)}, eval_str=True)
        except CompileError:
            raise
        except Exception as error:
            raise wrong_type(*unread(error, f"the record {class_.__name__}")) from error
    return found


def leaf_paths(type_: Type, path: str) -> Iterator[tuple[str, ScalarType]]:
    """The scalar parts of a type in order, each with its path: people[0].age, people[1].age, ..."""
    if isinstance(type_, ArrayType):
        for i in range(type_.length or 0):
            yield from leaf_paths(type_.element, f"{path}[{i}]")
    elif isinstance(type_, RecordType):
        for name, part in type_.fields:
            yield from leaf_paths(part, f"{path}.{name}")
    else:
        yield path, type_


def leaf_count(type_: Type) -> int:
    """How many scalar parts a type has."""
    if isinstance(type_, ArrayType):
        return (type_.length or 0) * leaf_count(type_.element)
    if isinstance(type_, RecordType):
        return sum(leaf_count(part) for _, part in type_.fields)
    return 1


def nest_of(type_: Type, leaf: Callable[[ScalarType], object]) -> object:
    """A value of the type: lists and records of what `leaf` gives for each scalar part in order."""
    if isinstance(type_, ArrayType):
        return [nest_of(type_.element, leaf) for _ in range(type_.length or 0)]
    if isinstance(type_, RecordType):
        values = {name: nest_of(part, leaf) for name, part in type_.fields}
        return make_record(type_.record, values)
    return leaf(type_)


def record_classes(type_: Type) -> Iterator[type]:
    """The classes of the records in a type."""
    if isinstance(type_, ArrayType):
        yield from record_classes(type_.element)
    elif isinstance(type_, RecordType):
        yield type_.record
        for _, part in type_.fields:
            yield from record_classes(part)


def is_open(type_: Type) -> bool:
    """Whether an Array in it has no length."""
    if isinstance(type_, ArrayType):
        return type_.length is None or is_open(type_.element)
    return isinstance(type_, RecordType) and any(is_open(part) for _, part in type_.fields)
