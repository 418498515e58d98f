"""Each function of circuits.testing passes on a sound circuit and fails on one that is not."""

from __future__ import annotations

import math
from itertools import count
from typing import Any

import pytest

from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    Bool,
    Field,
    Int,
    Private,
    Public,
    UInt,
    check,
    circuit,
    hint,
    narrow,
)
from zkpipe.circuits.formats.equations import equations
from zkpipe.circuits.gadgets import poseidon
from zkpipe.circuits.testing import accepts, agrees, costs, deletions, lies, mutations, rejects
from zkpipe.circuits.testing.deletions import without_row
from zkpipe.circuits.testing.draws import drawn
from zkpipe.circuits.testing.subject import subject
from zkpipe.ground.errors import KindError


@circuit
def side_of(area: Public[UInt[16]]) -> Public[UInt[8]]:
    side = hint(math.isqrt, area, returns=UInt[8])
    check(side * side == area, "not a square")
    return side


@circuit
def unpinned_side(area: Public[UInt[16]]) -> Public[UInt[8]]:
    side = hint(math.isqrt, area, returns=UInt[8])
    check(side * side <= area, "too large")
    return side


@circuit
def said_to_be_small(x: Private[Field]) -> None:
    small = hint(lambda x: x < 10, x, returns=Bool)
    check(small, "not small")


@circuit
def refused_by_a_hint(x: Private[Field]) -> None:
    def half(x: int) -> int:
        if x % 2:
            raise ValueError("odd")
        return x // 2

    hint(half, x, returns=UInt[253])


@circuit
def quotients(x: Private[Int[9]], y: Private[UInt[4]]) -> tuple[Public[Int[9]], Public[UInt[4]]]:
    return x // y, x % y


@circuit
def preimage(digest: Public[Field], value: Private[UInt[8]], salt: Private[Field]) -> None:
    check(poseidon([value, salt]) == digest, "another value")


def fails(function: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(AssertionError) as failure:
        function(*arguments, **named)
    return str(failure.value)


# --- accepts and rejects


def test_accepts_gives_the_witness_and_compares_outputs() -> None:
    assert accepts(side_of, {"area": 144}).public == [12, 144]
    accepts(side_of, {"area": 144}, 12)
    accepts(quotients, {"x": -7, "y": 2}, (-4, 1))
    message = fails(accepts, quotients, {"x": -7, "y": 2}, (-3, 1))
    assert "out[0] is -4, and not -3" in message
    assert "x=-7, y=2" in message


def test_accepts_fails_with_the_refusal_and_its_values() -> None:
    message = fails(accepts, side_of, {"area": 145})
    assert "not a square" in message
    assert "right side = 145" in message
    assert "takes a UInt[16]" in fails(accepts, side_of, {"area": 1 << 16})


def test_accepts_fails_where_the_plain_run_computes_something_else() -> None:
    calls = count()

    @circuit
    def moody(x: Private[Field]) -> Public[Field]:
        return x + hint(lambda: next(calls), returns=Field)

    assert "other outputs than its plain run" in fails(accepts, moody, {"x": 1})


def test_rejects_takes_refusals_of_the_solver_and_of_types() -> None:
    rejects(side_of, {"area": 145}, because="not a square")
    rejects(side_of, {"area": 1 << 16}, because="takes a UInt[16]")
    rejects(side_of, {"area": -1})
    rejects(quotients, {"x": 3, "y": 0}, because="divisor of a division is zero")
    rejects(quotients, {"x": 256, "y": 3})
    rejects(quotients, {"x": R - 3, "y": 3})  # no other statement than -3, only another spelling
    digest = poseidon([300, 5])
    rejects(preimage, {"digest": digest, "value": 300, "salt": 5}, because="takes a UInt[8]")


def test_rejects_fails_on_inputs_that_are_accepted_or_refused_for_another_reason() -> None:
    assert "solver of side_of accepts" in fails(rejects, side_of, {"area": 144})
    message = fails(rejects, side_of, {"area": 145}, because="too large")
    assert "not because of 'too large'" in message
    assert "not a square" in message


def test_rejects_fails_where_a_lie_gets_the_inputs_accepted() -> None:
    message = fails(rejects, said_to_be_small, {"x": 50}, because="not small")
    assert "accepts them from one who lies" in message
    assert "small = hint(lambda x: x < 10, x, returns=Bool)" in message
    assert "x=50" in message


def test_rejects_fails_where_only_a_hint_refuses() -> None:
    for x in (3, 3 + R):  # another spelling of 3 is no other statement
        message = fails(rejects, refused_by_a_hint, {"x": x})
        assert "no constraint of it does" in message
    message = fails(rejects, refused_by_a_hint, {"x": 3}, because="ValueError")
    assert "no constraint of it does" in message


# --- lies


def test_lies_counts_what_it_tried() -> None:
    told = lies(side_of, {"area": 144})
    assert told.advice == 3  # the side, its bits, the area's bits
    assert told.refused >= 3 * 6
    assert told.harmless == 0


def test_lies_lets_an_inverse_of_zero_be_anything() -> None:
    @circuit
    def same(x: Private[Field], y: Private[Field]) -> Public[Bool]:
        return x == y

    assert lies(same, {"x": 5, "y": 5}).harmless >= 6
    assert lies(same, {"x": 5, "y": 6}).harmless == 0


def test_lies_fails_on_a_hint_that_is_not_pinned() -> None:
    message = fails(lies, unpinned_side, {"area": 150})
    assert "unpinned_side accepts a lie" in message
    assert "side = hint(math.isqrt, area, returns=UInt[8])" in message
    assert "out is 0, and not 12" in message
    assert "area=150" in message


def test_lies_fails_on_a_free_hint_even_if_no_output_shows_it_unless_it_is_waived() -> None:
    @circuit
    def free(x: Private[Field]) -> None:
        hint(lambda x: x, x, returns=Field)

    @circuit
    def waived(x: Private[Field]) -> None:
        hint(lambda x: x, x, returns=Field, waive="a test of waivers")

    assert "the prover's to choose" in fails(lies, free, {"x": 5})
    assert lies(waived, {"x": 5}).advice == 0
    assert lies(waived, {"x": 5}).waived == 1


def test_lies_finds_the_other_root() -> None:
    @circuit
    def root(square: Public[Field]) -> Public[Field]:
        found = hint(lambda s: math.isqrt(s), square, returns=Field)
        check(found * found == square)
        return found

    assert "the negative" in fails(lies, root, {"square": 144})


# --- mutations


def test_mutations_tries_every_wire_that_is_no_input() -> None:
    system = subject(quotients).system
    tried = mutations(quotients, {"x": -100, "y": 7})
    assert 3 * (system.wire_count - 3) <= tried <= 5 * (system.wire_count - 3)


def test_mutations_fails_on_a_wire_in_no_constraint() -> None:
    @circuit
    def unused(x: Private[Field]) -> Public[Field]:
        hint(lambda x: x, x, returns=Field)
        return x * x

    message = fails(mutations, unused, {"x": 5})
    assert "`hint_0` stands in no constraint" in message


# --- deletions


def test_deletions_names_what_would_notice_each_constraint() -> None:
    found = deletions(quotients, [{"x": -100, "y": 7}], [{"x": 3, "y": 0}])
    assert len(found.tried) == subject(quotients).system.constraint_count
    assert set(found.by_case) | set(found.by_verdict) == set(found.tried)
    assert any("which is not of type Int[9]" in what for what in found.by_case.values())
    assert any("other outputs" in what for what in found.by_case.values())


def test_deletions_fails_on_a_constraint_that_forbids_nothing_new() -> None:
    @circuit
    def twice(x: Private[Field], y: Private[Field]) -> Public[Field]:
        check(x * y == 6, "first")
        check(y * x == 6, "second")
        return x * x

    cases = [{"x": 2, "y": 3}], [{"x": 2, "y": 4}]
    message = fails(deletions, twice, *cases)
    assert "2 could be deleted" in message
    assert "(twice.x) * (twice.y) = 6" in message
    assert "(twice.y) * (twice.x) = 6" in message
    assert 'check(y * x == 6, "second")' in message
    assert "1 could be deleted" in fails(
        deletions, twice, *cases, equivalent={"(twice.x) * (twice.y)": "it stands there twice"}
    )
    found = deletions(twice, *cases, equivalent={"= 6": "the check stands there twice"})
    assert found.equivalent == {
        0: "the check stands there twice",
        1: "the check stands there twice",
    }


def test_deletions_of_a_check_are_noticed_by_rejected_inputs_only() -> None:
    accepted = {"digest": poseidon([200, 5]), "value": 200, "salt": 5}
    another = {**accepted, "digest": 1}
    wide = {"digest": poseidon([300, 5]), "value": 300, "salt": 5}
    message = fails(deletions, preimage, [accepted])  # the digest asks for what is not computed
    assert "could be deleted" in message
    found = deletions(preimage, [accepted], [another])
    assert any("a failing row asks for" in what for what in found.by_case.values())
    assert not any(row in found.by_case for row in range(8))
    found = deletions(preimage, [accepted], [another, wide])
    assert len(found.tried) == 8 + 240
    assert all("rejected inputs" in found.by_case[row] for row in range(8))


@circuit
def redundant(x: Private[UInt[8]], y: Private[UInt[8]]) -> None:
    p = x * y
    check(p <= 1000, "one")
    check(p <= 3000, "two")


SMALL, LARGE = {"x": 10, "y": 10}, {"x": 200, "y": 200}


@pytest.mark.parametrize(
    ("accepted", "rejected", "said"),
    [
        ([], [SMALL], "`rejected[0]` is not rejected"),
        ([SMALL], [LARGE, SMALL], "`rejected[1]` is not rejected"),
        ([LARGE], [], "`accepted[0]` is not accepted"),
        ([SMALL], [{"x": 200, "yy": 200}], "`rejected[0]` is not rejected"),
        ([SMALL, {"x": 1}], [LARGE], "`accepted[1]` is not accepted"),
        (SMALL, [LARGE], "`accepted` is a list of inputs"),
        ([SMALL], LARGE, "`rejected` is a list of inputs"),
        ([SMALL], ["x"], "`rejected[0]` is a dict by parameter"),
        ([], iter([]), "no inputs to try it with"),
    ],
)
def test_deletions_asks_its_cases_first(accepted: Any, rejected: Any, said: str) -> None:
    assert said in fails(deletions, redundant, accepted, rejected)


def test_a_case_is_taken_as_it_was_when_it_was_met() -> None:
    """One dict that a generator changes and gives again is several cases."""

    def cases() -> Any:
        one = {"x": 2, "y": 200}  # which is accepted
        yield one
        one["x"] = 250
        yield one

    assert "`rejected[0]` is not rejected" in fails(deletions, redundant, [SMALL], cases())


def test_deletions_asks_whether_a_lie_gets_a_rejected_case_accepted() -> None:
    message = fails(deletions, said_to_be_small, [{"x": 5}], [{"x": 50}])
    assert "`rejected[0]` is not rejected" in message
    assert "accepts them from one who lies" in message


@pytest.mark.parametrize(
    ("equivalent", "said"),
    [
        ({"no such text": "because"}, "none that nothing notices has it"),
        ({"": "because"}, "which every constraint"),
        ({"  ": "because"}, "which every constraint"),
        ({" = ": "because"}, "which every constraint"),
        ({"(": "because"}, "which every constraint"),
        ({"redundant.": "because"}, "which every constraint"),
        ({"redundant.x": ""}, "texts with reasons"),
        ({"redundant.x": None}, "texts with reasons"),
    ],
)
def test_a_text_of_equivalent_fits_some_rows_that_are_left_and_not_all(
    equivalent: Any, said: str
) -> None:
    everything = {f"redundant.{part}": "let pass here" for part in ("x", "y", "bit_", "product_")}
    given = {**everything, **equivalent} if "no such text" in equivalent else equivalent
    assert said in fails(deletions, redundant, [SMALL], [LARGE], equivalent=given)


def test_a_text_that_fits_noticed_rows_only_is_told() -> None:
    cases = [{"x": -100, "y": 7}], [{"x": 3, "y": 0}]
    assert "none that nothing notices" in fails(
        deletions, quotients, *cases, equivalent={"quotients.y": "needless"}
    )


@pytest.mark.parametrize("sample", [0, -1, True, 2.5, "all"])
def test_a_sample_is_a_number_of_rows(sample: Any) -> None:
    assert "`sample`" in fails(deletions, quotients, [{"x": 1, "y": 7}], sample=sample)


def test_a_circuit_without_constraints_has_nothing_to_delete() -> None:
    @circuit
    def empty(x: Private[Field]) -> Public[Field]:
        return x - x

    if subject(empty).system.constraint_count == 0:
        assert "no constraint to delete" in fails(deletions, empty, [{"x": 1}])


def test_a_deleted_row_is_gone_from_all_three_matrices() -> None:
    system = subject(quotients).system
    every = [str(e) for e in equations(system, range(system.constraint_count))]
    for row in (0, 7, system.constraint_count - 1):
        left = without_row(system, row)
        assert left.constraint_count == system.constraint_count - 1
        found = [str(e) for e in equations(left, range(left.constraint_count))]
        assert found == every[:row] + every[row + 1 :]


def test_a_sample_is_spread_over_the_rows() -> None:
    found = deletions(quotients, [{"x": -100, "y": 7}], [{"x": 3, "y": 0}], sample=5)
    assert len(found.tried) == 5
    assert (found.tried[0], found.tried[-1]) == (0, subject(quotients).system.constraint_count - 1)


# --- agrees


def test_agrees_counts_what_both_accepted_and_refused() -> None:
    found = agrees(quotients, 200)
    assert found.accepted + found.refused == 200
    assert found.refused > 0  # divisors of 0
    assert found.accepted > 100


def test_agrees_fails_where_every_input_is_refused_and_takes_a_draw() -> None:
    assert "Give draw=" in fails(agrees, preimage, 20)

    def draw(rng: Any) -> dict[str, int]:
        value, salt = int(rng.integers(256)), int(rng.integers(1 << 60))
        return {"digest": poseidon([value, salt]), "value": value, "salt": salt}

    assert agrees(preimage, 20, draw=draw).accepted == 20


@pytest.mark.parametrize(
    "wrong",
    [
        {"x": 1, "yy": 2},
        {"x": 1},
        {"x": 1, "y": 2, "z": 3},
        {"x": 1, "y": [2]},
        {"x": 1, "y": "2"},
        {"x": 1.0, "y": 2},
        {"x": None, "y": 2},
        None,
        [("x", 1), ("y", 2)],
        {},
    ],
)
def test_agrees_fails_for_a_draw_of_what_are_no_inputs(wrong: Any) -> None:
    every = count()

    def draw(rng: Any) -> Any:
        return wrong if next(every) else {"x": 1, "y": 2}

    fails(agrees, quotients, 100, draw=draw)


def test_agrees_takes_integers_outside_of_their_types_as_refused() -> None:
    every = count()

    def draw(rng: Any) -> Any:
        return {"x": 1000, "y": 2} if next(every) else {"x": 1, "y": 2}

    found = agrees(quotients, 5, draw=draw)
    assert (found.accepted, found.refused) == (1, 4)


@pytest.mark.parametrize("runs", [0, -3, True, 2.0, "many", None])
def test_agrees_compares_one_input_at_least(runs: Any) -> None:
    assert "`runs` is a whole number from 1" in fails(agrees, quotients, runs)


def test_agrees_fails_where_the_runs_differ() -> None:
    from zkpipe.circuits.language.plain.run import PlainEngine
    from zkpipe.circuits.language.values.engine import current_engine

    @circuit
    def two_faced(x: Private[UInt[8]]) -> Public[UInt[9]]:
        return x + isinstance(current_engine.get(), PlainEngine)

    @circuit
    def stricter(x: Private[UInt[8]]) -> None:
        if isinstance(current_engine.get(), PlainEngine):
            check(x != 255, "too strict")

    assert "out is 0, and not 1" in fails(agrees, two_faced)
    message = fails(agrees, stricter)
    assert "refuses what they accept" in message
    assert "x=255" in message


def test_the_first_draws_are_the_ends_of_the_types() -> None:
    import numpy as np

    @circuit
    def all_types(
        a: Private[UInt[4]], b: Private[Int[4]], c: Private[Array[Bool, 2]], d: Private[Field]
    ) -> None:
        narrow(a + b, UInt[6])

    rng = np.random.default_rng(1)
    ends = [drawn(all_types, rng, run) for run in range(4)]
    assert ends == [
        {"a": 0, "b": -8, "c": [0, 0], "d": 0},
        {"a": 15, "b": 7, "c": [1, 1], "d": R - 1},
        {"a": 0, "b": 0, "c": [0, 0], "d": 0},
        {"a": 1, "b": 1, "c": [1, 1], "d": 1},
    ]
    later = [drawn(all_types, rng, 9) for _ in range(300)]
    assert {x["a"] for x in later} == set(range(16))  # type: ignore[comparison-overlap]
    assert {x["b"] for x in later} == set(range(-8, 8))  # type: ignore[comparison-overlap]
    assert len({x["d"] for x in later}) > 100


# --- costs


def test_costs_fails_with_the_constraints_of_each_line() -> None:
    costs(side_of, 16 + 8 + 1)
    message = fails(costs, side_of, 24)
    assert "25 constraints, and not 24" in message
    assert "hint(math.isqrt, area, returns=UInt[8])" in message
    assert "the types of inputs" in message


@pytest.mark.parametrize("wrong", [True, 25.0, "25", None, -1, [25]])
def test_a_cost_is_a_whole_number(wrong: Any) -> None:
    assert "`constraints` is a whole number" in fails(costs, side_of, wrong)


def test_a_cost_of_one_is_not_true() -> None:
    @circuit
    def one_row(x: Private[Field], y: Private[Field]) -> Public[Field]:
        return x * y

    costs(one_row, 1)
    fails(costs, one_row, True)


@pytest.mark.parametrize("seed", [-1, 1.5, "1", True, None])
def test_a_seed_is_a_whole_number_from_zero(seed: Any) -> None:
    square, other = {"area": 144}, {"area": 145}
    for run in (
        lambda: lies(side_of, square, seed=seed),
        lambda: mutations(side_of, square, seed=seed),
        lambda: rejects(side_of, other, seed=seed),
        lambda: agrees(quotients, seed=seed),
        lambda: deletions(side_of, [square], [other], seed=seed),
    ):
        assert "`seed` is a whole number from 0" in fails(run)


# --- what a body reads may change between two tests

CHECKED = True
FACTORS = [2]


@circuit
def half(x: Private[UInt[8]]) -> Public[UInt[8]]:
    h = hint(lambda v: v // 2, x, returns=UInt[8])
    if CHECKED:
        check((x - FACTORS[0] * h) * (x - 2 * h - 1) == 0, "no half")
    return h


def test_every_tool_traces_the_circuit_as_it_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    lies(half, {"x": 10})
    mutations(half, {"x": 10})
    before = subject(half).system.constraint_count
    costs(half, before)
    accepts(half, {"x": 11}, 5)
    with monkeypatch.context() as patch:
        patch.setitem(globals(), "CHECKED", False)
        fails(lies, half, {"x": 10})
        fails(mutations, half, {"x": 10})
        assert "not" in fails(costs, half, before)
    lies(half, {"x": 10})
    with monkeypatch.context() as patch:
        patch.setitem(globals(), "FACTORS", [3])
        assert "no half" in fails(accepts, half, {"x": 10})
        assert "refuse all 9" in fails(agrees, half, 9, draw=lambda _: {"x": 10})
    accepts(half, {"x": 10})


def test_a_circuit_that_is_defined_again_by_the_same_name_is_another() -> None:
    def made(top: int) -> Any:
        @circuit
        def capped(x: Private[UInt[8]]) -> None:
            check(x <= top, "above the cap")

        return capped

    accepts(made(100), {"x": 50})
    rejects(made(10), {"x": 50}, because="above the cap")


def test_what_is_no_circuit_is_refused() -> None:
    with pytest.raises(KindError, match="A circuit is tested, and the test gives a Constraint"):
        accepts(subject(side_of).system, {})  # type: ignore[arg-type]


def test_rejects_fails_where_a_hint_may_be_what_a_check_asks_for() -> None:
    @circuit
    def any_sum(x: Private[Field], total: Public[Field]) -> None:
        part = hint(lambda x: x // 2, x, returns=Field)
        check(part * 3 + x == total, "another sum")

    message = fails(rejects, any_sum, {"x": 10, "total": 1000}, because="another sum")
    assert "what a failing row asks for, 330" in message


def test_fixed_numbers_and_records_are_inputs_like_others() -> None:
    from dataclasses import dataclass

    from zkpipe.circuits import Fixed

    @dataclass
    class Trade:
        price: Fixed[16, 8]
        bought: Bool

    @circuit
    def value(trade: Private[Trade], share: Private[Fixed[16, 8]]) -> Public[Fixed[40, 8]]:
        return trade.price * share * trade.bought

    inputs = {"trade": {"price": 1.5, "bought": True}, "share": -2.25}
    accepts(value, inputs, -864)  # in units of 2^-8
    lies(value, inputs)
    mutations(value, inputs)
    assert agrees(value, 60).accepted == 60
    rejects(value, {**inputs, "share": 128}, because="Fixed[16, 8]")
    rejects(value, {**inputs, "trade": {"price": 1.5, "bought": 2}}, because="takes a Bool")
    deletions(value, [inputs], sample=20)
