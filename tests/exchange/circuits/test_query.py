"""Kind 5: a developer's own function of columns and a question."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from tests.exchange.circuits.cases import CTX, FOR, OTHER_KEY, RECIPIENT, outcome, refuses
from tests.exchange.some_tables import COST, TOWN, VISITS, schema, schema_of, table
from tests.long_form import IS_LONG
from zkpipe.circuits import Array, Bool, CompileError, Field, Fixed, Int, UInt, lookup, narrow
from zkpipe.circuits.testing import agrees
from zkpipe.exchange.answers import open_answer
from zkpipe.exchange.circuits import answer_inputs, findings, query
from zkpipe.exchange.errors import SchemaError
from zkpipe.exchange.tables import commit
from zkpipe.exchange.tables.encoding import encode

SMALL = 3
RUNS = 10_000 if IS_LONG else 25
TABLE = schema_of(columns=[VISITS, COST, TOWN], cell=[])


@dataclass(frozen=True)
class Found:
    visits: Int[9]
    has_cost: Bool


@query(TABLE, ["visits", "cost"], SMALL)
def looked_up(visits, cost, ask) -> tuple[Found, UInt[4]]:
    row = narrow(ask, UInt[3])
    there = sum(visits.present)
    return Found(lookup(visits.values, row), lookup(cost.present, row)), there


@cache
def system():
    return looked_up.circuit.compile()


def some_table(rng):
    count = int(rng.integers(1, 9))

    def holed(values):
        return [None if rng.random() < 0.3 else v for v in values]

    data = {
        "person": list(range(count)),
        "visits": holed(rng.integers(-5, 101, count).tolist()),
        "cost": holed([f"{c / 100:.2f}" for c in rng.integers(0, 9 * 10**9, count)]),
        "town": holed(["Ulm"] * count),
    }
    return data, commit(encode(TABLE, data, SMALL), OTHER_KEY)


def answer_of(template, compiled, found, ask=0):
    public = outcome(compiled, answer_inputs(template, found, FOR, ctx=CTX, ask=ask))
    results = public[: template.record.results]
    return open_answer(RECIPIENT, results, FOR.wraps[0], template.answers)


def test_random_questions_are_answered_as_plain_python_answers():
    rng = np.random.default_rng(1)
    for _ in range(RUNS):
        data, found = some_table(rng)
        row = int(rng.integers(0, 8))
        answer, there = answer_of(looked_up, system(), found, row)
        visits = [*data["visits"], *[None] * 8][row]
        cost = [*data["cost"], *[None] * 8][row]
        assert answer.visits == (-6 if visits is None else visits)
        assert answer.has_cost == (cost is not None)
        assert there == sum(v is not None for v in data["visits"])


def test_a_question_out_of_reach_has_no_witness():
    _, found = some_table(np.random.default_rng(2))
    inputs = answer_inputs(looked_up, found, FOR, ctx=CTX, ask=8)
    refuses(looked_up.circuit, system(), inputs)


@pytest.mark.parametrize("name", ["floor", "root"])
def test_other_words_have_no_witness(name):
    _, found = some_table(np.random.default_rng(2))
    inputs = answer_inputs(looked_up, found, FOR, ctx=CTX, ask=1)
    assert outcome(system(), inputs) is not None
    refuses(looked_up.circuit, system(), {**inputs, name: inputs[name] + 1})


def test_a_query_without_a_question_takes_none():
    @query(TABLE, ["visits"], SMALL)
    def greatest(visits) -> UInt[7]:
        from zkpipe.circuits import maximum

        return maximum(*visits.codes)

    compiled = greatest.circuit.compile()
    data, found = some_table(np.random.default_rng(5))
    codes = [0 if v is None else v + 6 for v in data["visits"]]
    assert answer_of(greatest, compiled, found) == max(codes)
    inputs = answer_inputs(greatest, found, FOR, ctx=CTX, ask=1)
    refuses(greatest.circuit, compiled, inputs)
    assert findings(compiled) == []


def test_texts_and_units_are_columns_too():
    ulm = int(hashlib.sha256(b"zkpipe.v1.TEXT" + b"Ulm").hexdigest(), 16) >> 133

    @query(TABLE, ["town", "person"], SMALL)
    def persons_of_ulm(town, person) -> UInt[6]:
        here = [
            (a == 1 + (ulm >> 62)) & (b == ulm % 2**62)
            for a, b in zip(town.codes, town.second, strict=True)
        ]
        return narrow(sum(h * p for h, p in zip(here, person.values, strict=True)), UInt[6])

    assert persons_of_ulm.record.columns == 0b110010
    compiled = persons_of_ulm.circuit.compile()
    data, found = some_table(np.random.default_rng(7))
    expected = sum(p for p, t in zip(data["person"], data["town"], strict=True) if t == "Ulm")
    assert answer_of(persons_of_ulm, compiled, found) == expected


def test_all_columns_may_be_opened():
    @query(schema_of(columns=[VISITS], cell=[]), ["visits", "person"], 2)
    def both(visits, person) -> tuple[UInt[10], Array[UInt[62], 2]]:
        return sum(visits.codes), person.codes[:2]

    data = {"person": [4, 9], "visits": [1, None]}
    found = commit(encode(schema_of(columns=[VISITS], cell=[]), data, 2), OTHER_KEY)
    assert answer_of(both, both.circuit.compile(), found) == (7, [4, 9])


def test_both_runs_agree():
    rng = np.random.default_rng(2)

    def draw(_):
        ask = int(rng.integers(0, 9))
        return answer_inputs(looked_up, some_table(rng)[1], FOR, ctx=CTX, ask=ask)

    assert agrees(looked_up.circuit, 100 if IS_LONG else 3, draw=draw).accepted


def test_the_record_says_what_an_answer_costs():
    record = looked_up.record
    assert (record.kind, record.columns, record.leak_bits) == (5, 0b1100, 9 + 1 + 4)
    assert (record.results, record.words, record.floor_safe) == (3, 6, False)
    assert record.schema_hash == TABLE.hash
    assert looked_up.circuit.name == "looked_up"
    assert findings(system()) == []


def made_of(function, columns=("visits",)):
    return query(TABLE, list(columns), SMALL)(function)


def test_a_function_that_does_not_fit_is_refused_with_what_to_write():
    def field(visits) -> Field:
        return visits.codes[0]

    def silent(visits):
        return visits.codes[0]

    def many(visits, ask, more) -> UInt[7]:
        return visits.codes[0]

    def default(visits, ask=3) -> UInt[7]:
        return visits.codes[0]

    def fixed(visits) -> Fixed[8, 2]:
        return visits.codes[0]

    for function, said in (
        (field, "has no width"),
        (silent, "does not say what it returns"),
        (many, "not a parameter for each of 1 columns"),
        (default, "not a parameter for each of 1 columns"),
        (5, "made of a function"),
    ):
        with pytest.raises(SchemaError, match=said):
            made_of(function)
    assert made_of(fixed).record.leak_bits == 8
    with pytest.raises(SchemaError, match="Did you mean 'visits'"):
        made_of(silent, ["visit"])
    with pytest.raises(SchemaError, match="no column, or one twice"):
        made_of(silent, [])


@pytest.mark.parametrize(
    ("use", "said"),
    [
        (lambda visits: sum(visits), "Take .values"),
        (lambda visits: visits[0], "Take .values"),
        (lambda visits: len(visits), "Take .values"),
        (lambda visits: visits.value[0], "Did you mean `values`"),
        (lambda visits: visits.there[0], "codes, second, present, values"),
    ],
)
def test_a_column_used_as_a_list_is_refused_with_what_to_take(use, said):
    def function(visits) -> UInt[7]:
        return use(visits)

    with pytest.raises((SchemaError, CompileError), match=said):
        made_of(function).circuit.compile()


def test_a_column_is_displayed_in_a_few_words(capsys):
    def function(visits) -> UInt[7]:
        print(visits)  # noqa: T201 # what a developer does to learn what it is
        return narrow(visits.codes[0], UInt[7])

    made_of(function).circuit.compile()
    assert "<a column of 8 slots>" in capsys.readouterr().out


def test_a_tuple_that_is_not_the_declared_one_is_refused():
    def two(visits) -> tuple[UInt[7], UInt[7]]:
        return visits.codes[0]

    with pytest.raises((SchemaError, CompileError), match="does not return 2 values"):
        made_of(two).circuit.compile()


@pytest.mark.skipif(not IS_LONG, reason="takes a minute")
def test_the_real_size_is_safe_and_answers():
    @query(schema(), ["visits", "plan"])
    def score(visits, plan, ask) -> UInt[10]:
        row = narrow(ask, UInt[10])
        return lookup(visits.codes, row) + 100 * lookup(plan.codes, row)

    real = score.circuit.compile()
    assert findings(real) == []
    assert real.constraint_count < 40_000
    rng = np.random.default_rng(3)
    for _ in range(100):
        found = commit(table(rng, int(rng.integers(1, 1025))).segment(0), OTHER_KEY)
        row = int(rng.integers(0, 1024))
        expected = found.cell(2, row) + 100 * found.cell(3, row)
        assert answer_of(score, real, found, row) == expected
