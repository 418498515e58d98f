"""Rows as text: what a reader sees is what the matrices hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.circuits.oracles import rows as oracle
from zkpipe.accel.bn254 import R
from zkpipe.circuits import Bool, Field, Private, Public, UInt, check, circuit, select
from zkpipe.circuits.formats.equations import equations
from zkpipe.circuits.formats.sym import with_names
from zkpipe.circuits.system import ConstraintSystem

VECTORS = Path(__file__).parents[2] / "vectors" / "formats"


@circuit
def chosen(a: Private[Field], b: Public[UInt[2]], c: Private[Bool]) -> Public[Field]:
    check(a != 3)
    return select(c, a * a - 7, b)


def all_of(system: ConstraintSystem) -> list[str]:
    return [str(equation) for equation in equations(system, range(system.constraint_count))]


def test_equations_read_as_algebra() -> None:
    assert all_of(chosen.compile()) == [
        "(chosen.bit_0) * (chosen.bit_0 - 1) = 0",
        "(chosen.b - 2 chosen.bit_0) * (chosen.b - 2 chosen.bit_0 - 1) = 0",
        "(chosen.c) * (chosen.c - 1) = 0",
        "(chosen.a - 3) * (chosen.inverse_0) = 1",
        "(chosen.a) * (chosen.a) = chosen.b + chosen.sum_0 + 7",
        "(chosen.c) * (chosen.sum_0) = chosen.out - chosen.b",
    ]


@pytest.mark.parametrize("loaded", [False, True])
def test_equations_hold_for_a_witness_and_name_every_wire(loaded: bool) -> None:
    if loaded:
        system = with_names(ConstraintSystem.load(VECTORS / "bits.r1cs"), VECTORS / "bits.sym")
    else:
        system = chosen.compile()
    assert system.symbols is not None
    known, names = oracle.coefficients(system), list(system.symbols)
    values = [1, *range(1000, 1000 + 37 * (system.wire_count - 1), 37)]
    by_name = dict(zip(names, values, strict=True))
    for equation in equations(system, range(system.constraint_count)):
        sides = (equation.a, system.a), (equation.b, system.b), (equation.c, system.c)
        for side, matrix in sides:
            total = sum(coefficient * by_name[name] for name, coefficient in side.items())
            assert (total - oracle.dot(matrix, equation.number, known, values)) % R == 0


def test_a_row_of_a_compiled_circuit_knows_its_line() -> None:
    found = list(equations(chosen.compile(), range(3, 5)))
    assert [e.number for e in found] == [3, 4]
    assert [e.source and e.source.text for e in found] == [
        "check(a != 3)",
        "return select(c, a * a - 7, b)",
    ]


def test_wires_without_names_are_called_by_their_labels() -> None:
    system = ConstraintSystem.load(VECTORS / "bits.r1cs")
    label = str(system.labels[1])
    assert any(label in e.c for e in equations(system, range(system.constraint_count)))
