"""Kind 4: what cells answer, to whom, and that a cell of few units is silent."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from tests.exchange.circuits.cases import (
    AUDITOR,
    CTX,
    FOR,
    OTHER_KEY,
    RECIPIENT,
    by_hand,
    committed,
    outcome,
    refuses,
    sorted_rows,
)
from tests.exchange.some_tables import VISITS, WELL, schema, schema_of, small_schema, table
from tests.long_form import IS_LONG
from tests.oracles.exchange_statements import stats as by_definition
from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import A, add, is_on_curve, multiply
from zkpipe.accel.roots import square_root
from zkpipe.circuits import Point
from zkpipe.circuits.testing import agrees, deletions, lies
from zkpipe.exchange.answers import is_opening, open_answer
from zkpipe.exchange.circuits import Total, answer_inputs, findings, stats, totals
from zkpipe.exchange.errors import SchemaError
from zkpipe.exchange.tables import commit
from zkpipe.exchange.tables.encoding import encode

SMALL = 3
RUNS = 10_000 if IS_LONG else 40
VALUE = 2  # the committed column of visits


@cache
def template():
    return stats(small_schema(), "visits", SMALL)


@cache
def system():
    return template().circuit.compile()


def inputs_of(columns, floor=0, recipients=FOR):
    return answer_inputs(template(), committed(columns), recipients, ctx=CTX, floor=floor)


def told(columns, floor):
    """The answer that the recipient opens: rows and distance of each cell."""
    public = outcome(system(), inputs_of(columns, floor))
    cells = open_answer(RECIPIENT, public[:3], FOR.wraps[0], template().answers)
    return [(cell.rows, cell.distance) for cell in cells]


def test_random_tables_answer_what_plain_python_counts():
    rng = np.random.default_rng(1)
    silent = 0
    for _ in range(RUNS):
        columns = sorted_rows(rng, 1 << SMALL)
        if rng.random() < 0.3:  # after an update: whole units are gone
            keep = [1] * 8
            for i, slot in enumerate(columns[0]):
                keep[i] = int(rng.random() < 0.7) if slot & 1 else keep[i - 1]
            columns = [[a * b for a, b in zip(c, keep, strict=True)] for c in columns]
        floor = int(rng.integers(0, 4))
        expected = by_definition(columns[0], columns[VALUE], 2, floor)
        assert told(columns, floor) == expected
        silent += (0, 0) in expected
    assert RUNS // 10 < silent < RUNS


def test_the_recipient_and_the_auditor_open_the_same_answer():
    columns = sorted_rows(np.random.default_rng(3), 8)
    public = outcome(system(), inputs_of(columns))
    recipient, auditor = FOR.wraps
    assert is_opening(public, recipient, auditor)
    assert not is_opening(public, auditor, recipient)
    answers = template().answers
    assert open_answer(RECIPIENT, public[:3], recipient, answers) == open_answer(
        AUDITOR, public[:3], auditor, answers
    )


def test_totals_are_of_values_in_their_places():
    cost = {
        "name": "cost", "type": "decimal", "low": "-1.50", "high": "9.00", "width": 15,
        "places": 2, "nulls": True, "listed": True,
    }  # fmt: skip
    priced = schema_of(columns=[cost, WELL], cell=["well"])
    made = stats(priced, "cost", 3)
    data = {"person": [1, 2, 3, 4], "cost": ["-1.50", "2.25", None, "0"], "well": [0, 0, 0, 1]}
    found = commit(encode(priced, data, 3), OTHER_KEY)
    public = (
        made.circuit.compile().solve(**answer_inputs(made, found, FOR, ctx=CTX, floor=1)).public
    )
    answer = open_answer(RECIPIENT, public[:3], FOR.wraps[0], made.answers)
    assert totals(priced, "cost", answer) == [Total(2, Fraction(3, 4)), Total(1, Fraction(0))]


FEW = {
    "no row": ([0] * 8, [0] * 8, 1),
    "one unit of three at floor 4": ([3, 3, 3, 0, 0, 0, 0, 0], [1, 2, 3, 0, 0, 0, 0, 0], 4),
    "8 rows of 2 units at floor 3": ([3, 2, 2, 2, 3, 2, 2, 2], [9] * 8, 3),
    "one of four with a value": ([3, 3, 3, 3, 0, 0, 0, 0], [0, 9, 0, 0, 0, 0, 0, 0], 2),
}  # fmt: skip


@pytest.mark.parametrize("name", FEW)
def test_a_cell_of_few_units_with_a_value_is_silent(name):
    slots, values, floor = FEW[name]
    units = np.cumsum([slot & 1 for slot in slots]).tolist()
    columns = [slots, units, values, [s >> 1 for s in slots], [0] * 8]
    assert told(columns, floor)[0] == (0, 0)
    assert told(columns, 0)[0] == (sum(v != 0 for v in values), sum(v - 1 for v in values if v))


def test_values_in_rows_of_no_cell_are_not_counted():
    columns = [[3, 3, 0, 0, 0, 0, 0, 0], [1, 2, 0, 0, 0, 0, 0, 0], [5, 6, 7, 7, 7, 0, 0, 9],
               [1, 1, 0, 0, 0, 0, 0, 0], [0] * 8]  # fmt: skip
    assert told(columns, 0) == [(2, 9), (0, 0)]
    assert told(columns, 3) == [(0, 0), (0, 0)]


@pytest.mark.parametrize("name", ["ask", "root", "salts", "siblings", "recipient", "auditor"])
def test_other_words_and_other_openings_have_no_witness(name):
    inputs = inputs_of(sorted_rows(np.random.default_rng(5), 8))
    assert outcome(system(), inputs) is not None
    value = inputs[name]
    if name == "salts":
        changed = {**value, "column_2": [value["column_2"][0] + 1]}
    else:
        changed = value + 1 if isinstance(value, int) else [value[0] + 1, *value[1:]]
    refuses(template().circuit, system(), {**inputs, name: changed})


def test_a_code_out_of_its_range_has_no_witness():
    columns = [[3, *[0] * 7], [1, *[0] * 7], [107, *[0] * 7], [1, *[0] * 7], [0] * 8]
    refuses(template().circuit, system(), inputs_of(columns))
    columns[2][0] = 106
    assert told(columns, 0)[0] == (1, 105)


def test_a_cell_that_the_schema_has_not_has_no_witness():
    columns = [[2 * 3 + 1, *[0] * 7], [1, *[0] * 7], [5, *[0] * 7], [1, *[0] * 7], [0] * 8]
    refuses(template().circuit, system(), inputs_of(columns))


def other_schemas():
    wider = {**VISITS, "high": 101}
    return {
        "another range": [wider, WELL, {**VISITS, "name": "days"}],
        "another width": [{**VISITS, "width": 62}, WELL, {**VISITS, "name": "days"}],
        "another name": [{**VISITS, "name": "visit"}, WELL, {**VISITS, "name": "days"}],
    }


@pytest.mark.parametrize("name", other_schemas())
def test_a_table_of_another_schema_has_no_witness(name):
    other = schema_of(columns=other_schemas()[name], cell=["well"])
    columns = [[3, *[0] * 7], [1, *[0] * 7], [5, *[0] * 7], [1, *[0] * 7], [0] * 8]
    mine, theirs = inputs_of(columns), commit(by_hand(columns, other), bytes(range(32)))
    assert outcome(system(), mine) is not None
    refuses(template().circuit, system(), {**mine, "root": theirs.root})


def test_a_key_of_low_order_has_no_witness():
    inputs = inputs_of([[0] * 8] * 5)
    for x, y in ((0, 1), (0, R - 1), (square_root(pow(A, -1, R)), 0)):
        assert is_on_curve(x, y)
        seal = replace(inputs["seal"], recipient_x=x)
        refuses(template().circuit, system(), {**inputs, "recipient": y, "seal": seal})


def test_a_key_beside_the_subgroup_is_sealed_to_as_its_part_in_it():
    """X and X + T share E's multiples by 8: whoever has x opens both."""
    columns = sorted_rows(np.random.default_rng(6), 8)
    inputs = inputs_of(columns)
    x, y = add(multiply((Point.BASE.x, Point.BASE.y), RECIPIENT), (0, R - 1))
    public = outcome(
        system(), {**inputs, "recipient": y, "seal": replace(inputs["seal"], recipient_x=x)}
    )
    assert public[:3] == outcome(system(), inputs)[:3]


def test_both_runs_agree():
    rng = np.random.default_rng(2)

    def draw(_):
        return inputs_of(sorted_rows(rng, 8), int(rng.integers(0, 4)))

    assert agrees(template().circuit, 100 if IS_LONG else 5, draw=draw).accepted


@pytest.mark.skipif(not IS_LONG, reason="takes minutes")
def test_no_lie_passes_and_rows_are_missed():
    one = schema_of(columns=[VISITS], cell=[])
    tiny = stats(one, "visits", 1)
    found = commit(by_hand([[3, 3], [1, 2], [5, 0]], one), OTHER_KEY)
    inputs = answer_inputs(tiny, found, FOR, ctx=CTX, floor=1)
    lies(tiny.circuit, inputs)
    refused = answer_inputs(tiny, found, FOR, ctx=CTX, ask=1, floor=1)
    deletions(tiny.circuit, [inputs], [refused], sample=60)


def test_a_column_that_is_not_listed_is_refused():
    with pytest.raises(SchemaError, match="is not listed"):
        stats(small_schema(), "well")
    with pytest.raises(SchemaError, match="No column has the name"):
        stats(small_schema(), "nothing")


def test_the_record_says_what_an_answer_costs():
    record = stats(schema(), "visits").record
    assert record.leak_bits == 6 * (11 + 17)
    assert (record.kind, record.columns, record.floor_safe) == (4, 0b101, True)
    assert (record.results, record.words) == (3, 6)
    assert record.schema_hash == schema().hash
    wide = stats(schema(), "cost").record  # 6 (11 + 44) bits in two messages
    assert (wide.leak_bits, wide.results) == (330, 4)


def test_lint_finds_nothing_but_ctx_and_ask():
    assert findings(system()) == []


@pytest.mark.skipif(not IS_LONG, reason="takes a minute")
@pytest.mark.parametrize(("column", "rows"), [("visits", 39_857), ("cost", 82_748)])
def test_the_real_size_is_safe_and_answers(column, rows):
    made = stats(schema(), column)
    real = made.circuit.compile()
    assert findings(real) == []
    assert real.constraint_count == rows
    rng = np.random.default_rng(3)
    for _ in range(100):
        found = commit(table(rng, int(rng.integers(1, 1025))).segment(0), OTHER_KEY)
        floor = int(rng.integers(0, 60))
        public = real.solve(**answer_inputs(made, found, FOR, ctx=CTX, floor=floor)).public
        answer = open_answer(RECIPIENT, public[: made.record.results], FOR.wraps[0], made.answers)
        place = schema().place(column)
        expected = by_definition(found.slots(0), found.slots(place), 6, floor)
        assert [(cell.rows, cell.distance) for cell in answer] == expected
