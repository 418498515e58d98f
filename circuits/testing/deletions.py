"""Every constraint of a circuit deleted in turn, to see what would notice that it is gone.

A constraint is there to forbid something. If it can go unnoticed, either a test is missing or it
forbids nothing. Three things notice a deletion:

    a case     a witness that satisfies all other rows proves what must not be proven: inputs that
               are to be rejected, inputs that their types do not hold, or other outputs
    a verdict  the analysis of the rest no longer proves that the inputs determine all values
    the test   says that it is equivalent, and why
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import from_montgomery
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.formats.equations import equations
from zkpipe.circuits.language.values.types import IntegerType, leaf_paths
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.circuits.r1cs.record import Operation
from zkpipe.circuits.solve.advice import (
    Advice,
    Question,
    computed_by,
    forged,
    questions,
    wires_behind,
)
from zkpipe.circuits.soundness.proof import is_proved
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.circuits.testing import spec
from zkpipe.circuits.testing.falsehoods import falsehoods, in_each_digit
from zkpipe.circuits.testing.fitting import fitting
from zkpipe.circuits.testing.given import Inputs, scalars_of, whole
from zkpipe.circuits.testing.subject import Subject, subject
from zkpipe.ground.kinds import unordered
from zkpipe.ground.shown import shown

SHOWN = 12  # deletions of a message
MOST_CARRIED = 1 << 11  # lies carried on into digits, of one case
_WORD = re.compile(r"\w")
Refusal = tuple[str, list[int], int]  # the lie, the outputs, the row


@dataclass(frozen=True, slots=True)
class Deletions:
    """What noticed which row's deletion.

    tried       rows, by number
    by_case     rows with what could be proven without them
    by_verdict  rows without which the analysis has no proof
    equivalent  rows with the reason that the test gives
    """

    tried: tuple[int, ...]
    by_case: Mapping[int, str]
    by_verdict: tuple[int, ...]
    equivalent: Mapping[int, str]


def deletions(
    circuit: Circuit,
    accepted: Iterable[Inputs] = (),
    rejected: Iterable[Inputs] = (),
    *,
    equivalent: Mapping[str, str] | None = None,
    sample: int | None = None,
    seed: int = 0,
) -> Deletions:
    """Assert that the deletion of each constraint would be noticed.

    accepted    inputs that have a witness, which is tried as `accepts` does
    rejected    inputs that must have none, of any range, which is tried as `rejects` does
    equivalent  a text of the equations, as `zkpipe print` writes them, with the reason why nothing
                can be proven without such a row that could not be proven with it
    sample      rows that are tried, evenly spread; None: all
    seed        of the random lies

    Returns what noticed each. Raises AssertionError for rows that nothing would miss, for a case
    that is not what the test says, for a text of `equivalent` that explains no row or any, and for
    a circuit without constraints or cases.

    Cost: an analysis for each row that no case catches.
    """
    __tracebackhide__ = True
    tested, seed = subject(circuit), whole("seed", seed, 0)
    system, count = tested.system, tested.system.constraint_count
    most = count if sample is None else whole("sample", sample, 1)
    given, refused = _cases("accepted", accepted), _cases("rejected", rejected)
    if not count or not (given or refused):
        lacks = "constraint to delete" if not count else "inputs to try it with"
        raise AssertionError(f"{circuit.name} has no {lacks}, so that nothing would be tested.")
    texts = _reasons(tested, {} if equivalent is None else equivalent)
    _tried_first(tested, given, refused, seed)
    spread = np.linspace(0, count - 1, min(count, most)).round().astype(int)
    tried = tuple(int(row) for row in np.unique(spread))
    caught = _by_cases(tested, tried, given, refused, seed)
    by_case = {row: caught[row] for row in tried if row in caught}
    proven = is_proved(system)
    by_verdict = tuple(
        row
        for row in tried
        if row not in by_case and proven and not is_proved(without_row(system, row))
    )
    left = [row for row in tried if row not in by_case and row not in by_verdict]
    reasons, missed = _explained(system, left, texts)
    if missed:
        raise AssertionError(_unnoticed(tested, missed, len(tried), proven))
    untried = sorted({*range(count)} - {*tried})
    for text in texts:
        if not any(text in _equation(system, row) for row in (*reasons, *untried)):
            raise AssertionError(
                f"`equivalent` explains constraints of {circuit.name} with {text!r}, and none that "
                "nothing notices has it: take it out, or write it as `zkpipe print` does."
            )
    return Deletions(tried, by_case, by_verdict, reasons)


def _cases(name: str, cases: Iterable[Inputs]) -> list[Inputs]:
    """The cases of a test as a list, each as it was when it was met."""
    __tracebackhide__ = True
    entries = unordered(map(_copied, cases) if isinstance(cases, Iterator) else cases)
    if entries is None:
        raise AssertionError(
            f"`{name}` is a list of inputs, each a dict by parameter, and the test gives "
            f"{shown(cases)}."
        )
    kept: list[Inputs] = []
    for case in entries:
        if not issubclass(type(case), Mapping):
            raise AssertionError(
                f"`{name}[{len(kept)}]` is a dict by parameter, and the test gives {shown(case)}."
            )
        kept.append(deepcopy(case))  # type: ignore[arg-type] # it is a Mapping
    return kept


def _copied(case: object) -> object:
    """A case as it is now: a generator may change it before it gives the next."""
    return deepcopy(case) if issubclass(type(case), Mapping) else case


def _tried_first(
    tested: Subject, accepted: Sequence[Inputs], rejected: Sequence[Inputs], seed: int
) -> None:
    """Raise AssertionError for a case that is not what the test says."""
    __tracebackhide__ = True
    for name, cases, run in (
        ("accepted", accepted, lambda inputs: spec.accepted(tested, inputs)),
        ("rejected", rejected, lambda inputs: spec.refused(tested, inputs, seed=seed)),
    ):
        for number, inputs in enumerate(cases):
            try:
                run(inputs)
            except AssertionError as error:
                raise AssertionError(f"`{name}[{number}]` is not {name}.\n{error}") from None


def _reasons(tested: Subject, equivalent: Mapping[str, str]) -> dict[str, str]:
    """The texts with their reasons; raises AssertionError for one that would explain anything."""
    __tracebackhide__ = True
    if not issubclass(type(equivalent), Mapping):
        raise AssertionError(
            f"`equivalent` is a dict of texts with reasons, and the test gives {shown(equivalent)}."
        )
    if not equivalent:
        return {}
    rows = range(tested.system.constraint_count)
    every = [str(equation) for equation in equations(tested.system, rows)]
    for text, why in equivalent.items():
        if not (isinstance(text, str) and isinstance(why, str) and why.strip()):
            raise AssertionError(
                f"`equivalent` holds texts with reasons, and the test gives {text!r}: {why!r}."
            )
        if not _WORD.search(text) or (len(every) > 1 and all(text in one for one in every)):
            raise AssertionError(
                f"`equivalent` has {text!r}, which every constraint of {tested.circuit.name} has: "
                "give a text of those that are meant."
            )
    return dict(equivalent)


def _equation(system: ConstraintSystem, row: int) -> str:
    (equation,) = equations(system, range(row, row + 1))
    return str(equation)


def without_row(system: ConstraintSystem, row: int) -> ConstraintSystem:
    """The system with all constraints but one. It is for analysis: it cannot be solved."""
    a, b, c = (_without(matrix, row) for matrix in (system.a, system.b, system.c))
    return replace(system, a=a, b=b, c=c)


def _without(matrix: SparseMatrix, row: int) -> SparseMatrix:
    first, last = int(matrix.starts[row]), int(matrix.starts[row + 1])
    kept = np.ones(len(matrix.wires), np.bool_)
    kept[first:last] = False
    starts = np.concatenate([matrix.starts[: row + 1], matrix.starts[row + 2 :] - (last - first)])
    return SparseMatrix(starts, matrix.wires[kept], matrix.values[kept])


def _by_cases(
    tested: Subject,
    tried: Sequence[int],
    accepted: Sequence[Inputs],
    rejected: Sequence[Inputs],
    seed: int,
) -> dict[int, str]:
    """Rows that alone refuse a witness that must be refused, each with what it would prove."""
    caught: dict[int, str] = {}
    for inputs in accepted:
        residues = scalars_of(tested.circuit, inputs).residues
        honest = tested.outputs(forged(tested.tape, residues, {}))
        for lie, found, row in _lone_refusals(tested, residues, seed):
            if found != honest:
                caught.setdefault(row, f"other outputs, by a lie: {lie}")
        for what, wrong in _of_no_type(tested, residues):
            for lie, _, row in _lone_refusals(tested, wrong, seed):
                caught.setdefault(row, f"{what}; {lie}")
    for inputs in rejected:
        for lie, _, row in _lone_refusals(
            tested, scalars_of(tested.circuit, inputs).residues, seed
        ):
            caught.setdefault(row, f"rejected inputs; {lie}")
    for inputs in accepted:
        residues = scalars_of(tested.circuit, inputs).residues
        honest = tested.outputs(forged(tested.tape, residues, {}))
        left = [row for row in tried if row not in caught]
        for lie, found, row in _freed(tested, residues, left, seed):
            if found != honest:
                caught.setdefault(row, f"other outputs, by a lie: {lie}")
    for inputs in rejected:
        left = [row for row in tried if row not in caught]
        residues = scalars_of(tested.circuit, inputs).residues
        for lie, _, row in _freed(tested, residues, left, seed):
            caught.setdefault(row, f"rejected inputs; {lie}")
    return caught


def _lone_refusals(tested: Subject, residues: Sequence[int], seed: int) -> Iterator[Refusal]:
    """Witnesses that a single row refuses: no lie, a lie, and a lie carried on into digits.

    A value that is out of range leaves all its digits bits but one: a prover chooses which. Where
    rows fail without a lie, only one that reaches them can leave another row alone to refuse.
    """
    failing = tested.failing_rows(forged(tested.tape, residues, {}), 2)
    near = wires_behind(tested.system, failing) if failing else None
    asked = questions(tested.tape, residues, wires=near)
    of_wire = {wire: q.advice for q in asked for wire in q.advice.wires}
    told: list[tuple[str, dict[Advice, tuple[int, ...]]]] = [("no lie", {})]
    for question in asked:
        advice = question.advice
        lies = [*falsehoods(question, seed), *fitting(tested, residues, question)]
        told += [(lie.name, {advice: lie.answer}) for lie in lies]
    left = MOST_CARRIED
    for name, answers in told:
        lone = _lone_refusal(tested, residues, answers)
        if lone is None:
            continue
        yield name, *lone
        wires = tested.wires_of_row(lone[1])
        for advice in {of_wire[wire] for wire in wires if wire in of_wire} - set(answers):
            if left <= 0 or advice.operation is not Operation.BITS:
                continue
            (question,) = questions(tested.tape, residues, answers, {*advice.wires})
            carried = in_each_digit(question)
            left -= len(carried)
            for lie in carried:
                deeper = _lone_refusal(tested, residues, {**answers, advice: lie.answer})
                if deeper is not None:
                    yield f"{name}, {lie.name}", *deeper


def _freed(
    tested: Subject, residues: Sequence[int], rows: Sequence[int], seed: int
) -> Iterator[Refusal]:
    """Witnesses in which what a row computes is another value, so that this row refuses them."""
    values = forged(tested.tape, residues, {})
    for row in rows:
        freed = computed_by(tested.system, row)
        if freed is None:
            continue
        (honest,) = from_montgomery(values[list(freed.wires)], R)
        question = Question(freed, (), (honest,))
        for lie in (*falsehoods(question, seed), *fitting(tested, residues, question, row)):
            lone = _lone_refusal(tested, residues, {freed: lie.answer})
            if lone is not None:
                yield f"{lie.name} for what it computes", *lone


def _lone_refusal(
    tested: Subject, residues: Sequence[int], answers: Mapping[Advice, Sequence[int]]
) -> tuple[list[int], int] | None:
    """The outputs of a witness that a single row refuses, and the row."""
    values = forged(tested.tape, residues, answers)
    rows = tested.failing_rows(values, 2)
    return (tested.outputs(values), rows[0]) if len(rows) == 1 else None


def _of_no_type(tested: Subject, residues: list[int]) -> Iterator[tuple[str, list[int]]]:
    """The inputs with one scalar out of its type."""
    leaves = [leaf for p in tested.circuit.parameters for leaf in leaf_paths(p.type, p.name)]
    for place, (path, type_) in enumerate(leaves):
        if isinstance(type_, IntegerType):
            for wrong in (type_.high + 1, type_.low - 1):
                changed = [*residues[:place], wrong % R, *residues[place + 1 :]]
                yield f"{path} = {wrong}, which is not of type {type_}", changed


def _explained(
    system: ConstraintSystem, left: Sequence[int], equivalent: Mapping[str, str]
) -> tuple[dict[int, str], list[int]]:
    """The rows that the test explains with its reasons, and those that it does not."""
    reasons: dict[int, str] = {}
    for row in left:
        equation = _equation(system, row)
        given = [reason for text, reason in equivalent.items() if text in equation]
        if given:
            reasons[row] = given[0]
    return reasons, [row for row in left if row not in reasons]


def _unnoticed(tested: Subject, missed: Sequence[int], tried: int, proven: bool) -> str:
    lines = []
    for row in missed[:SHOWN]:
        source = tested.source(row)
        shown = _equation(tested.system, row)
        lines.append(f"  {row}  {shown}" + ("" if source is None else f"\n      {source}"))
    more = f"\n  and {len(missed) - SHOWN} more" if len(missed) > SHOWN else ""
    advice = (
        "Add inputs to `rejected` that only this constraint forbids, or give the reason why there "
        "are none: equivalent={'part of the equation': 'reason'}."
    )
    if not proven:
        advice += " The circuit's own verdict is not SAFE, so verdicts noticed nothing."
    return (
        f"Of {tried} constraints of {tested.circuit.name}, {len(missed)} could be deleted and "
        f"nothing here would notice:\n" + "\n".join(lines) + f"{more}\n{advice}"
    )
