"""A statement's rows: an outcome each, in order, however many are solved and proved at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import ref

import pytest

from zkpipe.circuits import Private, Public, UInt, Witness, check, circuit, hint
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.ground.errors import ZkpipeError
from zkpipe.jobs.proving import solver as solvers
from zkpipe.jobs.proving import statement as statements
from zkpipe.jobs.proving.outcome import Cause, Failed, Proved
from zkpipe.jobs.proving.solver import SystemSolver
from zkpipe.jobs.proving.statement import Statement
from zkpipe.prover import DEVELOPMENT, setup
from zkpipe.prover.proof import Proof


def _half(x: int) -> int:
    return x // (x != 6) // 2


@circuit
def halved(x: Private[UInt[8]]) -> Public[UInt[7]]:
    check(x != 9, "not nine")
    half = hint(_half, x, returns=UInt[7])
    check(2 * half == x, "x is odd")
    return half


# Rows with a proof, and some that fail in a check, another check, and a hint.
ROWS = [0, 2, 7, 4, 9, 8, 6, 10, 12, 14, 16, 18, 20, 9, 22]


@pytest.fixture(scope="module")
def system() -> ConstraintSystem:
    return halved.compile()


@pytest.fixture(scope="module")
def statement(system: ConstraintSystem) -> Statement:
    @contextmanager
    def around() -> Iterator[None]:
        yield

    return Statement(SystemSolver(system, around), setup(system, DEVELOPMENT))


def outcomes(statement: Statement, rows: Sequence[int]) -> list[str | int]:
    """The half that a proof shows, or the sentence that says why there is none."""
    found: list[str | int] = []
    for outcome in statement.prove([[row] for row in rows]):
        if isinstance(outcome, Proved):
            [half] = outcome.public
            found.append(half)
        else:
            assert isinstance(outcome, Failed)
            assert outcome.cause is Cause.INPUTS
            found.append(outcome.problem)
    return found


def test_a_row_that_fails_among_others_keeps_its_own_error(statement: Statement) -> None:
    together = outcomes(statement, ROWS)
    assert together == [outcomes(statement, [row])[0] for row in ROWS]
    assert len({str(told) for told in together if isinstance(told, str)}) == 3
    assert [told for told in together if isinstance(told, int)] == [
        row // 2 for row in ROWS if row % 2 == 0 and row != 6
    ]


@pytest.mark.parametrize("most", [0, 1, 4, 8, len(ROWS) - 1, len(ROWS), 100])
def test_witnesses_are_solved_in_pieces_of_bounded_memory(
    most: int, statement: Statement, monkeypatch: pytest.MonkeyPatch
) -> None:
    want = outcomes(statement, ROWS)
    sizes: list[int] = []

    def counted(
        system: ConstraintSystem, rows: Sequence[Sequence[int]]
    ) -> list[Witness | ZkpipeError]:
        sizes.append(len(rows))
        return solve_many(system, rows)

    solve_many = solvers.solve_many
    monkeypatch.setattr(solvers, "solve_many", counted)
    monkeypatch.setattr(statements, "MOST_BYTES", most * 32 * statement.solver.wire_count + 31)
    assert outcomes(statement, ROWS) == want
    assert max(sizes) == min(len(ROWS), max(1, most))
    assert sum(sizes) == len(ROWS)


def test_rows_that_found_no_memory_together_are_solved_alone(
    statement: Statement, monkeypatch: pytest.MonkeyPatch
) -> None:
    want = outcomes(statement, ROWS)

    def short(
        system: ConstraintSystem, rows: Sequence[Sequence[int]]
    ) -> list[Witness | ZkpipeError]:
        if len(rows) > 1 or rows == [[8]]:
            raise MemoryError
        return solve_many(system, rows)

    solve_many = solvers.solve_many
    monkeypatch.setattr(solvers, "solve_many", short)
    place = ROWS.index(8)
    found = statement.prove([[row] for row in ROWS])
    failed = found[place]
    assert isinstance(failed, Failed)
    assert failed.cause is Cause.MEMORY
    others = [row for row in ROWS if row != 8]
    assert outcomes(statement, others) == [*want[:place], *want[place + 1 :]]


def test_what_a_batch_computed_is_gone_before_its_rows_are_proved_alone(
    statement: Statement, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Computed:
        pass

    held: list[ref[Computed]] = []
    prove = statements.prove

    def short(*_: object) -> None:
        computed = Computed()
        held.append(ref(computed))
        raise MemoryError

    def seen(*given: Any) -> Proof:
        assert [computed() for computed in held] == [None]
        return prove(*given)

    monkeypatch.setattr(statements, "prove_batch", short)
    monkeypatch.setattr(statements, "prove", seen)
    assert outcomes(statement, [2, 4]) == [1, 2]
