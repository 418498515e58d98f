"""Bugs of zkbugs, rebuilt: each broken circuit is caught, and its corrected twin is proved."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.circuits.oracles import rows
from tests.zkbugs import curves, ranges, statements, unpinned
from tests.zkbugs.corpus import Bug, Inputs
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import from_montgomery
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.r1cs.record import Operation
from zkpipe.circuits.solve.advice import Advice, forged, questions
from zkpipe.circuits.soundness import Report, Verdict, analyse
from zkpipe.circuits.testing import accepts, lies, mutations, rejects
from zkpipe.circuits.testing.given import scalars_of
from zkpipe.circuits.testing.subject import Subject, subject

INDEX = json.loads(
    (Path(__file__).parents[1] / "vectors" / "zkbugs" / "index.json").read_text(encoding="utf-8")
)
BEYOND_LIARS = {
    "to_bytes": "the digits of x + r differ from those of x in 32 places at once",
}
BUGS = {bug.name: bug for part in (unpinned, ranges, curves, statements) for bug in part.BUGS}


@cache
def report(circuit: Circuit) -> Report:
    return analyse(subject(circuit).system)


def answers(tested: Subject, bug: Bug, inputs: Inputs) -> dict[Advice, tuple[int, ...]]:
    """The bug's lie, by the hints that it is told about."""
    residues = scalars_of(tested.circuit, inputs).residues
    hints = [
        question.advice
        for question in questions(tested.tape, residues)
        if question.advice.operation is Operation.HINT
    ]
    return {hints[number]: tuple(answer) for number, answer in bug.lie.items()}


def failing(tested: Subject, bug: Bug, inputs: Inputs, *, lying: bool) -> tuple[list[int], int]:
    """The outputs of the broken circuit, and how many rows fail, on Python integers."""
    residues = scalars_of(tested.circuit, inputs).residues
    told = answers(tested, bug, inputs) if lying else {}
    values = from_montgomery(forged(tested.tape, residues, told), R)
    outputs = values[1 : 1 + tested.system.output_count]
    return outputs, len(rows.failing_rows(tested.system, values))


def test_every_bug_is_in_the_index_and_none_is_there_twice() -> None:
    titles = [bug.title for bug in BUGS.values()]
    assert len(BUGS) == len(set(titles)) >= 30
    assert set(titles) <= {entry["title"] for entry in INDEX}


@pytest.mark.parametrize("name", BUGS)
def test_the_broken_circuit_takes_an_honest_witness_and_a_forged_one(name: str) -> None:
    """The bug is really there: no row refuses what it lets pass."""
    bug = BUGS[name]
    tested = subject(bug.broken)
    honest = accepts(bug.broken, bug.inputs).public[: tested.system.output_count]
    assert bug.lie or bug.forbidden
    if bug.lie:
        outputs, count = failing(tested, bug, bug.at or bug.inputs, lying=True)
        assert count == 0
        if bug.at is None:
            assert outputs != honest
    for inputs, _ in bug.forbidden:
        lying = bool(bug.lie) and inputs == bug.at
        assert failing(tested, bug, inputs, lying=lying)[1] == 0


@pytest.mark.parametrize("name", BUGS)
def test_the_broken_circuit_is_caught(name: str) -> None:
    """By the verdict, which names the wire; else by the cases that a test of it would have."""
    bug = BUGS[name]
    found = report(bug.broken)
    if bug.wire:
        assert found.verdict is not Verdict.SAFE
        assert any(bug.wire in wire for wire in found.undetermined), found.undetermined
        return
    assert found.verdict is Verdict.SAFE or bug.lie
    for inputs, because in bug.forbidden:
        with pytest.raises(AssertionError):
            rejects(bug.broken, inputs, because)


@pytest.mark.parametrize("name", BUGS)
def test_the_mended_twin_is_proved_and_holds_against_liars(name: str) -> None:
    bug = BUGS[name]
    found = report(bug.corrected)
    assert found.verdict is Verdict.SAFE, found.undetermined
    broken = accepts(bug.broken, bug.inputs).public
    assert accepts(bug.corrected, bug.inputs).public == broken
    lies(bug.corrected, bug.inputs)
    mutations(bug.corrected, bug.inputs)
    for inputs, because in bug.forbidden:
        rejects(bug.corrected, inputs, because)


def found_by_liars(bug: Bug) -> str:
    """What `rejects` and `lies` say of the broken circuit."""
    tried = [inputs for inputs in (bug.inputs, bug.at) if inputs is not None]
    refused = [failure_of(rejects, bug.broken, *case) for case in bug.forbidden]
    return "\n".join([*refused, *(failure_of(lies, bug.broken, inputs) for inputs in tried)])


def failure_of(function: Callable[..., object], *arguments: object) -> str:
    try:
        function(*arguments)
    except AssertionError as error:
        return str(error)
    return ""


ALONE = re.compile(
    r"accepts a lie\.$|accepts them from one who lies\.$|accepts these", re.MULTILINE
)


@pytest.mark.parametrize("name", [n for n in BUGS if BUGS[n].lie and n not in BEYOND_LIARS])
def test_a_hint_that_is_not_pinned_is_found_by_lying_alone(name: str) -> None:
    """Before the analysis is asked."""
    assert ALONE.search(found_by_liars(BUGS[name]))


@pytest.mark.parametrize("name", BEYOND_LIARS)
def test_what_lies_do_not_find_they_find_by_the_proof_that_is_missing(name: str) -> None:
    said = found_by_liars(BUGS[name])
    assert not ALONE.search(said)
    assert "not proved to refuse every one" in said
    assert BUGS[name].wire


@pytest.mark.parametrize("name", [n for n in BUGS if BUGS[n].wire])
def test_no_broken_circuit_that_the_verdict_catches_passes_the_tools(name: str) -> None:
    bug = BUGS[name]
    assert failure_of(lies, bug.broken, bug.inputs)
    assert failure_of(mutations, bug.broken, bug.inputs)
