"""What is computed from times: rounds in turn, the growth exponent, the targets."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zkpipe.benchmarks.records.results import Results
from zkpipe.benchmarks.records.series import in_turn, in_turn_within, median, spread
from zkpipe.benchmarks.reports.growth import growth_exponent
from zkpipe.benchmarks.targets.__main__ import main
from zkpipe.benchmarks.targets.targets import (
    FURTHER,
    LANES,
    MET,
    MISSED,
    SCALAR,
    TARGETS,
    UNKNOWN,
    Target,
)


def test_each_round_runs_everything_once_and_begins_with_another() -> None:
    order: list[str] = []

    def run(name: str) -> float:
        order.append(name)
        return float(len(order))

    times = in_turn(3, {name: lambda name=name: run(name) for name in "abc"})  # type: ignore[misc]
    assert "".join(order) == "abcbcacab"
    assert times == {"a": (1.0, 6.0, 8.0), "b": (2.0, 4.0, 9.0), "c": (3.0, 5.0, 7.0)}


def test_what_fails_is_not_run_again_and_has_no_times() -> None:
    answers = {"good": [1.0, 2.0, 3.0], "bad": [4.0, None], "first": [None]}
    times = in_turn(3, {name: iter(told).__next__ for name, told in answers.items()})
    assert times == {"good": (1.0, 2.0, 3.0)}


def test_what_has_taken_long_is_not_run_again() -> None:
    counts = {"slow": 0, "quick": 0}

    def run(name: str) -> float:
        counts[name] += 1
        return {"slow": 3.0, "quick": 0.1}[name]

    runs = {name: lambda name=name: run(name) for name in counts}  # type: ignore[misc]
    times = in_turn_within(9, 5.0, runs)
    assert times == {"slow": (3.0, 3.0), "quick": (0.1,) * 9}
    assert counts == {"slow": 2, "quick": 9}


def test_median_and_spread_are_those_of_the_times() -> None:
    assert median((3.0, 1.0, 2.0)) == 2.0
    assert spread((3.0, 1.0, 2.0)) == (1.0, 3.0)


@given(exponent=st.floats(0.5, 2.5), constant=st.floats(1e-6, 1e3))
def test_the_exponent_of_an_exact_power_is_found(exponent: float, constant: float) -> None:
    seconds = {k: constant * 2.0 ** (k * exponent) for k in range(14, 21)}
    found = growth_exponent(seconds)
    assert found is not None
    assert math.isclose(found, exponent, abs_tol=1e-9)


@given(st.lists(st.floats(1e-3, 1e3), min_size=7, max_size=7))
def test_the_exponent_is_numpys_fit_of_the_logarithms(times: list[float]) -> None:
    sizes = range(14, 21)
    expected = np.polyfit(np.log([2.0**k for k in sizes]), np.log(times), 1)[0]
    found = growth_exponent(dict(zip(sizes, times, strict=True)))
    assert found is not None
    assert math.isclose(found, expected, abs_tol=1e-9)


def test_sizes_below_2_14_and_above_2_20_do_not_count() -> None:
    inside = {14: 1.0, 16: 4.0}
    assert growth_exponent({**inside, 12: 9.0, 13: 9.0, 21: 0.1}) == growth_exponent(inside)


def test_one_size_has_no_exponent() -> None:
    assert growth_exponent({14: 1.0, 12: 3.0}) is None


def target(work: str) -> Target:
    (found,) = [t for t in TARGETS if t.work == work]
    return found


def verdict(work: str, results: Results) -> str:
    return target(work).verdict(target(work).measure(results))


def test_ratios_to_peers_are_of_the_same_threads_and_the_worst_size_from_2_16(
    results: Results,
) -> None:
    found = target(f"prove, {LANES}: times faster than groth16py").measure(results)
    assert found is not None
    assert math.isclose(found.value, 7 * 4**0.2)  # at 2^16: growth 1.1 against 0.9
    assert found.where == "library, 1 thread each, worst at 2^16"


def test_a_peer_that_chose_its_threads_is_held_against_ours_on_all_processors(
    results: Results,
) -> None:
    found = target(f"prove, {LANES}: times faster than snarkjs").measure(results)
    assert found is not None
    assert math.isclose(found.value, 10 * 4**0.2)
    assert found.where == "command, all processors each, worst at 2^16"
    more = replace(results, machine=replace(results.machine, cores=4))
    assert target(f"prove, {LANES}: times faster than snarkjs").measure(more) is None


def test_the_verdict_says_whether_a_target_is_met(results: Results) -> None:
    assert verdict(f"prove, {LANES}: times faster than groth16py", results) == MET
    assert verdict(f"prove, {SCALAR}: times faster than groth16py", results) == MISSED
    assert verdict(f"prove, {LANES}: times faster than rapidsnark", results) == UNKNOWN
    assert verdict(f"prove, {LANES}: times faster than snarkjs", results) == MISSED
    assert verdict("verification of one proof", results) == FURTHER
    assert verdict("verification of 1,000 proofs", results) == MISSED
    assert verdict("two threads against one", results) == FURTHER
    assert verdict("transform of 2^20 values, in place", results) == MET
    assert verdict("whole sum in G1, for each addition, 2^16 points", results) == MISSED
    assert verdict("whole sum in G1, for each addition, 2^20 points", results) == UNKNOWN
    assert verdict("memory of proving 2^20 beyond the key's size", results) == MET
    assert verdict("first proof on a fresh machine, compiling", results) == MET


BATCH = "batch on two processors, 2^12 rows: times a loop on {}"


def test_a_batch_is_held_against_loops_with_its_start(results: Results) -> None:
    one, two = (target(BATCH.format(words)) for words in ("one thread", "two threads"))
    found = one.measure(results)
    assert found is not None
    assert math.isclose(found.value, 1024 / 6.12 / 50)
    assert found.where == "local, 2 threads, 1,024 rows, against loop over prove, 1 thread"
    assert one.verdict(found) == two.verdict(two.measure(results)) == MET
    slow = replace(results, batches=tuple(replace(b, seconds=(11.5,)) for b in results.batches))
    assert one.verdict(one.measure(slow)) == two.verdict(two.measure(slow)) == MISSED


def test_only_large_batches_on_two_processors_at_2_12_count(results: Results) -> None:
    one = target(BATCH.format("one thread"))
    for change in ({"rows": 999}, {"threads": 4}, {"exponent": 10}, {"circuit": "bits"}):
        batches = [replace(b, **change) for b in results.batches]  # type: ignore[arg-type]
        others = {(b.label, b.rows): b for b in batches}.values()
        assert one.measure(replace(results, batches=tuple(others))) is None
    for change in ({"threads": 4}, {"exponent": 10}, {"backend": "scalar"}):
        loops = [replace(w, **change) for w in results.loops]  # type: ignore[arg-type]
        assert (
            one.measure(replace(results, loops=tuple({w.label: w for w in loops}.values()))) is None
        )


@pytest.mark.parametrize("work", [t.work for t in TARGETS])
def test_a_card_changes_no_target(work: str, results: Results, with_card: Results) -> None:
    assert target(work).measure(with_card) == target(work).measure(results)


def test_without_measurements_no_target_has_a_verdict(results: Results) -> None:
    empty = replace(
        results, circuits=(), kernels=(), stages=(), proofs=(), waits=(), batches=(), loops=()
    )
    assert {t.verdict(t.measure(empty)) for t in TARGETS} == {UNKNOWN}


def test_the_table_of_targets_is_printed_for_a_file(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(saved)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("## Targets\n")
    assert "| prove, avx512: times faster than groth16py | 9.24 times | at least 6 times |" in told
    assert told.count("\n| ") == len(TARGETS) + 2  # the header, and the rule below it
    saved.write_text("[]")
    for words in ([str(saved)], []):
        assert main(words) == 2
        assert capsys.readouterr().err


@pytest.mark.parametrize("work", [t.work for t in TARGETS])
def test_a_moonshot_lies_beyond_its_target(work: str) -> None:
    found = target(work)
    if found.moonshot is not None:
        assert (found.moonshot > found.must) is found.more
