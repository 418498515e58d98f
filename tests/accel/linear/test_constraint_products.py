"""A w, B w and their products, against sums in plain integers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pytest

from tests.accel.edge_values import generator
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import (
    MONTGOMERY_R,
    Words,
    from_montgomery,
    ints_from_words,
    words_from_ints,
)
from zkpipe.accel.linear import kinds
from zkpipe.accel.linear import terms as module
from zkpipe.accel.linear.constraint_products import constraint_products
from zkpipe.accel.linear.terms import Terms, are_sorted, terms_of
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.transforms.ntt import Domain
from zkpipe.ground.errors import RangeError, ShapeError
from zkpipe.prover.key_shapes import COEFFICIENT, Coefficients

ANYTHING = 0xA5A5_A5A5_A5A5_A5A5  # what memory may hold before
EDGES = [0, 1, 2, R - 1, R - 2, (R - 1) // 2]
COEFFICIENTS = [1, 1, 1, R - 1, R - 1, 0, 2, R - 2]


class Entry(NamedTuple):
    matrix: int
    row: int
    wire: int
    value: int


def records(entries: Sequence[Entry]) -> Coefficients:
    out = np.zeros(len(entries), COEFFICIENT)
    for field, column in zip(("matrix", "constraint", "wire"), range(3), strict=True):
        out[field] = [entry[column] for entry in entries]
    out["value"] = words_from_ints(e.value * MONTGOMERY_R**2 % R for e in entries)
    return out


def random_entries(seed: int, rows: int, wires: int, count: int) -> list[Entry]:
    """Entries row by row; some rows have none, some only one matrix's, some a wire twice."""
    draw = generator(seed)
    entries = [
        Entry(
            draw.randrange(2),
            draw.randrange(rows),
            draw.randrange(wires),
            draw.choice([draw.choice(COEFFICIENTS), draw.randrange(R)]),
        )
        for _ in range(count)
    ]
    entries += draw.sample(entries, count // 10)
    return sorted(entries, key=lambda entry: entry.row)


def random_witness(seed: int, wires: int) -> list[int]:
    draw = generator(seed)
    return [draw.choice([draw.choice(EDGES), draw.randrange(R)]) for _ in range(wires)]


def expected(entries: Sequence[Entry], witness: Sequence[int], rows: int) -> list[list[int]]:
    sums = [[0] * rows, [0] * rows]
    for entry in entries:
        sums[entry.matrix][entry.row] += entry.value * witness[entry.wire]
    a, b = ([value % R for value in part] for part in sums)
    return [a, b, [x * y % R for x, y in zip(a, b, strict=True)]]


def terms(given: Coefficients, rows: int) -> Terms:
    return terms_of(lambda low, high: given[low:high], len(given), rows)


def found(
    coefficients: Coefficients, witness: Sequence[int], place: Sequence[int], size: int
) -> Words:
    out = np.full((3, size, 4), ANYTHING, np.uint64)
    places = np.array(place, np.uint32)
    constraint_products(terms(coefficients, len(place)), words_from_ints(witness), places, out)
    return out


def as_written(parts: Sequence[Sequence[int]]) -> list[Words]:
    """A w, B w and their product in the forms in which they are given."""
    a, b, product = parts
    over = pow(MONTGOMERY_R, -1, R)
    return [words_from_ints(a), words_from_ints(b), words_from_ints(x * over % R for x in product)]


def check_products(entries: Sequence[Entry], witness: Sequence[int], rows: int) -> None:
    out = found(records(entries), witness, range(rows), rows)
    wanted = as_written(expected(entries, witness, rows))
    for got, want in zip(out, wanted, strict=True):
        assert (got == want).all()  # the very words: canonical


@pytest.mark.parametrize("seed", range(4))
def test_all_rows_are_the_sums_of_their_entries(seed: int) -> None:
    rows, wires = 150, 40
    entries = random_entries(seed, rows, wires, 600)
    assert {e.row for e in entries} < set(range(rows))  # some rows have no entry
    check_products(entries, random_witness(seed, wires), rows)


@pytest.mark.parametrize("value", [1, R - 1, 0, 2, R - 2, MONTGOMERY_R % R, 0xABC << 240])
@pytest.mark.parametrize("matrix", [0, 1])
def test_one_coefficient_times_every_kind_of_value(value: int, matrix: int) -> None:
    entries = [Entry(matrix, i, i, value) for i in range(len(EDGES))]
    entries += [Entry(1 - matrix, i, 1, 1) for i in range(len(EDGES))]
    check_products(sorted(entries, key=lambda entry: entry.row), EDGES, len(EDGES))


def test_rows_with_entries_of_one_matrix_have_product_zero() -> None:
    entries = [Entry(0, 1, 0, 5), Entry(0, 1, 1, 1), Entry(1, 3, 0, R - 1), Entry(1, 3, 1, 7)]
    witness = [11, 13]
    out = found(records(entries), witness, range(5), 5)
    a, b, c = map(ints_from_words, out)
    assert a == [0, 68, 0, 0, 0]
    assert b == [0, 0, 0, 80, 0]
    assert c == [0] * 5


def test_a_wire_twice_in_a_row_counts_twice_and_opposite_coefficients_cancel() -> None:
    entries = [Entry(0, 0, 1, 1), Entry(0, 0, 1, 1), Entry(1, 0, 1, 3), Entry(1, 0, 1, 4)]
    entries += [Entry(0, 1, 1, 1), Entry(0, 1, 1, R - 1), Entry(1, 1, 0, 9), Entry(1, 1, 0, R - 9)]
    check_products(entries, [R - 1, 1 << 253], 2)


def test_matrices_may_be_mixed_within_a_row() -> None:
    entries = [Entry(k % 2, 0, k, [1, R - 1, 7][k % 3]) for k in range(12)]
    check_products(entries, random_witness(9, 12), 1)


def test_no_records_leave_zeros() -> None:
    assert not found(records([]), EDGES, range(4), 4).any()


def test_rows_go_to_their_places_and_no_others_are_written() -> None:
    rows, wires, size = 60, 20, 100
    entries, witness = random_entries(5, rows, wires, 300), random_witness(5, wires)
    place = generator(6).sample(range(size), rows)
    out = found(records(entries), witness, place, size)
    wanted = np.full_like(out, ANYTHING)
    for part, values in enumerate(as_written(expected(entries, witness, rows))):
        wanted[part, place] = values
    assert (out == wanted).all()


def test_rows_of_a_domain_go_where_its_quotient_looks_for_them(machine: Machine) -> None:
    domain = Domain(2048, machine)
    entries, witness = random_entries(7, 2048, 30, 3000), random_witness(7, 30)
    rows = domain.rows(3)
    given = terms(records(entries), 2048)
    constraint_products(given, words_from_ints(witness), domain.row_positions, rows)
    for got, values in zip(rows, as_written(expected(entries, witness, 2048)), strict=True):
        assert (got[domain.row_positions] == values).all()
    assert len(set(domain.row_positions.tolist())) == 2048
    assert rows.shape[1] == 2050


# --- ranges and threads


@pytest.mark.parametrize("threads", ["1", "2", "16"])
@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 50, 659, 660, 661])
def test_ranges_that_end_amid_a_row_give_the_same_sums(
    chunk: int, threads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", chunk)
    monkeypatch.setattr(module, "PIECE", 3 * chunk + 1)
    monkeypatch.setenv("ZKPIPE_THREADS", threads)
    entries = random_entries(3, 150, 40, 600)
    assert len(entries) == 660
    check_products(entries, random_witness(3, 40), 150)


def test_a_row_longer_than_many_ranges_stays_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 4)
    draw = generator(8)
    lengths = [3, 40, 1, 4, 4, 17]
    rows = [row for row, length in enumerate(lengths) for _ in range(length)]
    entries = [Entry(draw.randrange(2), row, draw.randrange(5), draw.randrange(R)) for row in rows]
    check_products(entries, random_witness(8, 5), len(lengths))


@pytest.mark.parametrize("chunk", [1, 2, 5, 8, 100])
def test_ranges_cover_all_rows_once_with_the_coefficients_before_them(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", chunk)
    for count in (0, 1, 2, 3, 16, 40):
        entries = random_entries(chunk, 9, 4, count)
        others = [entry.row for entry in entries if entry.value not in (1, R - 1)]
        ranges = terms(records(entries), 9).ranges()
        assert [row for low, high, _ in ranges for row in range(low, high)] == list(range(9))
        assert [first for *_, first in ranges] == [
            sum(row < low for row in others) for low, *_ in ranges
        ]
        longest = max((sum(e.row == row for e in entries) for row in range(9)), default=0)
        for low, high, _ in ranges:
            assert sum(low <= e.row < high for e in entries) <= chunk + longest
    assert len(terms(records(entries), 9).ranges()) > 1 or chunk == 100


# --- records of other tools


@pytest.mark.parametrize("seed", range(3))
def test_unsorted_records_give_the_same_sums_once_by_row(seed: int) -> None:
    rows, wires = 50, 20
    entries, witness = random_entries(seed, rows, wires, 200), random_witness(seed, wires)
    generator(seed).shuffle(entries)
    shuffled = records(entries)
    assert not are_sorted(shuffled)
    out = found(shuffled, witness, range(rows), rows)
    wanted = as_written(expected(entries, witness, rows))
    assert (out == np.stack(wanted)).all()


def test_pieces_in_order_may_be_out_of_order_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PIECE", 4)
    witness = random_witness(1, 9)
    entries = [Entry(0, row, row, 1) for row in (4, 5, 6, 7, 0, 1, 2, 3)]
    out = found(records(entries), witness, range(9), 9)
    wanted = as_written(expected(entries, witness, 9))
    assert (out == np.stack(wanted)).all()


def test_records_in_order_are_read_once_a_piece_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PIECE", 7)
    given = records(random_entries(1, 9, 4, 30))
    asked: list[tuple[int, int]] = []

    def read(low: int, high: int) -> Coefficients:
        asked.append((low, high))
        return given[low:high]

    terms_of(read, len(given), 9)
    assert asked == [(0, 7), (7, 14), (14, 21), (21, 28), (28, 33)]
    asked.clear()
    terms_of(read, 0, 9)
    assert not asked


@pytest.mark.parametrize("piece", [1, 4, 1000])
def test_terms_say_what_the_records_say(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PIECE", piece)
    rows = 30
    entries = random_entries(4, rows, 12, 100)
    made = terms(records(entries), rows)
    assert made.wires.tolist() == [entry.wire for entry in entries]
    assert [kind & kinds.B for kind in made.kinds.tolist()] == [e.matrix for e in entries]
    assert made.starts.tolist() == [sum(e.row < row for e in entries) for row in range(rows + 1)]
    left = iter(from_montgomery(made.coefficients, R))
    for kind, entry in zip(made.kinds.tolist(), entries, strict=True):
        value = next(left) if kind & kinds.OTHER else R - 1 if kind & kinds.MINUS else 1
        assert value == entry.value
    assert next(left, None) is None


@pytest.mark.parametrize("at", [0, 1, 15, 28])
def test_one_record_out_of_place_is_seen(at: int) -> None:
    given = records([Entry(0, row, 0, 1) for row in range(1, 31)])
    given["constraint"][at + 1] = 0
    assert not are_sorted(given)


def test_records_that_cannot_be_written_to_and_lie_anywhere_serve_too() -> None:
    given = records(random_entries(2, 30, 10, 120))
    frozen = np.frombuffer(bytes(1) + given.tobytes(), COEFFICIENT, offset=1)
    for other in (frozen, np.repeat(given, 2)[::2]):
        for name in ("starts", "wires", "kinds", "coefficients"):
            assert (getattr(terms(other, 30), name) == getattr(terms(given, 30), name)).all()


BAD_RECORDS = {
    "a wire past the last": ("wire", 3, 10),
    "a wire far away": ("wire", 7, 2**32 - 16),
    "a row past the last": ("constraint", -1, 30),
    "a row far away": ("constraint", -1, 2**32 - 1),
    "a row far away, out of order": ("constraint", 4, 2**32 - 1),
}


@pytest.mark.parametrize("name", BAD_RECORDS)
@pytest.mark.parametrize("chunk", [7, 1 << 16])
def test_a_record_of_another_wire_or_row_is_an_error_and_writes_nowhere_else(
    name: str, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", chunk)
    field, at, value = BAD_RECORDS[name]
    entries, witness = random_entries(2, 30, 10, 110), random_witness(2, 10)
    given = records(entries)
    given[field][at] = value
    room = np.full((3, 60, 4), ANYTHING, np.uint64)
    places = np.arange(30, dtype=np.uint32)
    with pytest.raises(RangeError, match="Coefficient record") as raised:
        constraint_products(terms(given, 30), words_from_ints(witness), places, room)
    assert str(value) in str(raised.value)
    assert (room[:, 30:] == ANYTHING).all()


BAD_TERMS = {
    "a row that ends past the last term": ("starts", 10, 2**32 - 1),
    "rows that end before they begin": ("starts", 9, 2**31),
    "no coefficients": ("coefficients", slice(0), None),
    "another wire": ("wires", -1, 1 << 31),
    "kinds that need more coefficients": ("kinds", slice(None), 255),
}


@pytest.mark.parametrize("name", BAD_TERMS)
def test_terms_of_a_damaged_file_write_nowhere_else_and_read_nothing_else(name: str) -> None:
    """Their arrays may lie in a mapped file."""
    field, at, value = BAD_TERMS[name]
    entries, witness = random_entries(2, 30, 10, 110), random_witness(2, 10)
    made = terms(records(entries), 30)
    if value is None:
        made = replace(made, **{field: getattr(made, field)[at]})
    else:
        getattr(made, field)[at] = value
    room = np.full((3, 60, 4), ANYTHING, np.uint64)
    places = np.arange(30, dtype=np.uint32)
    with pytest.raises(RangeError, match="oefficient record"):
        constraint_products(made, words_from_ints(witness), places, room)
    assert (room[:, 30:] == ANYTHING).all()


def test_arrays_that_do_not_belong_together_are_refused() -> None:
    given, place = terms(records([Entry(0, 1, 1, 5)]), 4), np.arange(4, dtype=np.uint32)
    values, room = words_from_ints([1, 2]), np.zeros((3, 4, 4), np.uint64)
    for changed in (
        (given, values[:0], place, room),
        (given, values, place + np.uint32(1), room),
        (given, values, place[:3], room),
        (given, values, place, room[:2]),
        (given, values.astype(np.int64), place, room),
        (given, values, place, room[:, :, ::-1]),
    ):
        with pytest.raises(ShapeError):
            constraint_products(*changed)
    with pytest.raises(ShapeError):
        replace(given, wires=given.wires[:0])
    with pytest.raises(ShapeError):
        replace(given, starts=given.starts[:0])
    constraint_products(given, values, place, room)


def test_a_row_that_changes_after_it_was_looked_at_writes_nowhere_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A key in memory is an array that others may have, too."""
    given = records(random_entries(2, 30, 10, 110))

    def sorted_until_now(_: Coefficients) -> bool:
        given["constraint"][50] = 900
        return True

    monkeypatch.setattr(module, "are_sorted", sorted_until_now)
    whole = np.full(2000, 0xA5A5_A5A5, np.uint32)
    monkeypatch.setattr(module, "aligned_empty", lambda *_: whole.reshape(1, -1))
    with pytest.raises(RangeError, match="changed while they were read"):
        terms_of(lambda low, high: given[low:high], len(given), 30)
    assert (whole[110:] == 0xA5A5_A5A5).all()


def test_coefficients_that_change_after_they_were_counted_are_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = records([Entry(0, row, 1, 1) for row in range(30)])
    work = module.in_threads

    def changing(*given_work: Any) -> list[Any]:
        found = work(*given_work)
        given["value"][:20] = 7
        return found

    monkeypatch.setattr(module, "in_threads", changing)
    with pytest.raises(RangeError, match="changed while they were read"):
        terms(given, 30)
