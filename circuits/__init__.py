"""Circuits in Python, and the systems and witnesses that they become.

The names below are loaded when they are first used (zkpipe.lazy).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpipe.circuits.errors import (
    CircuitWarning,
    CompileError,
    InputError,
    UnderconstrainedError,
    UnsatisfiedError,
)
from zkpipe.ground.errors import FormatError
from zkpipe.lazy import late

if __name__ != "zkpipe.circuits":  # by another name, every class would be there twice
    raise ImportError("It is imported as zkpipe.circuits.", name="circuits")

if TYPE_CHECKING:
    from zkpipe.circuits.language.choices import lookup, maximum, member, minimum, select
    from zkpipe.circuits.language.circuit import circuit
    from zkpipe.circuits.language.component import component
    from zkpipe.circuits.language.functions import all_of, any_of, check, narrow
    from zkpipe.circuits.language.hint_calls import hint
    from zkpipe.circuits.language.types import (
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
    from zkpipe.circuits.system import ConstraintSystem, Witness
else:
    __getattr__, __dir__ = late(
        __name__,
        {
            "zkpipe.circuits.language.choices": "lookup maximum member minimum select",
            "zkpipe.circuits.language.circuit": "circuit",
            "zkpipe.circuits.language.component": "component",
            "zkpipe.circuits.language.functions": "all_of any_of check narrow",
            "zkpipe.circuits.language.hint_calls": "hint",
            "zkpipe.circuits.language.types": (
                "Array Bool Field Fixed Int Private Public Rounded UInt"
            ),
            "zkpipe.circuits.system": "ConstraintSystem Witness",
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
