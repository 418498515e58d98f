"""The names of types that hosts give are those of numba's, and differ where machine code does."""

from __future__ import annotations

import itertools
import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numba import njit, typeof

from tests.oracles.other_curve import OTHER
from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve, Field
from zkpipe.accel.fields.arrays import RowsType
from zkpipe.accel.fields.factors import PreparedConstants
from zkpipe.accel.fields.field import Element, ElementsType
from zkpipe.accel.fields.prepared_constants import FactorsType
from zkpipe.accel.fields.rows import Elements, Rows, WorkRows, blank_rows
from zkpipe.accel.fields.type_names import factors_name, rows_name
from zkpipe.accel.machines.machine import AVX512, CUDA, SCALAR, Machine

MACHINES = [SCALAR, AVX512, CUDA]
NAMESAKE = replace(OTHER, name=BN254.name)
CURVES = [BN254, OTHER, NAMESAKE]
COUNTS = [1, 2, 3, 4, 6]
BOUNDS = [2, 3, 20, 84]


def fields() -> list[Field]:
    return [field for curve in CURVES for field in (curve.fp, curve.fp2, curve.fr)]


def all_elements(field: Field, machine: Machine) -> list[Elements]:
    alone = [Elements(field, machine, 8, bound) for bound in BOUNDS]
    among = [Elements.interleaved(field, machine, 8, (2,) * n)[0] for n in (2, 3)]
    wider = among[0].below(7)
    words = np.zeros_like(alone[0].words)
    return [*alone, *among, wider, Elements.over(field, machine, words)]


def all_rows(field: Field, machine: Machine) -> list[Rows]:
    made: list[Rows] = []
    for count in COUNTS:
        words = np.zeros((8, 4 * field.degree * count), np.uint64)
        made += [Rows(field, machine, words, count), WorkRows(field, machine, words, count)]
    return [*made, blank_rows(field, machine, 8, 2)]


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: m.name)
@pytest.mark.parametrize("field", fields(), ids=lambda f: f.label)
def test_a_host_names_the_type_that_numba_has(field: Field, machine: Machine) -> None:
    for array in all_elements(field, machine):
        kind = typeof(array)
        assert isinstance(kind, ElementsType)
        assert kind.name == array.type_name
        element = Element(field, machine, array.bound)
        assert (kind.element, kind.among) == (element, array.among)
        assert (kind.block_words, kind.machine) == (array.words.shape[1], machine)
    for rows in all_rows(field, machine):
        found = typeof(rows)
        assert isinstance(found, RowsType)
        assert found.name == rows.type_name
        assert found == RowsType(field, machine, rows.count, isinstance(rows, WorkRows))
        assert found.words == rows.words.shape[1]


@pytest.mark.parametrize("machine", [SCALAR, AVX512], ids=lambda m: m.name)
def test_a_host_names_the_type_of_known_factors(machine: Machine) -> None:
    for curve in CURVES:
        for field in (curve.fp, curve.fr):
            factors = PreparedConstants(field, machine, np.zeros((2, 4), np.uint64))
            kind = typeof(factors)
            assert kind == FactorsType(field, machine)
            assert kind.name == factors.type_name


def test_what_machine_code_depends_on_gives_another_name() -> None:
    names = [
        array.type_name
        for field, machine in itertools.product(fields(), MACHINES)
        for array in (*all_elements(field, machine)[:7], *all_rows(field, machine)[:-1])
    ]
    names += [factors_name(field, machine) for field in fields() for machine in MACHINES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "change",
    [{"g2_generator": OTHER.g2_generator}, {"non_residue": 7}],
    ids=["generator", "non-residue"],
)
def test_any_number_of_a_curve_gives_another_name(change: dict[str, Any]) -> None:
    """Kernels hold constants of the curve."""
    other: Curve = replace(BN254, **change)
    assert other.fr == BN254.fr
    assert rows_name(other.fr, SCALAR, 1, False) != rows_name(BN254.fr, SCALAR, 1, False)


def test_a_type_is_made_once() -> None:
    words = np.zeros((2, 8), np.uint64)
    first = typeof(Rows(BN254.fp, SCALAR, words, 2))
    assert typeof(Rows(BN254.fp, SCALAR, words[:1], 2)) is first


def test_machines_are_the_same_ones_after_a_pickle() -> None:
    """numba keeps types of kernels so, and what they hold is compared."""
    for machine in MACHINES:
        assert pickle.loads(pickle.dumps(machine)) is machine  # noqa: S301 - our own


def test_kernels_take_an_array_by_its_address_and_length() -> None:
    length = njit(lambda x: len(x))
    assert length(Elements(BN254.fr, SCALAR, 5)) == 5
