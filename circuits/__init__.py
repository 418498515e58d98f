"""Circuits in Python, and the systems and witnesses that they become.

The names below are loaded when they are first used (accel.lazy).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accel.errors import FormatError
from accel.lazy import late
from circuits.errors import (
    CircuitWarning,
    CompileError,
    InputError,
    UnderconstrainedError,
    UnsatisfiedError,
)

if TYPE_CHECKING:
    from circuits.language.choices import lookup, maximum, member, minimum, select
    from circuits.language.circuit import circuit
    from circuits.language.component import component
    from circuits.language.functions import all_of, any_of, check, narrow
    from circuits.language.hint_calls import hint
    from circuits.language.types import (
        Array,
        Bool,
        Field,
        Fixed,
        Int,
        Private,
        Public,
        Rounded,
        UInt,
    )
    from circuits.system import ConstraintSystem, Witness
else:
    __getattr__, __dir__ = late(
        __name__,
        {
            "circuits.language.choices": "lookup maximum member minimum select",
            "circuits.language.circuit": "circuit",
            "circuits.language.component": "component",
            "circuits.language.functions": "all_of any_of check narrow",
            "circuits.language.hint_calls": "hint",
            "circuits.language.types": "Array Bool Field Fixed Int Private Public Rounded UInt",
            "circuits.system": "ConstraintSystem Witness",
        },
    )

__all__ = [
    "Array",
    "Bool",
    "CircuitWarning",
    "CompileError",
    "ConstraintSystem",
    "Field",
    "Fixed",
    "FormatError",
    "InputError",
    "Int",
    "Private",
    "Public",
    "Rounded",
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
