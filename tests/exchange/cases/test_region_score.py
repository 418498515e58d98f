"""The developer's circuit is what plain Python makes of the counties."""

from __future__ import annotations

from functools import cache

from tests.exchange.cases.test_data import rows
from tests.exchange.circuits.cases import CTX, FOR, KEY, RECIPIENT, outcome
from tests.long_form import IS_LONG
from zkpipe.circuits import ConstraintSystem
from zkpipe.circuits.testing import agrees
from zkpipe.exchange.answers import open_answer
from zkpipe.exchange.cases.open_data.region_score import COUNTIES, region_score
from zkpipe.exchange.cases.open_data.story import DATA
from zkpipe.exchange.circuits import answer_inputs, findings
from zkpipe.exchange.tables import Commitment, commit

TABLE = rows("counties")
CONSTRAINTS = 71_057
ASKED = TABLE if IS_LONG else TABLE[::23]  # in the suite: 19


@cache
def system() -> ConstraintSystem:
    return region_score.circuit.compile()


@cache
def counties() -> Commitment:
    return commit(COUNTIES.encode(DATA / "counties.csv"), KEY)


def inputs(question: int) -> dict[str, object]:
    return answer_inputs(region_score, counties(), FOR, ctx=CTX, ask=question)


def expected(row: dict[str, str]) -> int:
    """In tenths of a percent, of the text: no float is between."""
    college, poverty = (int(row[name].replace(".", "")) for name in ("college", "poverty"))
    return (1_000 + college - poverty) // 2 + (20 if row["metro"] == "true" else 0)


def test_each_county_scores_as_plain_python_counts() -> None:
    assert {row["metro"] for row in ASKED} == {"true", "false"}
    for row in ASKED:
        public = outcome(system(), inputs(int(row["county"])))
        assert public is not None
        results = public[: region_score.record.results]
        found = open_answer(RECIPIENT, results, FOR.wraps[0], region_score.answers)
        assert found == expected(row), row["name"]


def test_a_county_that_is_not_there_has_no_witness() -> None:
    for number in (560, 0):  # 0 is the code of the slots that hold no row
        assert outcome(system(), inputs(number)) is None


def test_both_runs_agree() -> None:
    row = TABLE[7]
    assert agrees(region_score.circuit, 1, draw=lambda _: inputs(int(row["county"]))).accepted


def test_an_answer_costs_ten_bits_and_the_circuit_keeps_its_size() -> None:
    record = region_score.record
    assert (record.kind, record.leak_bits, record.floor_safe) == (5, 10, False)
    assert record.schema_hash == COUNTIES.hash
    assert findings(system()) == []
    assert system().constraint_count == CONSTRAINTS
