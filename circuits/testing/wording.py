"""How a failed test says what happened."""

from __future__ import annotations

from collections.abc import Sequence

from circuits.compile.record import Operation
from circuits.errors import Source
from circuits.solve.advice import Advice, Question
from circuits.testing.falsehoods import Falsehood
from circuits.testing.subject import Subject, signed

SHOWN = 8  # values of an answer
_KINDS = {
    Operation.BITS: "The bits of a value",
    Operation.INVERSE: "The inverse of a value",
    Operation.QUOTIENT: "A quotient",
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


def answers(names: Sequence[str], wanted: Sequence[int], found: Sequence[int]) -> str:
    """Outputs that differ, by name."""
    if len(wanted) != len(found):
        return f"  {len(found)} values, and not {len(wanted)}"
    lines = [
        f"  {name} is {signed(is_)}, and not {signed(should)}"
        for name, should, is_ in zip(names, wanted, found, strict=True)
        if should != is_
    ]
    return "\n".join(lines)


def _values(values: Sequence[int]) -> str:
    return _few([str(signed(value)) for value in values[: SHOWN + 1]])


def _few(texts: Sequence[str]) -> str:
    return ", ".join(texts[:SHOWN]) + (", ..." if len(texts) > SHOWN else "")
