"""What `benchmarks/gpu.sh` wrote is read strictly, and stands on the page of all runs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.reports.card_files import FIRST
from zkpipe.benchmarks.records.card_run import CardRun
from zkpipe.benchmarks.records.reading import read_run
from zkpipe.benchmarks.records.records import as_json
from zkpipe.benchmarks.records.results import Results
from zkpipe.benchmarks.reports.report import html_report, markdown_report
from zkpipe.ground.errors import FormatError

FIGURE = r"<figure><figcaption>([^<]+)</figcaption>"


def written(value: object, folder: Path) -> Path:
    path = folder / "card.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def test_what_was_written_is_read_back_equal(card_run: CardRun, tmp_path: Path) -> None:
    path = written(as_json(card_run), tmp_path)
    assert read_run(path) == card_run == CardRun.load(path)


def test_both_kinds_of_runs_are_on_one_page(
    card_run: CardRun, results: Results, own: Results, tmp_path: Path
) -> None:
    """The card's prover has its colour in the charts of both."""
    path = tmp_path / "results.json"
    results.save(path)
    assert read_run(path) == results
    text = markdown_report([own, card_run], [1, 3.6])
    assert text.startswith("# zkpipe: measured on 2026-11-30 to 2026-12-02\n")
    told = text[: text.index("## How it was measured")]
    for line in (
        "## Run 1: of_age, from age.py",
        "## Run 2: A &lt;card&gt;, checked, and measured beside its processor",
        "- Every result of the card agreed with the processor's and with Python's integers.",
        "- 6.70 thousand million modular products a second.",
        "- A proof of chain with 2^20 rows takes 16 ms on the card, 0.32 s on the processor: 20.0 "
        "times as long.",
        "- 1,000,000 proofs of chain with 2^20 rows cost 16.00 USD on the card, one by one, key in "
        "memory, at 3.60 USD for an hour of this machine.",
        "- 1,000,000 proofs of chain with 2^20 rows cost 0.25 USD on the card, 64 at once, key in "
        "memory, at 3.60 USD for an hour of this machine.",
    ):
        assert line in told, line
    for row in (
        "| MSM in G2 | 2^16 | 1.00 ms | 20.0 ms | 20.0 |",
        "| chain, 2^20 rows | zkpipe avx512 | one by one, key in memory | 0.32 s | 2 | 0.320 |",
        "| 64 proofs of 2^22 |",
        "| kernels, compiled by the driver in | 4.50 s |",
    ):
        assert row.replace("0.320 |", "0.32 | 320.00 |") in text, row
    page = html_report([own, card_run], [1, 3.6])
    assert re.findall(FIGURE, page)[-5:] == [
        f"A &lt;card&gt;: {what}, 2^20"
        for what in ("NTT", "MSM in G1", "MSM in G2", "proof", "64 proofs")
    ]
    assert 'id="run-2"' in page
    card, processor = re.findall(
        r'class="what">(?:card|processor)</span>.*?var\(--peer-(\d)\)', page
    )[-2:]
    assert (card, processor) == ("2", "0")  # as zkpipe cuda and zkpipe avx512 have


def test_a_report_on_a_card_alone_says_how_a_card_is_measured(
    card_run: CardRun, results: Results
) -> None:
    text = markdown_report([card_run])
    assert "A card was checked before it was timed" in text
    assert "all take turns" not in text
    assert "A machine with a card costs more: give its price." in text
    assert "A card was checked" not in markdown_report([results])
    assert "costs more" not in markdown_report([card_run], [3])


def test_a_card_that_was_wrong_or_failed_is_told_first(card_run: CardRun) -> None:
    wrong = replace(card_run, wrong=("sums of 2^6 in G1",), timings=(), left_out=())
    assert "- Results of the card are WRONG: sums of 2^6 in G1. So it was not measured." in (
        markdown_report([wrong])
    )
    assert "Every result" not in markdown_report([wrong])
    assert "| sums of 2^6 in G1 |" in markdown_report([wrong])
    failed = replace(card_run, failed="It failed at a launch.", timings=(), left_out=())
    assert "The card failed, and the run ended: It failed at a launch." in markdown_report([failed])
    assert "Every result" not in markdown_report([failed])
    assert "rows cost" not in markdown_report([failed])
    assert html_report([wrong, failed])


def test_a_file_of_the_first_schema_is_read(tmp_path: Path) -> None:
    run = read_run(written(FIRST, tmp_path))
    assert isinstance(run, CardRun)
    assert (run.date, run.machine.cores) == (None, 16)
    card = run.machine.card
    assert card is not None
    assert (card.name, card.capability, card.driver) == ("NVIDIA H200", "9.0", "for CUDA 12.4")
    text = markdown_report([run])
    assert text.startswith("# zkpipe: measured on a day that the files do not tell\n")
    assert "Measured on a processor that the file does not name, 16 processors, NVIDIA H200; " in (
        text
    )
    assert "| date |" not in text
    assert "| memory |" not in text
    assert "| chain, 2^20 rows | zkpipe on the processor |" in text
    assert html_report([run])


Change = Callable[[dict[str, Any]], object]
REFUSED: dict[str, tuple[Change, str]] = {
    "a work of its own": (
        lambda v: v["timings"][0].update(what="a dance"),
        "timings[0]: No run times 'a dance' on a card",
    ),
    "no time": (lambda v: v["timings"][1].update(card=0), "timings[1]: A measurement has a time"),
    "no time of the processor": (lambda v: v["timings"][1].update(processor=0), "below a nano"),
    "a time before it began": (lambda v: v["timings"][1].update(card=-1), "card is -1, not from 0"),
    "an endless time": (lambda v: v["timings"][1].update(processor=1e300), "processor is 1e+300"),
    "a size of no domain": (lambda v: v["timings"][1].update(exponent=29), "exponent is 29, not"),
    "a rate in words": (lambda v: v["timings"][1].update(rate="much"), "rate is a text, where a"),
    "a thing timed twice": (lambda v: v["timings"].append(v["timings"][1]), "of the same thing"),
    "a wrong check in a number": (lambda v: v.update(wrong=[1]), "wrong[0] is a whole number"),
    "a failure that cannot be shown": (lambda v: v.update(left_out=["\x1b"]), "cannot be printed"),
    "no timings": (lambda v: v.pop("timings"), "card.json has no timings"),
    "an opinion": (lambda v: v.update(opinion=1), "card.json has 'opinion', which is unknown"),
}
FIRST_REFUSED: dict[str, tuple[Change, str]] = {
    "no card": (lambda v: v.pop("card"), "machine.card.name is null, where a text"),
    "no processors": (lambda v: v.update(processors=0), "machine.cores is 0, not from 1"),
    "memory in words": (lambda v: v.update(memory="much"), "memory_bytes is a text, where a whole"),
    "no memory": (lambda v: v.update(memory={}), "memory_bytes is null, where a whole"),
    "a version without end": (lambda v: v.update(driver=[0] * 999), "more than 1,000 characters"),
}
SECOND_REFUSED: dict[str, tuple[Change, str]] = {
    "no card": (lambda v: v["machine"].update(card=None), "The figures of a card name no card."),
    "no date": (lambda v: v.update(date="today"), "not written as in ISO 8601"),
    "another schema": (
        lambda v: v.update(schema="zkpipe-cart/2"),
        "has the schema 'zkpipe-cart/2', which is not read; it seems to be the figures of "
        "`benchmarks/gpu.sh`.",
    ),
}


@pytest.mark.parametrize("case", [*REFUSED, *SECOND_REFUSED])
def test_a_file_that_is_none_is_refused_with_the_place(
    case: str, card_run: CardRun, tmp_path: Path
) -> None:
    change, says = SECOND_REFUSED.get(case) or REFUSED[case]
    refused(json.loads(json.dumps(as_json(card_run))), change, says, tmp_path)


@pytest.mark.parametrize("case", [*REFUSED, *FIRST_REFUSED])
def test_a_file_of_the_first_schema_that_is_none_is_refused(case: str, tmp_path: Path) -> None:
    change, says = FIRST_REFUSED.get(case) or REFUSED[case]
    refused(json.loads(json.dumps(FIRST)), change, says, tmp_path)


def refused(value: Any, change: Change, says: str, folder: Path) -> None:
    change(value)
    with pytest.raises(FormatError) as caught:
        read_run(written(value, folder))
    assert says in caught.value.problem, caught.value.problem


@pytest.mark.parametrize(
    ("value", "problem", "fix"),
    [
        ([], "holds no JSON object", "Schemas that are read: zkpipe-bench/1, "),
        ({}, "names no schema; it has no members.", "that `zkpipe bench run` or `benchmarks/gpu"),
        ({"year": 1, "born": 2}, "names no schema; it has 'year', 'born'.", "Give a file that"),
        ({"schema": "zkpipe-bnch/4"}, "has the schema 'zkpipe-bnch/4'", "mean zkpipe-bench/4?"),
        ({"schema": "zkpipe-bench/5"}, "'zkpipe-bench/5', which is not read", "A newer zkpipe"),
        ({"schema": "zkpipe-card/3"}, "'zkpipe-card/3', which is not read", "A newer zkpipe"),
        ({"schema": "zkpipe-bench/0"}, "'zkpipe-bench/0'", "Did you mean zkpipe-bench/"),
        ({"schema": "recipe"}, "the schema 'recipe', which", "zkpipe-bench/4, zkpipe-card/1, zk"),
        ({"schema": 4}, "the schema an int, which is not read", "Give a file that"),
        ({str(n): 0 for n in range(9)}, "it has '0', '1', '2', '3', '4', and more.", "Give a file"),
    ],
)
def test_a_file_of_no_schema_that_is_read_is_told_what_it_seems_to_be(
    value: object, problem: str, fix: str, tmp_path: Path
) -> None:
    with pytest.raises(FormatError) as caught:
        read_run(written(value, tmp_path))
    assert problem in caught.value.problem
    assert fix in caught.value.fix
    assert "zkpipe-bench/4" in caught.value.fix
    assert "zkpipe-card/2" in caught.value.fix
