"""What gadgets take, one rule for all (ground.kinds): lists of field elements, bits, whole numbers.

A list is a sequence or an array in its own order: of a set or a dict values would be dropped or
change places, and bytes are for gadgets over bytes. An element is a circuit's value, or an integer
strictly between -r and r, which stands for its residue.

What does not fit is refused in a sentence: while a circuit is traced or run by a CompileError at
the user's line, else by an InputError.
"""

from __future__ import annotations

from zkpipe.accel.bn254 import R
from zkpipe.circuits.errors import InputError
from zkpipe.circuits.language.values.bounds import power
from zkpipe.circuits.language.values.engine import current_engine
from zkpipe.circuits.language.values.refusals import refused
from zkpipe.circuits.language.values.signal import Signal
from zkpipe.circuits.language.values.structure import is_record
from zkpipe.ground.errors import ZkpipeError
from zkpipe.ground.kinds import DATES, MOST, describe, integer, is_date, items, whole_number

Element = Signal | int
BITS = "Bools"


def misuse(
    gadget: str, problem: str, fix: str, parameter: str | None = None, value: object = None
) -> ZkpipeError:
    """The error for a gadget called with what it does not take.

    problem  the rest of a sentence that begins with the gadget's name or the user's expression
    """
    if current_engine.get() is not None:
        return refused(problem, fix)
    return InputError(f"{gadget} {problem}", fix, parameter, value)


def listed(gadget: str, name: str, values: object, of: str) -> list[object]:
    """The entries of a list, copied.

    of  what they are, for people: "field elements"
    """
    entries = None if isinstance(values, Signal) else items(values)
    if entries is None:
        given = values.kind() if isinstance(values, Signal) else describe(values)
        of_number = isinstance(values, Signal) or integer(values) is not None
        bits_of = " The bits of a number are gadgets.to_bits(x, n)." if of == BITS else ""
        raise misuse(
            gadget,
            f"has {given} for {name}, which is not a list.",
            f"Give a list, a tuple or an array of {of}, in their order."
            + (bits_of if of_number else ""),
            name,
            values,
        )
    if len(entries) > MOST:
        raise misuse(gadget, f"has more than {MOST} {of} for {name}.", "Give fewer.", name)
    return list(entries)


def element(gadget: str, name: str, value: object) -> Element:
    """A signal as it is, an integer as its residue."""
    if isinstance(value, Signal):
        if value.scale is not None:
            fix = "Give its number of units, x.units."
            raise misuse(gadget, f"has {value.kind()} for {name}.", fix, name)
        return value
    number = integer(value)
    if number is None:
        raise misuse(gadget, f"has {describe(value)} for {name}.", _fix_of(value), name, value)
    if not -R < number < R:
        fix = "Give a whole number strictly between -r and r."
        raise misuse(gadget, f"has no field element for {name}.", fix, name, value)
    return number % R


def _fix_of(value: object) -> str:
    if is_date(value):
        return DATES
    if isinstance(value, str | bytes):
        return (
            'Give a whole number. A text of up to 31 bytes is int.from_bytes(text.encode(), "big").'
        )
    if is_record(value):
        return "Give its fields one by one."
    return "Give a whole number, or a circuit's value."


def elements(gadget: str, name: str, values: object) -> list[Element]:
    """A list of field elements."""
    entries = listed(gadget, name, values, "field elements")
    return [element(gadget, f"{name}[{i}]", value) for i, value in enumerate(entries)]


def bit(gadget: str, name: str, value: object) -> Element:
    """A circuit's Bool as it is, another one as 0 or 1."""
    if isinstance(value, Signal):
        if value.is_flag:
            return value
    else:
        number = integer(value)
        if number in (0, 1):
            return number
    given = value.kind() if isinstance(value, Signal) else describe(value)
    raise misuse(
        gadget,
        f"has {given} that is not a bit for {name}.",
        "Declare it a Bool, compare first (x != 0), or give 0 or 1.",
        name,
        value,
    )


def bits(gadget: str, name: str, values: object) -> list[Element]:
    """A list of bits."""
    entries = listed(gadget, name, values, BITS)
    return [bit(gadget, f"{name}[{i}]", value) for i, value in enumerate(entries)]


def whole(gadget: str, name: str, value: object, least: int, most: int, fix: str) -> int:
    """A whole number that is known when the circuit is compiled."""
    if isinstance(value, Signal):
        what = f"has {value.kind()} for {name}, which must be known when the circuit is compiled."
        raise misuse(gadget, what, "Give a whole number.", name)
    number = whole_number(value)
    if number is None or not least <= number <= most:
        within = f"from {power(least)} to {power(most)}"
        if most == R - 1:
            within = "strictly between -r and r" if least < 0 else f"from {least} to r - 1"
        what = f"has no whole number {within} for {name}."
        raise misuse(gadget, what, fix, name, value)
    return number
