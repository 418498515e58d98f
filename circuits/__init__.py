"""Circuits in Python, and the systems and witnesses that they become."""

from accel.errors import FormatError
from circuits.errors import CompileError, InputError, UnderconstrainedError, UnsatisfiedError
from circuits.language.choices import lookup, maximum, member, minimum, select
from circuits.language.circuit import circuit
from circuits.language.component import component
from circuits.language.functions import all_of, any_of, check, hint, narrow
from circuits.language.types import Array, Bool, Field, Fixed, Int, Private, Public, UInt
from circuits.system import ConstraintSystem, Witness

__all__ = [
    "Array",
    "Bool",
    "CompileError",
    "ConstraintSystem",
    "Field",
    "Fixed",
    "FormatError",
    "InputError",
    "Int",
    "Private",
    "Public",
    "UInt",
    "UnderconstrainedError",
    "UnsatisfiedError",
    "Witness",
    "all_of",
    "any_of",
    "check",
    "circuit",
    "component",
    "hint",
    "lookup",
    "maximum",
    "member",
    "minimum",
    "narrow",
    "select",
]
