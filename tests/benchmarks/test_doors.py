"""What the functions of benchmarks are given: the objects they take, or a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from tests.doors import Door, all_faults, public_callables
from zkpipe.benchmarks import Plan, Results, html_report, markdown_report, measure
from zkpipe.benchmarks.records.hardware import Machine
from zkpipe.benchmarks.records.records import as_json, printable
from zkpipe.benchmarks.records.results import Settings, Skipped
from zkpipe.benchmarks.records.schemas import SCHEMA
from zkpipe.ground.errors import FormatError, KindError, RangeError

EMPTY = ("empty list", "empty tuple", "empty array")
PRICES: dict[int | str, tuple[str, ...]] = {1: ("None",), 2: ("digits",)}
PLACE = ("enum", "0-d", "odd number")  # whole numbers that are small
WHOLE = (*PLACE, "np.uint8")
REALS = (*WHOLE, "float", "whole float", "np.float32", "np.longdouble")
RESULTS = Results(
    schema=SCHEMA,
    date="2026-01-01",
    commit=None,
    machine=Machine("a processor", 2, 1 << 30, "a system", ("scalar",), {}),
    settings=Settings((8,), 1, 60.0, quick=True),
    circuits=(),
    kernels=(),
    stages=(),
    proofs=(),
    waits=(),
    batches=(),
    loops=(),
    skipped=(),
)
PLAN = Plan.brief({})


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Door]:
    """Each function with what it takes."""
    folder = tmp_path_factory.mktemp("doors")
    RESULTS.save(folder / "results.json")
    lists = ("circuits", "kernels", "stages", "proofs", "waits", "batches", "loops", "skipped")
    return {
        "Plan": Door(
            Plan,
            (),
            {f.name: getattr(PLAN, f.name) for f in fields(Plan)},
            takes={
                "rounds": WHOLE,
                "patience": REALS,
                "kernels": EMPTY,
                "proofs": WHOLE,
                "fresh": ("True",),
                "quick": ("True",),
                "circuits": EMPTY,
                "backends": EMPTY,
                "threads": EMPTY,
                "parts": EMPTY,
                "batches": EMPTY,
                "workers": EMPTY,
            },
        ),
        "Plan.whole": Door(
            Plan.whole,
            (8, 10, 1, 1, 60.0, {}),
            takes={2: (*WHOLE, "np.uint64", "r", "huge"), 3: WHOLE, 4: REALS},
        ),
        "Plan.brief": Door(Plan.brief, ({},)),
        "Results": Door(
            Results,
            (),
            {f.name: getattr(RESULTS, f.name) for f in fields(Results)},
            takes={
                "schema": ("digits", "empty text"),
                "commit": ("None", "digits", "empty text"),
                "own": ("None",),
                **dict.fromkeys(lists, ("empty list", "empty tuple")),
            },
        ),
        "Results.save": Door(RESULTS.save, (folder / "r",), takes={0: ("digits",)}),
        "Results.load": Door(Results.load, (folder / "results.json",)),
        "markdown_report": Door(markdown_report, ([RESULTS], [0.05], "EUR"), takes=PRICES),
        "html_report": Door(html_report, ([RESULTS], [0.05], "EUR"), takes=PRICES),
        # A plan that is one would be measured: no value of the zoo is.
        "measure": Door(measure, (PLAN,)),
    }


def test_every_function_has_a_door(doors: Mapping[str, Door]) -> None:
    assert set(doors) == public_callables("zkpipe.benchmarks")


def test_only_our_errors_come_out(
    doors: Mapping[str, Door], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not all_faults(doors, tmp_path, monkeypatch)


def test_progress_is_shown_by_a_function_or_not_at_all() -> None:
    with pytest.raises(KindError, match="`watch`"):
        measure(PLAN, "loudly")  # type: ignore[arg-type]


TOO_MUCH: dict[str, dict[str, Any]] = {
    "rounds": {"rounds": 10_001},
    "endless patience": {"patience": float("inf")},
    "patience of no float": {"patience": 10**400},
    "no patience": {"patience": float("nan")},
    "sizes": {"exponents": [8] * 65},
    "a kernel of no size": {"kernels": (-5,)},
    "threads": {"threads": (1 << 17,)},
    "numbers of threads": {"threads": tuple(range(1, 10))},
    "an empty table": {"batches": (0,)},
    "a table without end": {"batches": ((1 << 20) + 1,)},
    "tables": {"batches": tuple(range(1, 10))},
    "workers": {"workers": (1025,)},
    "a part of its own": {"parts": ("all",)},
}


@pytest.mark.parametrize("case", TOO_MUCH)
def test_no_run_is_planned_whose_results_could_not_be_read(case: str) -> None:
    """A run takes an hour: what its file may not say is refused before it begins."""
    with pytest.raises((KindError, RangeError)):
        replace(PLAN, **TOO_MUCH[case])


# --- results that are made here, not read


CHANGES: dict[str, Callable[[], Results]] = {
    "a part of another kind": lambda: replace(RESULTS, machine="a machine"),  # type: ignore[arg-type]
    "a number in a part": lambda: replace(
        RESULTS,
        machine=replace(RESULTS.machine, cores="2"),  # type: ignore[arg-type]
    ),
    "a text for a record": lambda: replace(RESULTS, skipped=("nothing",)),  # type: ignore[arg-type]
    "an escape character": lambda: replace(RESULTS, skipped=(Skipped("\x1b[31m", "red"),)),
    "a text from right to left": lambda: replace(RESULTS, commit="abc\u202e"),
    "half a character": lambda: replace(RESULTS, commit="\ud800"),
    "many entries": lambda: replace(RESULTS, skipped=(Skipped("a", "b"),) * 10_001),
}


@pytest.mark.parametrize("case", CHANGES)
def test_no_results_exist_that_a_file_could_not_hold(case: str) -> None:
    with pytest.raises(FormatError):
        CHANGES[case]()


def test_what_others_wrote_is_made_printable(tmp_path: Path) -> None:
    """A processor names itself, and a program that fails says what it likes."""
    odd = printable("\x1b[31mred\ud800\u202e\0" + "a" * 2000)
    assert odd.startswith("?[31mred???a")
    replace(RESULTS, commit=odd).save(tmp_path / "r.json")
    assert as_json(Results.load(tmp_path / "r.json")) == as_json(replace(RESULTS, commit=odd))
