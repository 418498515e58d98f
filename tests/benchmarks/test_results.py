"""Results: what is saved is what is read, and nothing else is read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from zkpipe.benchmarks.plan import LARGEST_IN_BATCHES, MOST_BATCHES, MOST_NUMBERS
from zkpipe.benchmarks.records.batches import LOCAL, PROCESSES
from zkpipe.benchmarks.records.ranges import CARD, COMMAND, LIBRARY
from zkpipe.benchmarks.records.results import KernelTime, ProofTime, Results, StageTime
from zkpipe.benchmarks.workloads.card_stages import CARD_STAGES
from zkpipe.benchmarks.workloads.stages import STAGES, WHOLE
from zkpipe.benchmarks.workloads.workloads import CIRCUITS, SMALLEST
from zkpipe.ground.errors import FormatError, RangeError

Change = Callable[[dict[str, Any]], object]


def test_what_is_saved_is_read_back_equal(results: Results, saved: Path) -> None:
    assert Results.load(saved) == results


def test_a_card_is_saved_with_its_machine(with_card: Results, tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    with_card.save(path)
    assert Results.load(path) == with_card
    silent = replace(with_card.machine.card, clock_hz=None)  # type: ignore[type-var]
    silent_card = replace(with_card, machine=replace(with_card.machine, card=silent))
    silent_card.save(path)
    assert Results.load(path) == silent_card


def test_a_file_from_before_cards_is_read(results: Results, saved: Path) -> None:
    value = json.loads(saved.read_text())
    value["schema"] = "zkpipe-bench/1"
    assert value["machine"].pop("card") is None
    assert value.pop("own") is None
    del value["batches"], value["loops"]
    saved.write_text(json.dumps(value))
    assert Results.load(saved) == replace(results, batches=(), loops=())


def test_a_file_from_before_batches_is_read(with_card: Results, tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    with_card.save(path)
    value = json.loads(path.read_text())
    value["schema"] = "zkpipe-bench/2"
    del value["batches"], value["loops"], value["own"]
    path.write_text(json.dumps(value))
    assert Results.load(path) == replace(with_card, batches=(), loops=())
    del value["machine"]["card"]  # which that schema has
    path.write_text(json.dumps(value))
    with pytest.raises(FormatError, match="machine has no card"):
        Results.load(path)


def test_a_file_from_before_circuits_of_users_is_read(with_card: Results, tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    with_card.save(path)
    value = json.loads(path.read_text())
    value["schema"] = "zkpipe-bench/3"
    del value["own"]
    path.write_text(json.dumps(value))
    assert Results.load(path) == with_card
    value["schema"] = "zkpipe-bench/4"
    path.write_text(json.dumps(value))
    with pytest.raises(FormatError, match="has no own"):
        Results.load(path)


def test_a_circuit_of_the_users_is_saved_with_its_steps_and_its_gas(
    own: Results, tmp_path: Path
) -> None:
    path = tmp_path / "results.json"
    own.save(path)
    assert Results.load(path) == own
    assert own.own is not None
    replace(own, own=replace(own.own, gas=None)).save(path)
    assert Results.load(path).own == replace(own.own, gas=None)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda v: v["own"]["steps"][0].update(step="fly"), "steps[0]: No run measures the step"),
        (lambda v: v["own"]["steps"][0].update(way="by post"), "No run measures the step"),
        (lambda v: v["own"]["steps"][0].update(step="a" * 1000), "aaa'..."),
        (lambda v: v["own"]["steps"][0].update(seconds=[]), "has no times"),
        (
            lambda v: v["own"]["steps"][1].update(seconds=[-1.0]),
            "seconds[0] is -1, not from 0",
        ),
        (
            lambda v: v["own"]["steps"][0].update(peak_bytes=-1),
            "peak_bytes is -1, not from 0",
        ),
        (lambda v: v["own"]["steps"].append(v["own"]["steps"][0]), "own.steps[0] and own.steps[8]"),
        (
            lambda v: v["own"]["gas"].update(verification=0),
            "verification is 0, not from 1",
        ),
        (lambda v: v["own"]["gas"].update(compiler="\x1b[31m"), "cannot be printed"),
        (lambda v: v["own"]["gas"].pop("deployment"), "own.gas has no deployment"),
        (lambda v: v["own"].update(name="another"), "not of one size of it"),
        (lambda v: v.update(circuits=[]), "not of one size of it"),
        (lambda v: v["own"].update(threads=0), "own.threads is 0, not from 1"),
        (
            lambda v: v["own"].update(public_values=-1),
            "own.public_values is -1, not from 0",
        ),
        (lambda v: v["own"].update(source="a\0b"), "own.source has characters"),
        (lambda v: v.update(own=[]), "own is a list, where"),
        (lambda v: v["own"].update(secret=12), "'secret', which is unknown"),
    ],
)
def test_a_circuit_of_the_users_that_is_none_is_refused(
    change: Change, says: str, own: Results, tmp_path: Path
) -> None:
    path = tmp_path / "results.json"
    own.save(path)
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value))
    with pytest.raises(FormatError) as caught:
        Results.load(path)
    assert says in caught.value.problem


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": 4090}, "machine.card.name is a whole number, where a text is expected"),
        ({"clock_hz": 0}, "machine.card.clock_hz is 0, not from 1"),
        ({"clock_hz": 1.5}, "machine.card.clock_hz is a number, where a whole"),
        (
            {"memory_bytes": None},
            "machine.card.memory_bytes is null, where a whole",
        ),
        ({"price": 1}, "'price', which is unknown"),
    ],
)
def test_a_card_that_is_none_is_refused(
    change: dict[str, object], says: str, with_card: Results, tmp_path: Path
) -> None:
    path = tmp_path / "results.json"
    with_card.save(path)
    value = json.loads(path.read_text())
    value["machine"]["card"].update(change)
    path.write_text(json.dumps(value))
    with pytest.raises(FormatError) as caught:
        Results.load(path)
    assert says in caught.value.problem


def without(name: str) -> Change:
    return lambda value: value.pop(name)


REFUSED: dict[str, tuple[Change, str]] = {
    "another schema": (
        lambda v: v.update(schema="zkpipe-bench/0"),
        "has the schema 'zkpipe-bench/0', which is not read; it seems to be the results of `zkpipe "
        "bench run`.",
    ),
    "no schema": (without("schema"), "names no schema; it seems to be the results of `zkpipe"),
    "a number for a schema": (lambda v: v.update(schema=4), "has the schema an int, which is not"),
    "a list": (lambda v: v.update(schema=["zkpipe-bench/4"]), "has the schema a list, which"),
    "a part missing": (without("stages"), "has no stages"),
    "a part too many": (lambda v: v.update(opinion=1), "'opinion', which is unknown"),
    "no word of a card": (lambda v: v["machine"].pop("card"), "machine has no card"),
    "a field missing": (lambda v: v["proofs"][0].pop("threads"), "proofs[0] has no threads"),
    "another type": (
        lambda v: v["proofs"][1].update(exponent="14"),
        "proofs[1].exponent is a text, where a whole",
    ),
    "true for a number": (
        lambda v: v["settings"].update(rounds=True),
        "settings.rounds is true, where a",
    ),
    "a float for a count": (
        lambda v: v["kernels"][0].update(size=1.5),
        "kernels[0].size is a number, where a whole",
    ),
    "text among times": (
        lambda v: v["proofs"][0]["seconds"].append("1"),
        "seconds[3] is a text",
    ),
    "no times": (lambda v: v["kernels"][1].update(seconds=[]), "kernels[1]: A measurement has no"),
    "a time of nothing": (lambda v: v["waits"][0].update(seconds=[0.0]), "below a nanosecond"),
    "checked by itself": (
        lambda v: v["proofs"][0].update(checked_by="zkpipe"),
        "proofs[0]: Proofs of 'zkpipe' were checked by itself",
    ),
    "no operations": (
        lambda v: v["kernels"][0].update(operations=0),
        "operations is 0, not from 1",
    ),
    "operations below 0": (lambda v: v["kernels"][0].update(operations=-1), "is -1, not from 1"),
    "a size of no domain": (
        lambda v: v["proofs"][0].update(exponent=29),
        "exponent is 29, not from 0",
    ),
    "a vast size": (
        lambda v: v["circuits"][0].update(exponent=10**12),
        "exponent is 1000000000000, not from 0",
    ),
    "a size below 0": (
        lambda v: v["stages"][0].update(exponent=-3),
        "exponent is -3, not from 0",
    ),
    "no threads": (lambda v: v["waits"][0].update(threads=0), "threads is 0, not from 1"),
    "an endless time": (
        lambda v: v["proofs"][0].update(seconds=[1e308]),
        "is 1e+308, not",
    ),
    "a vast whole time": (
        lambda v: v["proofs"][0].update(seconds=[10**70]),
        "is 1e+70, not",
    ),
    "a way of its own": (lambda v: v["proofs"][0].update(way="by post"), "the way 'by post'"),
    "no back end": (lambda v: v["machine"].update(backends=[]), "has no back end"),
    "no batches": (without("batches"), "has no batches"),
    "no loops": (without("loops"), "has no loops"),
    "a batch without workers": (lambda v: v["batches"][0].pop("workers"), "[0] has no workers"),
    "a batch of no rows": (
        lambda v: v["batches"][0].update(rows=0),
        "rows is 0, not from 1",
    ),
    "a batch of no time": (lambda v: v["batches"][0].update(seconds=[]), "has no times"),
    "a loop of no time": (lambda v: v["loops"][0].update(seconds=[0.0]), "below a nanosecond"),
    "a loop of rows in words": (lambda v: v["loops"][0].update(rows="32"), "rows is a text, where"),
    "an engine of its own": (lambda v: v["batches"][0].update(engine="ray"), "the engine 'ray'"),
    "an endless engine": (lambda v: v["batches"][0].update(engine="a" * 1000), "aaa'..."),
    "two workers in one process": (lambda v: v["batches"][1].update(workers=2), "more workers"),
    "workers without threads": (lambda v: v["batches"][2].update(workers=2), "more workers"),
    "a batch that nobody checked": (
        lambda v: v["batches"][0].update(checked=0),
        "checked is 0",
    ),
    "more checked than made": (lambda v: v["batches"][0].update(checked=17), "batches[0]: More"),
    "a loop, more checked": (lambda v: v["loops"][1].update(checked=33), "loops[1]: More"),
    "a batch checked by itself": (
        lambda v: v["batches"][0].update(checked_by="zkpipe"),
        "by zkpipe itself",
    ),
    "a loop checked by itself": (
        lambda v: v["loops"][0].update(checked_by="zkpipe"),
        "by zkpipe itself",
    ),
    "an endless batch": (
        lambda v: v["batches"][0].update(seconds=[1e308]),
        "is 1e+308, not",
    ),
    "batches without end": (
        lambda v: v.update(batches=[{**v["batches"][0], "rows": n + 8} for n in range(2049)]),
        "batches",
    ),
    "loops without end": (
        lambda v: v.update(loops=[{**v["loops"][0], "threads": n} for n in range(1, 514)]),
        "batches",
    ),
    "plots of batches without end": (
        lambda v: v.update(batches=[{**v["batches"][0], "backend": f"{n}"} for n in range(33)]),
        "more than 64 plots",
    ),
    "a batch told twice": (
        lambda v: v["batches"].append({**v["batches"][2], "seconds": [9.0]}),
        "batches[2] and batches[12] are of the same thing",
    ),
    "a loop told twice": (
        lambda v: v["loops"].append({**v["loops"][1], "rows": 64}),
        "loops[1] and loops[2] are of the same thing",
    ),
    "a proof told twice": (
        lambda v: v["proofs"].insert(0, v["proofs"][0]),
        "proofs[0] and proofs[1] are",
    ),
    "a stage told twice": (lambda v: v["stages"].append(v["stages"][0]), "stages[0] and stages"),
    "a circuit told twice": (
        lambda v: v["circuits"].append({**v["circuits"][0], "key_bytes": 1}),
        "circuits[0] and circuits[2] are",
    ),
    "no date": (lambda v: v.update(date="yesterday"), "ISO 8601"),
    "an escape character": (lambda v: v["waits"][0].update(tool="\x1b[31m"), "cannot be printed"),
    "an endless text": (lambda v: v["skipped"][0].update(why="a" * 2000), "1,000 characters"),
    "an endless way": (lambda v: v["proofs"][0].update(way="a" * 1000), "aaa'..."),
    "an endless prover": (
        lambda v: v["proofs"][0].update(prover="a" * 1000, checked_by="a" * 1000),
        "aaa'... were checked by itself",
    ),
    "markup for a version": (
        lambda v: v["machine"].update(versions={"a\n<b>": "\0"}),
        r"machine.versions['a\n<b>'] has characters",
    ),
    "a list for a record": (lambda v: v.update(machine=[]), "machine is a list, where"),
    "a time below clocks": (lambda v: v["waits"][0].update(seconds=[5e-324]), "a nanosecond"),
    "entries without end": (lambda v: v.update(skipped=v["skipped"] * 10_001), "10,000 entries"),
    "rounds without end": (lambda v: v["waits"][0].update(seconds=[1] * 10_001), "10,000 entries"),
    "lines without end": (
        lambda v: v.update(proofs=[{**v["proofs"][0], "threads": n} for n in range(1, 514)]),
        "plots",
    ),
    "plots without end": (
        lambda v: v.update(stages=[{**v["stages"][0], "circuit": f"{n}"} for n in range(513)]),
        "plots",
    ),
    "a few plots too many": (
        lambda v: v.update(proofs=[{**v["proofs"][0], "circuit": f"{n}"} for n in range(65)]),
        "more than 64 plots",
    ),
    "versions without end": (
        lambda v: v["machine"].update(versions={f"{n}": "1" for n in range(10_001)}),
        "10,000 entries",
    ),
    "names without end": (lambda v: v.update({f"{n:04}": n for n in range(5000)}), "0004', ..., "),
    "an endless name": (lambda v: v.update({"a" * 10**6: 1}), "aaa'..., which is unknown"),
    "a mark from right to left": (lambda v: v.update(commit="a\u202eb"), "cannot be printed"),
    "a nul": (lambda v: v.update(commit="a\0b"), "cannot be printed"),
    "a date and more": (lambda v: v.update(date="2026-01-01 or so"), "ISO 8601"),
    "an empty date": (lambda v: v.update(date=""), "ISO 8601"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_no_results_is_refused_with_the_place(case: str, saved: Path) -> None:
    change, says = REFUSED[case]
    value = json.loads(saved.read_text())
    change(value)
    saved.write_text(json.dumps(value))
    with pytest.raises(FormatError) as caught:
        Results.load(saved)
    assert says in caught.value.problem


def test_of_several_faults_the_first_is_told_in_every_process(saved: Path) -> None:
    """The order of a set of texts is another in each process."""
    value = json.loads(saved.read_text())
    proof = value["proofs"][0]
    proof.update(dict.fromkeys(proof, "\0"))
    saved.write_text(json.dumps(value))
    program = """import sys; from pathlib import Path
from zkpipe.benchmarks.records.results import Results
try: Results.load(Path(sys.argv[1]))
except Exception as error: print(error.problem)"""
    for seed in range(3):
        told = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-c", program, saved],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
        ).stdout
        assert "proofs[0].circuit has characters" in told


def test_no_measurement_exists_without_times() -> None:
    with pytest.raises(RangeError):
        KernelTime("product", "scalar", 1, 1, ())


def test_no_proof_counts_that_its_own_tool_checked() -> None:
    with pytest.raises(RangeError, match="by itself"):
        ProofTime("chain", 8, "library", "zkpipe", "scalar", 1, (1.0,), 1, "zkpipe")


def test_nanoseconds_are_the_median_over_the_operations() -> None:
    assert KernelTime("product", "scalar", 8, 1000, (3.0, 1.0, 2.0)).nanoseconds == 2e6


def test_what_the_largest_plan_measures_can_be_saved(results: Results) -> None:
    """Every circuit, size, back end and number that a plan takes: hours are not lost at the end."""
    numbers, small = range(1, MOST_NUMBERS + 1), range(SMALLEST, LARGEST_IN_BATCHES + 1)
    first, one = results.batches[0], results.loops[0]
    local = [{"engine": LOCAL, "threads": n} for n in numbers]
    workers = [
        {"engine": PROCESSES, "threads": n, "workers": n} for n in range(1, MOST_BATCHES + 1)
    ]
    machines = [*product(("avx512", "scalar"), numbers), (CARD, 1)]
    replace(
        results,
        stages=tuple(
            StageTime(circuit, 8, backend, threads, stage, (1.0,))
            for circuit in CIRCUITS
            for backend, threads in machines
            for stage in (*(CARD_STAGES if backend == CARD else STAGES), WHOLE)
        ),
        proofs=tuple(
            replace(results.proofs[0], circuit=circuit, way=way, backend=backend, threads=threads)
            for circuit in CIRCUITS
            for way in (LIBRARY, COMMAND)
            for backend, threads in machines
        ),
        batches=tuple(
            replace(first, exponent=k, rows=rows, **engine)  # type: ignore[arg-type]
            for k in small
            for rows in range(8, 8 + MOST_BATCHES)
            for engine in (*local, *workers)
        ),
        loops=tuple(replace(one, exponent=k, threads=n) for k in small for n in numbers),
    )
