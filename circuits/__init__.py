"""Circuits in Python, and the systems and witnesses that they become.

The names below are loaded when they are first used (accel.lazy).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accel.errors import FormatError
from accel.lazy import late
from circuits.errors import CompileError, InputError, UnsatisfiedError

if TYPE_CHECKING:
    from circuits.language.circuit import circuit
    from circuits.language.component import component
    from circuits.language.functions import (
        all_of,
        any_of,
        check,
        hint,
        maximum,
        minimum,
        narrow,
        select,
    )
    from circuits.language.types import Array, Bool, Field, Int, Private, Public, UInt
    from circuits.system import ConstraintSystem, Witness
else:
    __getattr__, __dir__ = late(
        __name__,
        {
            "circuits.language.circuit": "circuit",
            "circuits.language.component": "component",
            "circuits.language.functions": (
                "all_of any_of check hint maximum minimum narrow select"
            ),
            "circuits.language.types": "Array Bool Field Int Private Public UInt",
            "circuits.system": "ConstraintSystem Witness",
        },
    )

__all__ = [
    "Array",
    "Bool",
    "CompileError",
    "ConstraintSystem",
    "Field",
    "FormatError",
    "InputError",
    "Int",
    "Private",
    "Public",
    "UInt",
    "UnsatisfiedError",
    "Witness",
    "all_of",
    "any_of",
    "check",
    "circuit",
    "component",
    "hint",
    "maximum",
    "minimum",
    "narrow",
    "select",
]
