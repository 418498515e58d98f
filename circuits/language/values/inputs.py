"""Arguments of a circuit, and INPUT.json, as plain integers of the declared types.

A value is an int (numpy's too) or a bool for a Bool, an int, float, Decimal or Fraction for a
Fixed, exact unless its type rounds, nested lists for arrays, a dict or the dataclass itself for a
record; in JSON also a text of decimal digits, or of hex digits after 0x. Floats, texts and bools in
other places are refused.
Error texts name the parameter and the kind of thing given, never its value.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from zkpipe.accel.bn254 import R
from zkpipe.circuits.errors import InexactError, InputError
from zkpipe.circuits.language.values.bounds import MAX_BITS, power
from zkpipe.circuits.language.values.fixed import (
    nearest_units,
    shown_units,
    unit,
    units_around,
)
from zkpipe.circuits.language.values.refusals import DEFINED_ANEW, describe_record, is_defined_anew
from zkpipe.circuits.language.values.signal import Signal, plain_integer
from zkpipe.circuits.language.values.structure import SelfChecking
from zkpipe.circuits.language.values.types import (
    ArrayType,
    FieldType,
    FixedType,
    IntegerType,
    RecordType,
    Type,
    record_classes,
)
from zkpipe.ground.kinds import DATES, describe, is_bool, is_date, is_of, items

_DIGITS = 78  # as 2^256
_DECIMAL = re.compile(rf"(0|-?[1-9][0-9]{{0,{_DIGITS - 1}}})")
_INTEGER = re.compile(r"-?[1-9][0-9]*")
_HEX = re.compile(r"0x[0-9a-fA-F]{1,64}")  # zeros may lead: words of 32 bytes are written so
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,77})(\.[0-9]{1,300})?")  # 2^-253 has 253 behind the point


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a circuit: its name, its type, and whether the verifier sees it."""

    name: str
    type: Type
    public: bool


def bind(
    name: str,
    parameters: Sequence[Parameter],
    positional: Sequence[object],
    named: Mapping[str, object],
) -> dict[str, object]:
    """The arguments by name, in the order of the parameters.

    Raises InputError for an unknown, missing or repeated name, or too many arguments.
    """
    names = [parameter.name for parameter in parameters]
    if len(positional) > len(names):
        raise InputError(
            f"{name} takes {len(names)} inputs and was given {len(positional)}.",
            f"Give {_listed(names)}.",
        )
    given = dict(zip(names, positional, strict=False))
    for key, value in named.items():
        if key in given:
            raise InputError(
                f"The input `{key}` of {name} is given twice.", "Give it once.", key, value
            )
        if key not in names:
            fix = _as_a_whole(key, parameters) or _nearest(key, names)
            fix = fix or f"Its inputs are {_listed(names)}."
            raise InputError(f"{name} has no input `{key}`.", fix, key, value)
        given[key] = value
    missing = [key for key in names if key not in given]
    if missing:
        raise InputError(
            f"{name} is missing the input{'s' * (len(missing) > 1)} {_listed(missing)}.",
            f"Give {_listed(missing)}.",
            missing[0],
        )
    return {key: given[key] for key in names}


def _as_a_whole(key: str, parameters: Sequence[Parameter]) -> str | None:
    """The advice for a part of an input by its path, `prices[0]` or `loan.rate`."""
    root, *rest = re.split(r"[.\[]", key, maxsplit=1)
    for parameter in parameters:
        if rest and parameter.name == root and isinstance(parameter.type, ArrayType):
            return f"Give `{root}` as a list of {parameter.type.length} values."
        if rest and parameter.name == root and isinstance(parameter.type, RecordType):
            names = [name for name, _ in parameter.type.fields]
            return f"Give `{root}` as one object with the fields {_listed(names)}."
    return None


def integers(parameter: Parameter, value: object) -> list[int]:
    """The scalar parts of an argument in order, canonical or negative as given.

    Raises InputError if its shape, a kind or a value does not fit the parameter's type, or if a
    record that checks itself finds a fault.
    """
    found = scalars(parameter, value)
    if any(issubclass(class_, SelfChecking) for class_ in record_classes(parameter.type)):
        _refuse_faults(parameter.name, parameter.type, iter(found))
    return found


def scalars(parameter: Parameter, value: object) -> list[int]:
    """As `integers`, without what records check of themselves."""
    try:
        return list(_integers(parameter.name, parameter.type, value))
    except InexactError as error:
        raise error.shown() if parameter.public else error from None


def _refuse_faults(path: str, type_: Type, numbers: Iterator[int]) -> list[int]:
    """Raise InputError for the first record with a fault; returns the scalars of the type."""
    if isinstance(type_, ArrayType):
        parts = [(f"{path}[{i}]", type_.element) for i in range(type_.length or 0)]
    elif isinstance(type_, RecordType):
        parts = [(f"{path}.{name}", part) for name, part in type_.fields]
    else:
        return [next(numbers)]
    found = [number for where, part in parts for number in _refuse_faults(where, part, numbers)]
    if isinstance(type_, RecordType) and issubclass(type_.record, SelfChecking):
        fault = type_.record._fault(*found)  # of our own classes
        if fault is not None:
            raise InputError(f"`{path}` {fault[0]}.", fault[1], path)
    return found


def from_json(parameters: Sequence[Parameter], inputs: Mapping[str, object]) -> dict[str, object]:
    """The arguments that a JSON object holds: as it is, with texts of digits as numbers.

    A text holds decimal digits without leading zeros, perhaps behind a minus sign, or 0x and up to
    64 hex digits, which are an integer for every type.

    Names and types are checked where the arguments are used. Raises InputError for another text.
    """
    types = {parameter.name: parameter.type for parameter in parameters}
    return {
        name: _from_json(name, types[name], value) if name in types else value
        for name, value in inputs.items()
    }


def _from_json(path: str, type_: Type | None, value: object) -> object:
    """The value with numbers for texts; type None for what stands where no type says what it is."""
    if isinstance(value, list):
        element = type_.element if isinstance(type_, ArrayType) else None
        return [_from_json(f"{path}[{i}]", element, item) for i, item in enumerate(value)]
    if isinstance(value, dict):
        fields = dict(type_.fields) if isinstance(type_, RecordType) else {}
        return {
            name: _from_json(f"{path}.{name}", fields.get(name), item)
            for name, item in value.items()
        }
    if not isinstance(value, str) or isinstance(type_, ArrayType | RecordType):
        return value
    if _HEX.fullmatch(value):
        return int(value, 16)
    if isinstance(type_, FixedType) and _NUMBER.fullmatch(value):
        return Decimal(value)
    if not _DECIMAL.fullmatch(value):
        raise too_long(path, value) or InputError(
            f"`{path}` is a text that is not a number.", _written_for(type_, value), path, value
        )
    return int(value)


def too_long(path: str, text: str) -> InputError | None:
    """What is wrong with an integer of more digits than are read, or None for any other text."""
    if len(text) <= _DIGITS or not _INTEGER.fullmatch(text):
        return None
    return InputError(
        f"`{path}` has more digits than any number of a circuit.",
        f"Write a number of at most {_DIGITS} digits: the field's prime has 77.",
        path,
        text,
    )


def _written_for(type_: Type | None, text: str) -> str:
    if isinstance(type_, FixedType):
        return (
            'Write digits and a point, as in "-3.25": without a comma, an exponent, spaces or '
            "leading zeros."
        )
    if _DATE.match(text):
        return DATES
    if isinstance(type_, IntegerType) and type_.name == "Bool":
        return "Write true or false without quotes, or 0 or 1."
    return (
        "Write a number; or in quotes its decimal digits without leading zeros, or an "
        "integer's hex digits, 64 at most, after 0x."
    )


def _integers(path: str, type_: Type, value: object) -> Iterator[int]:
    if isinstance(type_, ArrayType):
        yield from _items(path, type_, value)
    elif isinstance(type_, RecordType):
        yield from _fields(path, type_, value)
    else:
        yield _scalar(path, type_, value)


def _items(path: str, type_: ArrayType, value: object) -> Iterator[int]:
    listed = None if isinstance(value, Signal) else items(value)
    if listed is None:
        raise _wrong_kind(path, type_, value)
    if len(listed) != type_.length:
        raise InputError(
            f"`{path}` takes {type_}, a list of length {type_.length}, and was given one of "
            f"{len(listed)}.",
            "Give a list of that length.",
            path,
            value,
        )
    for i, item in enumerate(listed):
        yield from _integers(f"{path}[{i}]", type_.element, item)


def _fields(path: str, type_: RecordType, value: object) -> Iterator[int]:
    names = [name for name, _ in type_.fields]
    if is_of(value, Mapping):  # type: ignore[type-abstract] # it asks whether it is one
        for key in value:
            if key not in names:
                shown = str(key) if isinstance(key, str) else describe(key)
                fix = _nearest(shown, names) or f"Its fields are {_listed(names)}."
                raise InputError(f"`{path}` has no field `{shown}`.", fix, path, value)
        missing = [name for name in names if name not in value]
        if missing:
            raise InputError(
                f"`{path}` is missing the field{'s' * (len(missing) > 1)} {_listed(missing)}.",
                f"Give {_listed(names)}.",
                f"{path}.{missing[0]}",
            )
        parts = [value[name] for name in names]
    elif type(value) is type_.record:  # of a subclass the rest would be dropped
        parts = [getattr(value, name) for name in names]
    else:
        raise _wrong_kind(path, type_, value)
    for (name, part), item in zip(type_.fields, parts, strict=True):
        yield from _integers(f"{path}.{name}", part, item)


def _scalar(path: str, type_: FieldType | IntegerType, value: object) -> int:
    if is_bool(value):
        if not isinstance(type_, IntegerType) or type_.name != "Bool":
            raise _wrong_kind(path, type_, value)
        return int(bool(value))
    if isinstance(type_, FixedType) and not isinstance(value, Signal):
        return _units(path, type_, value)
    number = plain_integer(value)
    if number is None or isinstance(value, Signal):
        raise _wrong_kind(path, type_, value)
    low, high = (1 - R, R - 1) if isinstance(type_, FieldType) else (type_.low, type_.high)
    if not low <= number <= high:
        raise _outside(path, type_, number, "an integer", is_below=number < low)
    return number


def _units(path: str, type_: FixedType, value: object) -> int:
    """A number in the type's units: one of them, or the nearest if the type rounds."""
    if type_.is_decimal and is_of(value, str) and _NUMBER.fullmatch(str.__str__(value)):
        value = Decimal(str.__str__(value))
    units = nearest_units(value, type_.scale)
    if units is None:
        raise _wrong_kind(path, type_, value)
    two = None if type_.rounds else units_around(value, type_.scale)
    below, above = (units, units) if two is None else two[:2]
    if below < type_.low or above > type_.high:
        raise _outside(path, type_, value, "a number", is_below=below < type_.low)
    if below != above:
        raise InexactError(
            f"`{path}` takes a {type_}, a whole number of units of {unit(type_.scale)}, and "
            "was given a number between two of them.",
            f"Give one of the two{_EXACT if type_.is_decimal else ''}; or declare it "
            f"Rounded[{type_}], which takes the nearest.",
            path,
            value,
            (shown_units(below, type_.scale), shown_units(above, type_.scale)),
        )
    return units


_EXACT = ", as a text or a decimal.Decimal: a float is binary"


def _outside(path: str, type_: Type, value: object, kind: str, *, is_below: bool) -> InputError:
    return InputError(
        f"`{path}` takes {_described(type_)}, and was given {kind} that is "
        f"{'below' if is_below else 'above'} that.",
        _fitting(type_, is_below=is_below),
        path,
        value,
    )


def _fitting(type_: Type, *, is_below: bool) -> str:
    """What to do about a number that a type does not hold."""
    if isinstance(type_, FieldType):
        return "Give its residue, x % r: a Field's values are integers modulo r."
    if not isinstance(type_, IntegerType) or isinstance(type_, FixedType):
        return "Give a value that fits, or declare a wider type."
    if type_.name == "Bool":
        return "Give one of these, or declare a UInt[n]."
    if is_below and type_.low == 0:
        return "Give a value that fits, or declare an Int[n], which has negative ones."
    if type_.high.bit_length() >= MAX_BITS - (type_.low < 0):
        return f"Give a value that fits: no integer type is wider than {MAX_BITS} bits."
    return "Give a value that fits, or declare a wider type."


def _wrong_kind(path: str, type_: Type, value: object) -> InputError:
    fix = "Give a finite number." if isinstance(type_, FixedType) else "Give an integer."
    if isinstance(value, float | Decimal) and not isinstance(type_, FixedType):
        fix = "Give an integer, without a point or an exponent; or declare a Fixed[n, f]."
    if is_of(value, str):
        fix = "Give an integer; int(text) makes one of digits."
        if isinstance(type_, FixedType):
            fix = "Give an int, float, Fraction or Decimal; Decimal(text) makes one of digits."
    if isinstance(type_, ArrayType):
        fix = "Give a list."
    elif isinstance(type_, RecordType):
        fix = f"Give a dict of {_listed([name for name, _ in type_.fields])}, or a {type_}."
        if is_defined_anew(value, type_.record):
            fix = DEFINED_ANEW
    elif is_date(value):
        fix = DATES
    return InputError(
        f"`{path}` takes {_described(type_)}, and was given {_kind(value, type_)}.",
        fix,
        path,
        value,
    )


def _kind(value: object, type_: Type) -> str:
    if isinstance(value, Signal):
        return "a signal of a circuit"
    if isinstance(value, Decimal):
        return "a decimal number"
    return describe_record(value, type_.record if isinstance(type_, RecordType) else None)


def _described(type_: Type) -> str:
    if isinstance(type_, FieldType):
        return "a Field, an integer strictly between -r and r"
    if isinstance(type_, ArrayType):
        return f"{type_}, a list of {type_.length} values"
    if isinstance(type_, RecordType):
        return f"the record {type_}"
    if isinstance(type_, FixedType):
        ends = [_shown(end, type_) for end in (type_.low, type_.high)]
        return f"a {type_}, from {ends[0]} to {ends[1]}"
    if type_.name == "Bool":
        return "a Bool: True, False, 0 or 1"
    article = "an" if type_.name.startswith("Int") else "a"
    return f"{article} {type_}, from {power(type_.low)} to {power(type_.high)}"


def _shown(units: int, type_: FixedType) -> str:
    if type_.is_decimal:
        return shown_units(units, type_.scale)
    whole, rest = divmod(abs(units), type_.scale)
    whole += rest > 0
    sign = "-" if units < 0 else ""
    return f"{sign}{power(whole)}" + (f" - {unit(type_.scale)}" if rest and units > 0 else "")


def _nearest(key: str, names: Sequence[str]) -> str | None:
    near = difflib.get_close_matches(key, names, 1)
    return f"Did you mean `{near[0]}`?" if near else None


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "no inputs"
