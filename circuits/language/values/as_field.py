"""Values as Fields, without their bounds: `Field(x)`, and narrow(x, Field)."""

from __future__ import annotations

from typing import Any

from zkpipe.accel.bn254 import R
from zkpipe.circuits.language.values.engine import current_engine
from zkpipe.circuits.language.values.refusals import refused
from zkpipe.circuits.language.values.signal import Signal, in_reach, plain_integer
from zkpipe.circuits.language.values.structure import map_structure
from zkpipe.ground.kinds import describe


def to_field(value: Any) -> Any:
    """The value as a Field, whose arithmetic wraps around r: it loses its bounds. No row.

    Lists and records part by part. A constant becomes a value of the circuit that runs; outside of
    one, and in a hint, the integer from 0 to r - 1.
    """
    return map_structure(as_field, value)


def as_field(value: object) -> Any:
    """A value without its bounds, as above; no nest."""
    if isinstance(value, Signal) and value.scale is not None:
        raise refused(
            f"makes a Field of {value.kind()}.", "Take its number of units: Field(x.units)."
        )
    if isinstance(value, Signal):
        return Signal(in_reach(value), value.payload, None, None)
    number = plain_integer(value)
    if number is None:
        raise refused(f"makes a Field of {describe(value)}.", "Give a signal or a whole number.")
    if not -R < number < R:
        raise refused(
            "makes a Field of a constant that is not strictly between -r and r.",
            "Reduce it first: x % r.",
        )
    engine = current_engine.get()
    if engine is None:
        return number % R
    return Signal(engine, engine.constant(number % R), None, None)
