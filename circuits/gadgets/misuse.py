"""The error for a gadget called with what it does not take."""

from __future__ import annotations

from accel.errors import ZkpipeError
from circuits.errors import InputError
from circuits.language.engine import current_engine
from circuits.language.refusals import refused


def misuse(
    gadget: str, what: str, mend: str, parameter: str | None = None, value: object = None
) -> ZkpipeError:
    """While a circuit is traced or run a CompileError at the user's line, else an InputError.

    what  the rest of a sentence that begins with the gadget's name or the user's expression
    """
    if current_engine.get() is not None:
        return refused(what, mend)
    return InputError(f"{gadget} {what}", mend, parameter, value)
