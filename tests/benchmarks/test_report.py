"""The report: it loads nothing, shows what was measured, and trusts no text from outside."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.long_form import IS_LONG
from zkpipe.benchmarks.records.card_run import CardRun
from zkpipe.benchmarks.records.hardware import Card
from zkpipe.benchmarks.records.results import Results, Skipped
from zkpipe.benchmarks.records.series import median, spread
from zkpipe.benchmarks.reports.report import html_report, markdown_report
from zkpipe.benchmarks.reports.table import duration
from zkpipe.benchmarks.workloads.card_stages import CARD_STAGES
from zkpipe.benchmarks.workloads.stages import WHOLE
from zkpipe.ground.errors import MissingError, RangeError

LOADING = {"src", "href", "xlink:href", "data", "poster", "action", "srcset"}


class Page(HTMLParser):
    """What a page loads, its elements, and the texts of its cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [value or "" for name, value in attributes if name in LOADING]


def test_the_page_loads_nothing_from_anywhere(results: Results) -> None:
    text = html_report([results])
    page = Page(text)
    assert all(target.startswith("#") for target in page.loads), page.loads
    assert not {"script", "link", "img", "iframe", "object", "embed"} & set(page.tags)
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)
    namespaces = r'xmlns(:xlink)?="http://www\.w3\.org/[^"]+"'  # names, which nothing loads
    assert "http" not in re.sub(namespaces, "", text).replace("<meta http-equiv=", "")
    assert "default-src 'none'" in text


FIGURE = r"<figure><figcaption>([^<]+)</figcaption>"


def test_the_page_has_pictures_of_times_of_batches_and_of_stages(results: Results) -> None:
    text = html_report([results])
    assert re.findall(FIGURE, text) == [
        "Time of a proof: chain, library",
        "Time of a proof: chain, command",
        "Proofs a second by the rows of a batch: chain, 2^12 rows, avx512",
        "Proofs a second by the processors: chain, 2^12 rows, avx512",
        "Where the time goes: chain, 2^16 rows, avx512, 2 threads",
    ]
    assert "zkpipe avx512, 1 thread</li>" in text
    assert '<span class="what">whole proof</span>' in text


def test_the_page_of_a_users_circuit_has_its_steps_in_both_ways(own: Results) -> None:
    text = html_report([own])
    assert re.findall(FIGURE, text) == [
        "Time by step: of_age, as commands",
        "Time by step: of_age, in a process that stays",
        "Time of a proof: of_age, library",
        "Time of a proof: of_age, command",
        "Where the time goes: of_age, 2^12 rows, avx512, 2 threads",
    ]
    bars = re.findall(r'class="what">([^<]+)</span>.*?width:([\d.]+)%.*?"time">([^<]+)<', text)
    assert bars[:6] == [
        ("compile", "40.0", "0.3 s"),
        ("set up", "100.0", "0.75 s"),
        ("solve", "40.0", "0.3 s"),
        ("prove", "26.7", "0.2 s"),
        ("solve and prove", "40.0", "0.3 s"),
        ("verify", "40.0", "0.3 s"),
    ]
    assert ("prove", "100.0", "20 ms") in bars


def test_the_report_of_a_users_circuit_has_every_step_and_its_gas(own: Results) -> None:
    text = markdown_report([own])
    steps = section(text, "Steps of of_age, avx512, 2 threads")
    assert "| set up | 750 ms | \\- | 150 MB |" in steps
    assert "| compile | 300 ms (250 ms to 350 ms) | 1.00 ms | 120 MB |" in steps
    assert "| prove | 200 ms (180 ms to 220 ms) | 20.0 ms (18.0 ms to 22.0 ms) | 120 MB |" in steps
    assert "| solve and prove | 300 ms (250 ms to 350 ms) | \\- | 120 MB |" in steps
    chain = section(text, "On a chain: of_age")
    assert "| 214,914 gas | 677,255 gas | 2,032 bytes | solc 0.8.37 |" in chain
    assert "| of_age | 2^12 | 2,500 | 2,600 | 1.20 MB | 83.0 KB |" in section(text, "Circuits")


def opening(text: str) -> str:
    """What stands in the Markdown before how it was measured."""
    return text[: text.index("## How it was measured")]


def test_the_report_opens_with_what_was_measured_and_not_with_targets(
    results: Results, own: Results
) -> None:
    told = opening(markdown_report([own, results], [0.1, 0.2]))
    for line in (
        "# zkpipe: measured on 2026-11-24 to 2026-11-30",
        "## Run 1: of_age, from age.py",
        "Measured on 2026-11-30 on A &lt;processor&gt; &amp; more, 2 processors, 25.0 GB, Linux "
        "x86_64; zkpipe 0.1.0, commit 90f74183fd6f+.",
        "- A proof of of_age with 2^12 rows takes 20 ms in a process that has the key (zkpipe "
        "avx512, 2 threads); groth16py, 1 thread: 0.3 s.",
        "- In a process that stays: compile 1 ms, solve 1 ms, verify 1 ms.",
        "- 2,500 constraints, 2,600 wires, 2 public values; the key has 1.20 MB.",
        "- On a chain a verification takes 214,914 gas, and the contract 677,255 gas to deploy.",
        "- A proof works on 2^12 = 4,096 rows: 2,500 for the constraints and 3 for the public "
        "values and the constant 1, filled up to the next power of two.",
        "- 1,000,000 proofs of of_age with 2^12 rows cost 0.556 USD, one by one in a process that "
        "has the key, at 0.1 USD for an hour of this machine.",
        "## Run 2: chain, 2^14 to 2^20 rows",
        "- A batch of 1,024 rows of chain with 2^12 rows makes 167 proofs a second (local, 2 "
        "threads).",
    ):
        assert line in told
    page = html_report([own, results])
    first = page[page.index("<h1>") : page.index("<figure>")]
    assert "A proof of of_age with 2^12 rows takes 20\u00a0ms" in first
    assert "Targets" not in page
    assert "moonshot" not in page + markdown_report([results])


def test_one_page_has_all_runs_each_at_the_price_of_its_machine(
    results: Results, own: Results
) -> None:
    text = markdown_report([own, results], [1, 3])
    assert "## Run 1: of_age, from age.py" in text
    assert "## Run 2: chain, 2^14 to 2^20 rows" in text
    mine, ours = re.findall(r"^### Cost of proofs\n\n(.*?)^##", text, re.DOTALL | re.MULTILINE)
    assert "At 1.00 USD for an hour of this machine" in mine
    assert "| 20 ms | 2 | 0.00556 | 5.56 |" in mine
    assert "At 3.00 USD for an hour of this machine" in ours
    page = html_report([own, results])
    assert page.count("<!doctype html>") == 1
    assert 'href="#run-2"' in page
    assert 'id="run-2"' in page
    ids = re.findall(r' id="([^"]+)"', html_report([results, results]))
    assert len([name for name in ids if name.startswith("run-")]) == 2
    clips = [name for name in ids if not name.startswith("run-") and re.match("p[0-9a-f]+$", name)]
    assert clips
    assert len(clips) == len(set(clips))


def test_a_price_for_each_run_or_none(results: Results) -> None:
    for report in (html_report, markdown_report):
        with pytest.raises(RangeError, match="3 prices"):
            report([results, results], [1, 2, 3])
        with pytest.raises(RangeError, match="nothing to say"):
            report([])


def test_two_plots_of_a_page_share_no_clip_path(results: Results) -> None:
    ids = re.findall(r'<clipPath id="([^"]+)"', html_report([results]))
    assert len(ids) == len(set(ids))


def test_the_numbers_in_the_markdown_are_those_of_the_json(saved: Path, results: Results) -> None:
    text = markdown_report([results])
    value = json.loads(saved.read_text())
    for proof in value["proofs"]:
        low, high = spread(proof["seconds"])
        shown = f"{duration(median(proof['seconds']))} ({duration(low)} to {duration(high)})"
        assert shown in text
    for kernel in value["kernels"]:
        each = median(kernel["seconds"]) / kernel["operations"] * 1e9
        assert f"| {each:.{1 if each >= 10 else 2}f} ns |" in text
    for wait in value["waits"]:
        assert duration(median(wait["seconds"])) in text
    for stage in value["stages"]:
        assert f"| {stage['stage']} |" in text


def test_growth_is_told_to_two_decimals_for_each_prover(results: Results) -> None:
    text = markdown_report([results])
    assert "| chain | library | zkpipe avx512, 1 thread | 0.90 |" in text
    assert "| chain | library | groth16py, 1 thread | 1.10 |" in text
    assert "| chain | command | snarkjs, 2 threads | 1.10 |" in text


def section(text: str, title: str) -> str:
    """What stands below a title of the Markdown."""
    (found,) = re.findall(rf"^### {re.escape(title)}\n\n(.*?)(?:^##|\Z)", text, re.DOTALL | re.M)
    return str(found)


def test_batches_are_told_beside_the_loops_with_and_without_their_start(results: Results) -> None:
    """The fixture's: a second to start, and 10 ms for a proof; a loop takes 20 or 10 ms."""
    told = section(markdown_report([results]), "Batches of chain, 2^12 rows, avx512")
    assert "from the command's start to its end" in told
    lines = [line.strip("| ").split(" | ") for line in told.splitlines() if line.startswith("|")]
    by_name = {(line[1], line[0]): line for line in lines}
    assert by_name["processes, 2 workers", "1,024"][2:] == [
        "6.12 s (5.51 s to 6.73 s)",
        "167",
        "5.98 ms",
        "5.00 ms",
        "3.35",
        "1.67",
        "100 MB",
        "8 of each, by groth16py",
    ]
    assert by_name["processes, 1 worker", "16"][3:8] == ["13.8", "72.5 ms", r"\-", "0.276", "0.138"]
    assert by_name["loop over prove, 1 thread", "32"][3:8] == [
        "50.0",
        "20.0 ms",
        r"\-",
        "1.00",
        "0.500",
    ]
    assert {
        (f"local, {n}", rows) for n in ("1 thread", "2 threads") for rows in ("16", "128")
    } < set(by_name)


def test_what_proofs_cost_follows_the_price_and_the_processors(results: Results) -> None:
    costs = section(markdown_report([results]), "Cost of proofs")
    assert "At 0.1 USD for an hour of this machine (no price was given: 0.05 for each" in costs
    assert "This machine has 2 processors." in costs
    assert "| 1,000 proofs, USD | 1,000,000 proofs, USD |" in costs
    where = "| chain, 2^12 rows | "
    assert f"{where}loop over prove, 1 thread | 32 rows | 20 ms | 1 | 0.000278 | 0.278 |" in costs
    assert f"{where}processes, 2 workers | 1,024 rows | 5.98 ms | 2 | 0.000166 | 0.166 |" in costs
    dear = section(markdown_report([results], [100]), "Cost of proofs")
    assert "At 100.00 USD for an hour of this machine. " in dear
    assert f"{where}processes, 2 workers | 1,024 rows | 5.98 ms | 2 | 0.166 | 166.02 |" in dear
    assert "0.278" in html_report([results])
    assert "277.78" in html_report([results], [100])


def test_every_amount_has_the_currency_of_the_price(results: Results) -> None:
    for report in (html_report, markdown_report):
        text = report([results], [4], "EUR")
        assert "USD" not in text
        assert re.search(r"rows cost [\d.,]+ EUR, one by one", text)
        assert "at 4.00 EUR for an hour of this machine." in text
        assert "no price was given" not in text
        for name in ("", " ", "E" * 17, "E\nR"):
            with pytest.raises(RangeError, match="is not the name of a currency"):
                report([results], [4], name)


@pytest.mark.parametrize("price", [0, -1, float("nan"), float("inf"), 1e11])
def test_no_other_price_is_reckoned_with(price: float, results: Results) -> None:
    for report in (html_report, markdown_report):
        with pytest.raises(RangeError, match="says nothing"):
            report([results], [price])


def test_without_batches_the_report_has_none(results: Results) -> None:
    none = replace(results, batches=(), loops=())
    assert "Batches of" not in markdown_report([none])
    assert "loop over prove" not in markdown_report([none])
    assert "of a batch:" not in html_report([none])


def test_machine_versions_and_date_stand_in_both(results: Results) -> None:
    for text in (html_report([results]), markdown_report([results])):
        for part in ("2026-11-24T12:00:00", "90f74183fd6f+", "0.7.6", "Linux x86_64"):
            assert part in text


def test_a_card_stands_in_the_report_without_threads(with_card: Results) -> None:
    text = markdown_report([with_card])
    assert "| card | A &lt;card&gt; |" in text
    assert "| card, compute capability | 9.0 |" in text
    assert "| card, driver | 580.65.06, for CUDA 13.0 |" in text
    assert "| card, memory | 150000 MB |" in text
    assert "| card, highest clock | 1,980 MHz |" in text
    assert "| chain | library | zkpipe cuda | 0.90 |" in text
    (stages,) = re.findall(
        r"^### Stages of chain, cuda\n\n(.*?)^##", text, re.DOTALL | re.MULTILINE
    )
    assert "a wait for the card" in stages
    assert all(f"| {stage} |" in stages for stage in (*CARD_STAGES, WHOLE))
    page = html_report([with_card])
    assert "Where the time goes: chain, 2^16 rows, cuda<" in page
    for shown in (text, page):
        assert "zkpipe cuda" in shown
        assert not re.search(r"cuda, \d|cuda, threads", shown)


def test_without_a_card_the_report_names_none(results: Results) -> None:
    assert not re.search(r"\| card|cuda", markdown_report([results]))


def test_words_from_outside_cannot_break_the_page_or_a_table(results: Results) -> None:
    page = html_report([results])
    assert "<b>more" not in page
    assert "A &lt;processor&gt; &amp; more" in page
    text = markdown_report([results])
    assert "| rapidsnark | no path \\| given and &lt;b&gt;more&lt;/b&gt; |" in text


PARTS = (
    "heading",
    "paragraph",
    "bullet_list",
    "list_item",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
)
STRUCTURE = {f"{name}_open" for name in PARTS}
RUNS = 3
HOSTILE = (
    "a\n# Injected\n<img src=x onerror=alert(1)>",
    "![x](http://evil.example/p.png) [a](javascript:alert(1)) http://evil.example",
    "`code` *bold* _it_ ~~gone~~ $x$ &lt;i> \\| | a",
    "- item",
    "$\\foo$",
    "_begins with an underscore $and a formula$ \\$",
    "",
    " \n ",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_results_file_becomes_markup(
    results: Results, own: Results, card_run: CardRun, text: str
) -> None:
    """An independent reader of Markdown finds the texts, and no element that they made."""
    card = Card(text, text, text, 1, None)
    hostile = replace(
        results,
        commit=text,
        machine=replace(
            results.machine,
            processor=text,
            system=text,
            backends=(text,),
            versions={text: text},
            card=card,
        ),
        circuits=tuple(replace(c, circuit=text) for c in results.circuits),
        kernels=tuple(replace(k, kernel=text, backend=text) for k in results.kernels),
        stages=tuple(
            replace(s, circuit=text, stage=text, backend=text)
            for s in {s.exponent: s for s in results.stages}.values()
        ),
        proofs=tuple(
            replace(p, circuit=text, prover=p.prover + text, checked_by=text)
            for p in results.proofs
        ),
        waits=tuple(replace(w, wait=text, tool=text) for w in results.waits),
        batches=tuple(
            replace(b, circuit=text, backend=text, checked_by=text) for b in results.batches
        ),
        loops=tuple(replace(w, circuit=text, backend=text) for w in results.loops),
        skipped=(Skipped(text, text),),
    )
    assert own.own is not None
    assert own.own.gas is not None
    gas = replace(own.own.gas, compiler=text)
    theirs = replace(
        own,
        circuits=(replace(own.circuits[0], circuit=text),),
        proofs=tuple(replace(p, circuit=text) for p in own.proofs),
        own=replace(own.own, name=text, source=text, gas=gas),
    )
    cards = replace(
        card_run,
        commit=text,
        machine=hostile.machine,
        wrong=(text,),
        failed=text,
        left_out=(text,),
    )
    runs = [hostile, theirs, cards]
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(markdown_report(runs))
    inline = [token for token in tokens if token.type == "inline"]
    lists = [token.level for token in tokens if token.type == "bullet_list_open"]
    assert lists == [0] * RUNS
    assert {child.type for token in inline for child in token.children or []} <= {"text"}
    assert not {token.type for token in tokens if token.type.endswith("_open")} - STRUCTURE
    shown = ["".join(child.content for child in token.children or []) for token in inline]
    assert " ".join(text.split()) in shown
    if IS_LONG or text in HOSTILE[:2]:  # its plots take seconds
        page = Page(html_report(runs))
        assert not {"script", "img", "i", "b"} & set(page.tags)


def test_every_row_of_the_markdown_has_the_columns_of_its_header(results: Results) -> None:
    for block in re.findall(r"(?:^\|.*\|\n)+", markdown_report([results]), re.MULTILINE):
        counts = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(counts) == 1, block


def test_a_quick_run_says_that_its_figures_mean_little(results: Results) -> None:
    quick = replace(results, settings=replace(results.settings, quick=True))
    assert "figures mean little" in markdown_report([quick])
    assert "figures mean little" not in markdown_report([results])


def test_without_matplotlib_the_page_says_how_to_get_it(
    results: Results, own: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingError, match="matplotlib") as caught:
        html_report([results])
    assert "pip install matplotlib" in caught.value.fix
    assert markdown_report([results])  # the tables need none
    assert html_report([own])  # and bars


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (123.4, "123 s"),
        (1.0, "1.00 s"),
        (0.1234, "123 ms"),
        (0.00456, "4.56 ms"),
        (2e-6, "2.00 us"),
        (5.7e-10, "0.001 us"),
    ],
)
def test_a_time_has_three_digits(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown
