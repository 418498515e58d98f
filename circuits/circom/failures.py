"""What is told of a program of circom that does not come to a witness.

A program's messages are somebody's text, and could spell a private value. Passed on are those that
circom writes: they name a template or a function that the program's own data names, and a line.

Source: iden3/circom, code_producers/src/wasm_elements, for the messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from zkpipe.circuits.circom.interface import Code, Stopped
from zkpipe.circuits.errors import CalculatorError, UnsatisfiedError

MOST_PLACES = 1 << 16  # templates and functions of a program that messages name
_PLACE = re.compile(rb"Error in (?:template|function) [A-Za-z_$][\w$]{0,200}")
_LINE = re.compile(r"(?P<place>Error in .{1,240}) line: [0-9]{1,7}")
_BY_ZERO = "integer divide by zero"


def places(code: bytes) -> frozenset[str]:
    """The beginnings of the messages that a program can print of its templates and functions."""
    return frozenset(
        found[0].decode("ascii") for found in islice(_PLACE.finditer(code), MOST_PLACES)
    )


def why_stopped(
    name: str, stopped: Stopped, known: frozenset[str]
) -> UnsatisfiedError | CalculatorError:
    """What is told of a program that called exceptionHandler; `known` is its `places`."""
    lines = list(_of_circom(stopped.lines, known))
    if stopped.code in (Code.ASSERTION, Code.BEYOND_ARRAY):
        what = (
            "an assertion of the circuit does not hold"
            if stopped.code == Code.ASSERTION
            else "the circuit reads beyond the end of an array"
        )
        return UnsatisfiedError(
            f"{name} has no witness for these inputs: {what}.",
            "Look at the line of the template that is named, and at the inputs that it uses."
            if lines
            else "Look at the assertions of the circuit, and at the inputs that they use.",
            evidence=lines,
        )
    if stopped.code == Code.MEMORY:
        what = "it has too little memory, as its compiler has set it"
    elif stopped.code == Code.WITHIN_AN_IMPORT:
        what = "it calls what it imports from within such a call"
    else:
        what = f"it stopped with the code {stopped.code}"
    return CalculatorError(f"{name} cannot go on: {what}.", "Compile the circuit again.", lines)


def why_trapped(name: str, error: Exception) -> UnsatisfiedError | CalculatorError:
    """What is told of a program that wasmtime stopped, or could not start."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    traps = [line for line in lines if "wasm trap" in line]
    if any(_BY_ZERO in line for line in traps):
        return UnsatisfiedError(
            f"{name} has no witness for these inputs: the circuit divides by zero.",
            "Look at the operators \\ and % of the circuit, and at the inputs that they use.",
        )
    return CalculatorError(
        f"{name} cannot go on: its program failed.",
        "Compile the circuit again. If it fails again, try another witness calculator.",
        [ascii(line[:80])[1:-1] for line in (traps or lines)[-1:]],
    )


def _of_circom(lines: Iterable[str], known: frozenset[str]) -> Iterable[str]:
    for line in lines:
        found = _LINE.fullmatch(line)
        if found is not None and found["place"] in known:
            yield line
