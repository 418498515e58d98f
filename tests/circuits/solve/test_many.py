"""Many witnesses at a time: in lanes or alone, each is what its own run and the oracle give."""

from __future__ import annotations

import gc
import os
from collections.abc import Sequence
from dataclasses import replace
from math import isqrt
from pathlib import Path
from typing import Any
from weakref import ref

import numpy as np
import pytest

from tests.accel.edge_values import generator
from tests.circuits import test_differential as circuits
from tests.circuits.oracles import rows as oracle
from tests.circuits.solve.written import drawn_system
from tests.circuits.test_programs import STEPS
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import ints_from_words
from zkpipe.accel.machines.backend import has_ifma, machine
from zkpipe.circuits import (
    Array,
    Bool,
    CompileError,
    Field,
    InputError,
    Int,
    Private,
    Public,
    UInt,
    UnsatisfiedError,
    Witness,
    check,
    circuit,
    hint,
    select,
)
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.gadgets import poseidon
from zkpipe.circuits.language.plain.hint_call import HintCall
from zkpipe.circuits.language.values.types import leaf_paths
from zkpipe.circuits.solve import many
from zkpipe.circuits.solve.lanes_run import solve_in_lanes
from zkpipe.circuits.solve.many import solve_many
from zkpipe.circuits.solve.prepared import PreparedTape
from zkpipe.circuits.solve.solver import program_of, solve_prepared
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.ground.errors import RangeError, ShapeError, ZkpipeError
from zkpipe.ground.process.settings import thread_count

# Of checks by the dozen some hold whatever is drawn.
pytestmark = pytest.mark.filterwarnings("ignore::zkpipe.circuits.CircuitWarning")

Flat = Sequence[int]
WIDTH = 8
PROGRAMS = 100 if "FUZZ_SYSTEMS" in os.environ else 8


@pytest.fixture(params=["scalar", "avx512"], autouse=True)
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "avx512" and not has_ifma():
        pytest.skip("this processor has no lanes")
    monkeypatch.setenv("ZKPIPE_BACKEND", request.param)
    return str(request.param)


def alone(system: ConstraintSystem, row: Flat) -> Witness | ZkpipeError:
    """What the scalar run of one row gives."""
    try:
        values = solve_prepared(system, PreparedTape(system, program_of(system)), row)
    except ZkpipeError as error:
        return error
    return Witness(values, system.public_count)


def told(error: ZkpipeError) -> tuple[Any, ...]:
    facts = {name: getattr(error, name, None) for name in ("source", "message", "evidence")}
    return type(error), str(error), error.explain(), facts


def honest(system: ConstraintSystem, row: Flat) -> list[int] | None:
    """The oracle's witness; None if a hint has no answer or a row fails."""
    try:
        values = oracle.solve(system, list(row))
    except UnsatisfiedError:
        return None
    return None if oracle.failing_rows(system, values) else values


def agree(system: ConstraintSystem, rows: Sequence[Flat]) -> list[Witness | ZkpipeError]:
    """Each outcome is the scalar run's and the oracle's; lanes leave only what has no witness."""
    outcomes = solve_many(system, rows)
    wants = [honest(system, row) for row in rows]
    assert len(outcomes) == len(rows)
    for outcome, row, want in zip(outcomes, rows, wants, strict=True):
        single = alone(system, row)
        if want is None:
            assert isinstance(outcome, ZkpipeError)
            assert isinstance(single, ZkpipeError)
            assert told(outcome) == told(single)
            continue
        assert isinstance(outcome, Witness)
        assert isinstance(single, Witness)
        assert outcome.public_count == single.public_count
        assert outcome.values.dtype == np.uint64
        assert outcome.values.flags.c_contiguous
        assert np.array_equal(outcome.values, single.values)
        assert ints_from_words(outcome.values) == want
    if machine().width > 1:
        tape = PreparedTape(system, program_of(system), machine())
        out = np.empty((WIDTH + 1, system.wire_count, 4), np.uint64)
        for begin in range(0, len(rows), WIDTH):
            found = solve_in_lanes(tape, rows[begin : begin + WIDTH], out)
            lost = [values is None for values in found]
            assert lost == [want is None for want in wants[begin : begin + WIDTH]]
    return outcomes


def drawn_rows(system: ConstraintSystem, count: int, seed: int) -> list[list[int]]:
    """Flat inputs that the types allow, edges often."""
    draw = generator(seed)

    def value(low: int, high: int) -> int:
        edges = [x for x in (low, low + 1, -1, 0, 1, high - 1, high) if low <= x <= high]
        return draw.choice(edges) if draw.random() < 0.5 else draw.randint(low, high)

    bounds = [
        (getattr(leaf, "low", 0), getattr(leaf, "high", R - 1))
        for parameter in program_of(system).parameters
        for _, leaf in leaf_paths(parameter.type, parameter.name)
    ]
    return [[value(low, high) % R for low, high in bounds] for _ in range(count)]


ALL = [value for value in vars(circuits).values() if isinstance(value, Circuit)]


@pytest.mark.parametrize("c", ALL, ids=[c.name for c in ALL])
def test_every_circuit_has_the_witnesses_of_single_runs(c: Circuit) -> None:
    system = c.compile()
    agree(system, drawn_rows(system, 2 * WIDTH + 3, len(c.name)))


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_random_programs_have_the_witnesses_of_single_runs(seed: int) -> None:
    draw = generator(seed)
    steps = [(draw.choice(STEPS), *(draw.randrange(8) for _ in range(3))) for _ in range(9)]
    types = draw.choice([UInt[3], Int[4], UInt[5]]), draw.choice([Int[3], Bool])

    def compiled(count: int, first: Any, second: Any) -> ConstraintSystem | None:
        @circuit
        def drawn(a: Private[first], b: Private[second]) -> Public[Array[Int[200], count]]:
            values = [a, b]
            for step, i, j, k in steps[:count]:
                values.append(step(values[i % len(values)], values[j % len(values)], k))
            return values[2:]

        try:
            return drawn.compile()
        except (CompileError, UnsatisfiedError):  # too wide, or constants that never fit
            return None

    found = (compiled(count, *types) for count in range(len(steps), 0, -1))
    system = next(filter(None, found), None)
    if system is not None:
        agree(system, drawn_rows(system, WIDTH + 3, seed))


@pytest.mark.parametrize("seed", range(6))
def test_written_systems_of_long_rows_have_the_witnesses_of_single_runs(seed: int) -> None:
    system, inputs = drawn_system(seed)
    draw = generator(seed)
    edges = [0, 1, 2, R - 1, R - 2, R // 2, (1 << 252) - 1, 1 << 128]
    rows = [[draw.choice([*edges, draw.randrange(R)]) for _ in range(inputs)] for _ in range(11)]
    agree(system, [[0] * inputs, [R - 1] * inputs, *rows])


@circuit
def hashed(x: Private[Field], y: Private[Field]) -> Public[Field]:
    return poseidon([x, y])


def test_a_hash_has_the_witnesses_of_single_runs() -> None:
    system = hashed.compile()
    agree(system, [[0, 0], [R - 1, R - 1], *drawn_rows(system, WIDTH, 1)])


@pytest.mark.parametrize("count", [0, 1, 2, 7, 8, 9, 16, 17])
def test_any_number_of_rows_is_solved_in_order(count: int) -> None:
    system = circuits.fields.compile()
    outcomes = agree(system, drawn_rows(system, count, count))
    assert all(isinstance(outcome, Witness) for outcome in outcomes)


def root(x: int) -> int:
    if x == 13:
        raise ValueError("unlucky")
    return 1 << 40 if x == 14 else isqrt(x)


@circuit
def rooted(x: Private[UInt[8]], d: Private[UInt[4]], limit: Private[UInt[8]]) -> Public[UInt[16]]:
    """Checks before and after a hint, a quotient, an inverse; each may fail."""
    check(x <= limit, "x is above the limit")
    side = hint(root, x, returns=UInt[4])
    again = hint(root, x + 1, returns=UInt[5])
    check(side * side <= x, "the root is too large")
    check((side + 1) * (side + 1) > x, "the root is too small")
    check(again >= side, "roots fall")
    check(x != 77, "not this one")
    return select(x == d, again, x // d)


# A good row; one that fails before, in and after the hints, and in a division.
FAILING = {
    "a check before the hints": [9, 2, 8],
    "a check before a hint that raises": [13, 2, 12],
    "a hint that raises": [13, 2, 200],
    "a second hint that raises": [12, 2, 200],
    "a hint beyond its type": [14, 2, 200],
    "a check behind the hints": [77, 2, 200],
    "a division by zero": [9, 0, 200],
    "a value beyond its type": [256, 2, 300],
}
GOOD = [[n, n % 15 + 1, 250] for n in (0, 1, 4, 16, 30, 99, 168, 249)]


@pytest.mark.parametrize("why", FAILING)
@pytest.mark.parametrize("place", [0, 3, 7])
def test_a_row_that_fails_gets_its_own_error_and_the_others_their_witness(
    why: str, place: int
) -> None:
    system = rooted.trace()
    rows = [*GOOD[:place], FAILING[why], *GOOD[place:]]
    outcomes = agree(system, rows)
    assert [isinstance(outcome, Witness) for outcome in outcomes] == [
        number != place for number in range(len(rows))
    ]


def test_rows_that_all_fail_get_an_error_each() -> None:
    outcomes = agree(rooted.trace(), list(FAILING.values()))
    assert all(isinstance(outcome, UnsatisfiedError) for outcome in outcomes)
    assert len({str(outcome) for outcome in outcomes}) > 4


def test_no_other_hint_is_asked_for_a_row_whose_hint_had_no_answer(
    backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    call = HintCall.call

    def counted(self: HintCall, values: Sequence[int]) -> list[int]:
        asked.extend(values)
        return call(self, values)

    monkeypatch.setattr(HintCall, "call", counted)
    solve_many(rooted.trace(), [GOOD[2], FAILING["a hint that raises"]])
    assert asked == ([4, 13, 5, 13] if backend == "avx512" else [4, 5, 13])


def hundredth(x: int) -> int:
    return 100 // x


@circuit
def unbound(x: Private[UInt[8]]) -> Public[UInt[8]]:
    return hint(hundredth, x, returns=UInt[8], waive="any")


def test_a_hint_without_an_answer_leaves_no_witness_even_where_zeros_satisfy_the_rows() -> None:
    _, outcome, _ = agree(unbound.trace(), [[3], [0], [4]])
    assert isinstance(outcome, UnsatisfiedError)


def test_what_is_no_error_of_ours_is_raised() -> None:
    def ends(x: int) -> int:
        raise KeyboardInterrupt

    @circuit
    def ended(x: Private[UInt[8]]) -> Public[UInt[8]]:
        return hint(ends, x, returns=UInt[8])

    with pytest.raises(KeyboardInterrupt):
        solve_many(ended.trace(), [[1], [2]])


@pytest.mark.parametrize("threads", ["1", "3"])
def test_threads_change_nothing(threads: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKPIPE_THREADS", threads)
    system = circuits.divisions.compile()
    agree(system, drawn_rows(system, 5 * WIDTH + 1, 5))


def test_inputs_are_residues_of_any_integers() -> None:
    system = circuits.fields.compile()
    rows = [[-1, R + 1, 5], [1 << 300, -(1 << 300), -3]]
    agree(system, rows)


def test_systems_too_large_for_lanes_are_solved_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "MOST_WIRES", 10)
    monkeypatch.setattr(many, "solve_in_lanes", None)
    system = circuits.divisions.compile()
    agree(system, drawn_rows(system, 9, 9))


def test_what_lanes_have_no_memory_for_is_solved_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_large(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(many, "solve_in_lanes", too_large)
    system = circuits.fields.compile()
    outcomes = agree(system, drawn_rows(system, 3, 3))
    assert all(isinstance(outcome, Witness) for outcome in outcomes)


@pytest.mark.parametrize("rows", [1, 2 * WIDTH])
def test_threads_begin_no_threads(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed: list[int] = []

    def counted(*given: Any) -> Any:
        allowed.append(thread_count())
        return solve_prepared(*given)

    monkeypatch.setenv("ZKPIPE_THREADS", "3")
    monkeypatch.setattr(many, "solve_prepared", counted)
    monkeypatch.setattr(many, "MOST_WIRES", 0)
    system = circuits.fields.compile()
    solve_many(system, drawn_rows(system, rows, 3))
    assert allowed == ([3] if rows == 1 else [1] * rows)


def test_inputs_of_another_number_are_refused_as_alone() -> None:
    system = circuits.fields.compile()
    for wrong in ([], [1], [1, 2], [1, 2, 3, 4]):  # numpy would take one value for all
        good, outcome = solve_many(system, [[1, 2, 3], wrong])
        assert isinstance(good, Witness)
        assert isinstance(outcome, ShapeError)
        assert told(outcome) == told(alone(system, wrong))


def test_a_hint_of_other_wires_than_it_has_results_is_refused_as_alone() -> None:
    system = rooted.trace()
    program = program_of(system)
    hints = tuple(replace(use, wires=use.wires * 2) for use in program.hints)
    system = replace(system, program=replace(program, hints=hints))
    for outcome, row in zip(solve_many(system, GOOD), GOOD, strict=True):
        single = alone(system, row)
        assert isinstance(outcome, RangeError)
        assert isinstance(single, RangeError)
        assert told(outcome) == told(single)


@pytest.mark.parametrize("threads", ["1", "3"])
@pytest.mark.parametrize("why", ["no", *FAILING])
def test_errors_keep_no_other_row_and_nothing_waits_for_a_collection(
    why: str, threads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZKPIPE_THREADS", threads)
    system = rooted.trace() if why != "no" else circuits.divisions.compile()
    bad = FAILING.get(why, [0] * len(program_of(system).input_wires))
    rows = [*(GOOD if why != "no" else drawn_rows(system, 8, 8)), bad]
    gc.collect()
    gc.disable()
    try:
        outcomes = solve_many(system, rows)
        gone = [ref(found.values) for found in outcomes if isinstance(found, Witness)]
        errors = [found for found in outcomes if not isinstance(found, Witness)]
        assert gone
        assert errors
        del outcomes
        assert [values() for values in gone] == [None] * len(gone)
        gone = [ref(error) for error in errors]
        del errors
        assert [error() for error in gone] == [None] * len(gone)
    finally:
        gc.enable()


def test_a_system_from_a_file_is_refused(tmp_path: Path) -> None:
    hashed.compile().save(tmp_path / "hashed.r1cs")
    with pytest.raises(InputError, match="does not say how to find a witness"):
        solve_many(ConstraintSystem.load(tmp_path / "hashed.r1cs"), [[1, 2]])


def test_a_system_that_was_written_to_is_refused() -> None:
    system = circuits.fields.compile()
    wires = system.a.wires.copy()
    system = replace(system, a=replace(system.a, wires=wires))
    wires[0] = system.wire_count
    with pytest.raises(RangeError, match="entry of wire"):
        solve_many(system, [[1, 2, 3], [4, 5, 6]])


def test_a_tape_of_another_system_is_refused() -> None:
    system = circuits.fields.compile()
    tape = program_of(system).tape.copy()
    tape[0, 1] = system.constraint_count
    system = replace(system, program=replace(program_of(system), tape=tape))
    with pytest.raises(RangeError, match="is of another system"):
        solve_many(system, [[1, 2, 3], [4, 5, 6]])


def test_a_hint_of_values_that_are_not_there_is_refused_as_alone() -> None:
    system = rooted.trace()
    program = program_of(system)
    hints = tuple(replace(use, first=1 << 20) for use in program.hints)
    system = replace(system, program=replace(program, hints=hints))
    outcomes = solve_many(system, GOOD[:3])
    assert [told(outcome) for outcome in outcomes if isinstance(outcome, RangeError)] == [
        told(want)
        for want in (alone(system, row) for row in GOOD[:3])
        if isinstance(want, RangeError)
    ]
    assert len(outcomes) == 3
