"""How a failed test says what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zkpipe.accel.bn254 import signed
from zkpipe.circuits.errors import Source
from zkpipe.circuits.language.values.fixed import unit
from zkpipe.circuits.language.values.types import FixedType, ScalarType
from zkpipe.circuits.r1cs.record import Operation
from zkpipe.circuits.solve.advice import Advice, Question
from zkpipe.circuits.testing.falsehoods import Falsehood
from zkpipe.circuits.testing.subject import Subject

SHOWN = 8  # values of an answer
_KINDS = {
    Operation.BITS: "The bits of a value",
    Operation.INVERSE: "The inverse of a value",
    Operation.QUOTIENT: "A quotient",
    Operation.RATIO: "A ratio in the field",
}


def advice_name(tested: Subject, question: Question, lie: Falsehood) -> str:
    """Who lied, where, and how."""
    advice = question.advice
    source = source_of_advice(tested, advice)
    what = f"The hint `{advice.hint.name}`" if advice.hint else _KINDS[advice.operation]
    names = _few(tested.names(list(advice.wires[: SHOWN + 1])))
    where = "" if source is None else f"  {source}\n"
    honest, told = _values(question.honest), _values(lie.answer)
    return f"{where}{what} ({names}) is {honest}; the lie: {lie.name}, {told}."


def source_of_advice(tested: Subject, advice: Advice) -> Source | None:
    """The line of a hint's call, or of the first row that has the advice."""
    if advice.hint is not None:
        return advice.hint.source
    rows = tested.rows_of_wire(advice.wires[0])
    return tested.source(int(rows[0])) if len(rows) else None


def told_together(
    tested: Subject, asked: Sequence[Question], told: Mapping[Advice, tuple[int, ...]]
) -> str:
    """Who lied of several hints whose lies make up for one another."""
    return "\n".join(
        advice_name(tested, question, Falsehood("what rows ask for together", told[advice]))
        for question in asked
        if (advice := question.advice) in told and told[advice] != question.honest
    )


def hints_of(tested: Subject, values: Sequence[int]) -> str:
    """What hints would have to answer for a witness that a search found; canonical values."""
    program = tested.system.program
    lines = []
    for use in () if program is None else program.hints:
        if use.wires:
            names = _few(tested.names(list(use.wires[: SHOWN + 1])))
            lie = _values([values[wire] for wire in use.wires])
            source = "" if use.call.source is None else f"  {use.call.source}\n"
            lines.append(f"{source}The hint `{use.call.name}` ({names}) may answer {lie}.")
    return "\n".join(lines[:SHOWN]) or "All constraints hold for values that a search found."


def answers(
    declared: Sequence[tuple[str, ScalarType]], wanted: Sequence[int], found: Sequence[int]
) -> str:
    """Outputs that differ, by name; those of a Fixed in its units."""
    return "\n".join(
        f"  {name} is {signed(is_)}, and not {signed(should)}{_units(type_)}"
        for (name, type_), should, is_ in zip(declared, wanted, found, strict=True)
        if should != is_
    )


def _units(type_: ScalarType) -> str:
    return f" (units of {unit(type_.scale)})" if isinstance(type_, FixedType) else ""


def _values(values: Sequence[int]) -> str:
    return _few([str(signed(value)) for value in values[: SHOWN + 1]])


def _few(texts: Sequence[str]) -> str:
    return ", ".join(texts[:SHOWN]) + (", ..." if len(texts) > SHOWN else "")
