"""Charts: who proves has one colour, which all readers can tell, and axes are in words."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.exchange.page.browser import browsing
from zkpipe.benchmarks.records.results import Results
from zkpipe.benchmarks.reports.charts import MOST_TICKS, time_ticks
from zkpipe.benchmarks.reports.colours import BLACK, DARK, KNOWN, LIGHT, WHITE, Looks, style
from zkpipe.benchmarks.reports.page import whole_page
from zkpipe.benchmarks.reports.report import html_report
from zkpipe.benchmarks.reports.table import amount, short_duration

SIGHT = {  # what those see who lack a kind of cones: Machado, Oliveira, Fernandes 2009, severity 1
    "all cones": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "no long": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "no middle": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no short": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
WHITE_POINT = [0.9505, 1.0, 1.089]


def light_of(colour: str) -> NDArray[np.float64]:
    """A colour of CSS as amounts of red, green and blue light."""
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lab(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """In CIELAB, where distances are those that people see."""
    part = np.array(TO_XYZ) @ np.clip(light, 0, 1) / WHITE_POINT
    f = np.where(part > 0.008856, np.cbrt(part), 7.787 * part + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 has it."""
    low, high = sorted(float(light_of(c) @ TO_XYZ[1]) for c in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_all_readers_can_tell_any_two_colours(colours: tuple[str, ...], sight: str) -> None:
    seen = [lab(np.array(SIGHT[sight]) @ light_of(colour)) for colour in colours]
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)) >= 26


@pytest.mark.parametrize(("colours", "back"), [(LIGHT, WHITE), (DARK, BLACK)])
def test_every_colour_stands_out_from_its_background(colours: tuple[str, ...], back: str) -> None:
    assert min(contrast(colour, back) for colour in colours) >= 3
    assert f"--back: {back}" in whole_page("", [])
    assert all(f": {colour};" in style() for colour in colours)


def colours_in(page: str) -> dict[str, set[str]]:
    """The colours that a page has for each prover, in legends and in bars of proofs."""
    found: dict[str, set[str]] = {}
    entries = re.findall(
        r"<li><svg[^>]*stroke:var\(--peer-(\d)\)[^>]*>.*?</svg> ([^<]+)</li>", page
    )
    bars = re.findall(r'class="what">([^<]+, (?:\d|own) threads?|zkpipe cuda)<.*?--peer-(\d)', page)
    for colour, label in [*entries, *((colour, label) for label, colour in bars)]:
        name = re.sub(r", (\d+|own) threads?$", "", label)
        if not name.startswith(("local", "processes", "loop")):
            found.setdefault(name, set()).add(colour)
    return found


def test_a_prover_has_one_colour_in_all_charts_and_no_other_has_it(
    with_card: Results, own: Results
) -> None:
    found = colours_in(html_report([own, with_card]))
    assert set(found) == {"zkpipe avx512", "zkpipe scalar", "zkpipe cuda", "groth16py", "snarkjs"}
    assert all(len(colours) == 1 for colours in found.values())
    assert len(set().union(*found.values())) == len(found)
    alone = colours_in(html_report([own]))
    assert all(found[name] == colours for name, colours in alone.items())


def test_provers_that_nobody_knows_have_colours_of_their_own(own: Results) -> None:
    def run(*names: str) -> Results:
        made = [replace(own.proofs[3], prover=name) for name in names]
        return replace(own, proofs=(*own.proofs, *made))

    looks = Looks([run("gnark", "bellman")])
    known = {looks.colour(*name) for name in KNOWN}
    new = {looks.colour(name, "") for name in ("gnark", "bellman")}
    assert len(known | new) == len(LIGHT)
    many = Looks([run(*(f"prover{n}" for n in range(9)))])
    found = [many.look(f"prover{n}", "", 2, [2]) for n in range(9)]
    assert {look.colour for look in found}.isdisjoint(known)
    assert len(set(found)) > 4  # which marks tell apart


def test_threads_of_a_prover_differ_in_line_and_mark(results: Results) -> None:
    looks = Looks([results])
    one, two = (looks.look("zkpipe", "avx512", n, [1, 2]) for n in (1, 2))
    assert one.colour == two.colour
    assert (one.is_filled, two.is_filled) == (False, True)
    assert one.line != two.line


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.6, "0.6 s"),
        (120, "2 min"),
        (90, "1.5 min"),
        (5400, "1.5 h"),
        (59.99, "1 min"),
        (1, "1 s"),
        (0.1, "0.1 s"),
        (0.05, "50 ms"),
        (0.0123456, "12.3 ms"),
        (0.00099, "990 us"),
        (2e-6, "2 us"),
        (3.6e9, "1,000,000 h"),
    ],
)
def test_times_of_axes_and_sentences_are_short_and_without_exponents(
    seconds: float, shown: str
) -> None:
    assert short_duration(seconds) == shown


@pytest.mark.parametrize("low", [1e-9, 3e-6, 0.004, 0.05, 0.47, 2.05, 7.0, 40.0, 700.0, 1e6])
@pytest.mark.parametrize("factor", [1.7, 2.4, 10.0, 1e3, 1e8])
def test_an_axis_of_times_has_some_marks_and_not_many(low: float, factor: float) -> None:
    ticks = time_ticks(low, low * factor)
    assert 2 <= len(ticks) <= MOST_TICKS
    assert ticks == sorted(ticks)
    assert low <= ticks[0] < ticks[-1] <= low * factor
    shown = [short_duration(tick) for tick in ticks]
    assert len(set(shown)) == len(shown)
    assert all(re.fullmatch(r"[\d,.]{1,9} (h|min|s|ms|us)", text) for text in shown), shown


def test_no_axis_has_a_power_of_ten(results: Results) -> None:
    page = html_report([results])
    texts = re.findall(r"<text [^>]*>([^<]*)</text>", page)
    assert "0.1 s" in texts
    assert "1 min" in texts
    assert "2¹⁴" in texts
    assert not [text for text in texts if re.search(r"\de|10[⁰¹²³⁴-⁹⁻]|[−-]", text)]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1234.5, "1,234.50"),
        (1, "1.00"),
        (0.25, "0.25"),
        (1.234e-5, "0.0000123"),
        (1e-9, "0.000000001"),
    ],
)
def test_amounts_of_money_have_no_exponent(value: float, shown: str) -> None:
    assert float(amount(value).replace(",", "")) == pytest.approx(value, rel=1e-2)
    assert amount(value).rstrip("0") == shown.rstrip("0")


@pytest.mark.parametrize("width", [390, 1400])
def test_the_page_does_not_scroll_sideways_and_asks_for_nothing(
    width: int, with_card: Results, own: Results, tmp_path: Path
) -> None:
    long = "/".join(["a-name-without-a-space"] * 30)
    theirs = replace(own, commit=long, skipped=(replace(own.skipped[0], what="x" * 900, why=long),))
    page = tmp_path / "report.html"
    page.write_text(html_report([theirs, with_card]), encoding="utf-8")
    with browsing(tmp_path) as browser:
        for dark in (False, True):
            browser.shape(width, dark=dark)
            browser.open(page.as_uri())
            wide = browser.value("document.documentElement.scrollWidth")
            assert wide <= width
            outside = (
                "[...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll') && "
                f"e.getBoundingClientRect().right > {width + 1}).length"
            )
            assert browser.value(outside) == 0
            back = browser.value("getComputedStyle(document.body).backgroundColor")
            assert back == ("rgb(22, 24, 28)" if dark else "rgb(255, 255, 255)")
            letters = "[...document.querySelectorAll('figure > svg text')]"
            heights = browser.value(f"{letters}.map(e => e.getBoundingClientRect().height)")
            assert min(heights) >= 9  # pixels
        assert not browser.logged
