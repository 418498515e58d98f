"""Circuits in Python, and the systems and witnesses that they become.

The names below are loaded when they are first used (zkpipe.lazy).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpipe.lazy import late

if __name__ != "zkpipe.circuits":  # by another name, every class would be there twice
    raise ImportError("It is imported as zkpipe.circuits.", name="circuits")

if TYPE_CHECKING:
    from zkpipe.circuits.define.circuit import Circuit, circuit
    from zkpipe.circuits.define.component import Component, component
    from zkpipe.circuits.errors import (
        CircuitWarning,
        CompileError,
        InputError,
        UnsatisfiedError,
    )
    from zkpipe.circuits.gadgets.curve.point import Point
    from zkpipe.circuits.language.plain.hint import hint
    from zkpipe.circuits.language.values.choices import lookup, maximum, member, minimum, select
    from zkpipe.circuits.language.values.functions import all_of, any_of, check, narrow
    from zkpipe.circuits.language.values.types import (
        Array,
        Bool,
        Decimal,
        Field,
        Fixed,
        Int,
        Private,
        Public,
        Rounded,
        UFixed,
        UInt,
    )
    from zkpipe.circuits.soundness.errors import UnderconstrainedError
    from zkpipe.circuits.system import ConstraintSystem
    from zkpipe.circuits.witness import Witness
    from zkpipe.ground.errors import FormatError
else:
    __getattr__, __dir__ = late(
        __name__,
        {
            "zkpipe.circuits.language.values.choices": "lookup maximum member minimum select",
            "zkpipe.circuits.define.circuit": "Circuit circuit",
            "zkpipe.circuits.define.component": "Component component",
            "zkpipe.circuits.errors": "CircuitWarning CompileError InputError UnsatisfiedError",
            "zkpipe.circuits.language.values.functions": "all_of any_of check narrow",
            "zkpipe.circuits.gadgets.curve.point": "Point",
            "zkpipe.circuits.language.plain.hint": "hint",
            "zkpipe.circuits.language.values.types": (
                "Array Bool Decimal Field Fixed Int Private Public Rounded UFixed UInt"
            ),
            "zkpipe.circuits.soundness.errors": "UnderconstrainedError",
            "zkpipe.circuits.system": "ConstraintSystem",
            "zkpipe.circuits.witness": "Witness",
            "zkpipe.ground.errors": "FormatError",
        },
        "errors gadgets soundness testing",
    )

__all__ = [
    "Array",
    "Bool",
    "Circuit",
    "CircuitWarning",
    "CompileError",
    "Component",
    "ConstraintSystem",
    "Decimal",
    "Field",
    "Fixed",
    "FormatError",
    "InputError",
    "Int",
    "Point",
    "Private",
    "Public",
    "Rounded",
    "UFixed",
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
