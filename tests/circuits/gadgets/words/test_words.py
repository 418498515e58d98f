"""Packing, rotations, switchers and indicators, beside Python's own integers and bytes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.accel.edge_values import generator
from tests.circuits.oracles.runs import outputs_of_many
from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    Bool,
    Field,
    Private,
    Public,
    UInt,
    UnsatisfiedError,
    check,
    circuit,
    lookup,
)
from zkpipe.circuits.errors import CompileError, InputError
from zkpipe.circuits.gadgets import (
    from_bits,
    from_words,
    one_hot,
    pack,
    rotate_left,
    rotate_right,
    switcher,
    to_words,
    unpack,
)
from zkpipe.circuits.soundness import Verdict, analyse
from zkpipe.circuits.system import ConstraintSystem

RUNS = 10_000 if IS_LONG else 100
draw = generator(3)


def agreeing(system: ConstraintSystem, given: list[list[int]], wanted: list[list[int]]) -> None:
    assert analyse(system).verdict is Verdict.SAFE
    assert outputs_of_many(system, given) == [[x % R for x in row] for row in wanted]


@pytest.mark.parametrize("order", ["little", "big"])
def test_bytes_are_packed_as_int_from_bytes_does(order: Any) -> None:
    data = bytes(range(1, 71))
    runs = [data[i : i + 31] for i in range(0, 70, 31)]
    assert pack(data, order=order) == [int.from_bytes(run, order) for run in runs]
    assert unpack(pack(data, order=order), 70, order=order) == list(data)
    assert pack(b"") == unpack([], 0) == []
    assert from_words(data[:31], order=order) == int.from_bytes(data[:31], order)
    assert bytes(to_words(R - 1, 32, order=order)) == (R - 1).to_bytes(32, order)


@pytest.mark.parametrize("order", ["little", "big"])
def test_a_circuit_packs_and_unpacks_words_of_any_size(order: Any) -> None:
    @circuit
    def packed(
        octets: Private[Array[UInt[8], 33]], words: Private[Array[UInt[32], 3]]
    ) -> tuple[Public[Array[UInt[253], 3]], Public[Array[UInt[8], 33]], Public[Array[UInt[32], 3]]]:
        inner, outer = pack(octets, order=order), pack(words, 32, order)
        there = unpack(inner, 33, order=order)
        return [*inner, *outer], there, unpack(outer, 3, 32, order)

    given, wanted = [], []
    for _ in range(RUNS):
        octets, words = draw.randbytes(33), [draw.getrandbits(32) for _ in range(3)]
        given.append([*octets, *words])
        joined = b"".join(x.to_bytes(4, order) for x in words)
        numbers = [int.from_bytes(x, order) for x in (octets[:31], octets[31:], joined)]
        wanted.append([*numbers, *octets, *words])
    agreeing(packed.compile(), given, wanted)


def test_a_field_has_32_bytes_of_the_integer_below_r() -> None:
    @circuit
    def octets(x: Private[Field]) -> Public[Array[UInt[8], 32]]:
        return to_words(x, 32, order="big")

    values = [0, 1, R - 1, 2**253, 2**254 - R, *(draw.randrange(R) for _ in range(RUNS))]
    agreeing(octets.compile(), [[x] for x in values], [list(x.to_bytes(32, "big")) for x in values])


def left(x: int, k: int, n: int) -> int:
    return (x << k | x >> n - k) & (1 << n) - 1


def test_words_are_rotated_by_known_and_by_unknown_places() -> None:
    @circuit
    def rotated(
        x: Private[UInt[32]], y: Private[UInt[9]], k: Private[UInt[5]]
    ) -> Public[Array[UInt[32], 6]]:
        four = [rotate_left(x, 7), rotate_right(x, 7), rotate_left(y, 32), rotate_right(y, 4, 9)]
        return [*four, rotate_left(x, k), rotate_right(x, k)]

    given = [[2**32 - 1, 511, 0], [1, 1, 31], [2**31, 256, 1]]
    given += [[draw.getrandbits(n) for n in (32, 9, 5)] for _ in range(RUNS)]
    wanted = []
    for x, y, k in given:
        row = [
            left(x, 7, 32),
            left(x, 25, 32),
            y,
            left(y, 5, 9),
            left(x, k, 32),
            left(x, 32 - k, 32),
        ]
        assert rotate_left(x, k) == row[4]
        assert rotate_right(x, k) == row[5]
        wanted.append(row)
    agreeing(rotated.compile(), given, wanted)


def test_a_switcher_keeps_the_bounds_of_both() -> None:
    @circuit
    def switched(
        s: Private[Bool], a: Private[UInt[8]], b: Private[UInt[6]], c: Private[Field]
    ) -> Public[Array[Field, 6]]:
        low, high = switcher(s, a, b)
        assert low.interval == high.interval == (0, 255)
        return [low, high, *switcher(s, c, -1), *switcher(s, 3, 4)]

    given = [[s, a, b, c] for s in (0, 1) for a, b, c in [(0, 63, 5), (255, 0, R - 1), (9, 9, 0)]]
    wanted = [[*switcher(s, a, b), *switcher(s, c, -1), *switcher(s, 3, 4)] for s, a, b, c in given]
    assert wanted[0][:2] == [0, 63]
    assert wanted[3][:2] == [63, 0]
    agreeing(switched.compile(), given, wanted)


def test_an_indicator_is_one_at_its_index_alone() -> None:
    @circuit
    def indicated(i: Private[UInt[4]]) -> Public[Array[Bool, 11]]:
        return one_hot(i, 11)

    system = indicated.compile()
    agreeing(system, [[i] for i in range(11)], [one_hot(i, 11) for i in range(11)])
    assert [one_hot(i, 3) for i in range(3)] == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    with pytest.raises(Exception, match="index"):
        system.solve(i=11)


def test_an_index_of_bits_costs_no_bits() -> None:
    @circuit
    def entry(bits: Private[Array[Bool, 3]], table: Private[Array[Field, 8]]) -> Public[Field]:
        return lookup(table, from_bits(bits))

    assert entry.trace().constraint_count == 3 + 7


@pytest.mark.parametrize(
    "call",
    [
        lambda: pack([256]),
        lambda: pack([-1]),
        lambda: from_words([0] * 32),
        lambda: to_words(2**16, 2),
        lambda: unpack([1], 32),
        lambda: pack([1], order="middle"),
        lambda: rotate_left(2**32, 1),
        lambda: rotate_left(1, 33),
        lambda: one_hot(3, 3),
    ],
)
def test_what_does_not_fit_is_refused(call: Any) -> None:
    with pytest.raises((InputError, UnsatisfiedError)):
        call()


def test_a_wide_word_is_refused_in_a_circuit() -> None:
    @circuit
    def wide(x: Private[UInt[9]]) -> None:
        check(pack([x])[0] == 1)

    with pytest.raises(CompileError, match="a word of 8 bits"):
        wide.compile()
